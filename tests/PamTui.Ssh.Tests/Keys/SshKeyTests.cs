using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using PamTui.Servers;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Keys;

/// <summary>Public keys and signatures: what is taken, and what must never be.</summary>
public sealed class SshKeyTests
{
    private static readonly byte[] s_data = RandomNumberGenerator.GetBytes(200);

    [Fact]
    public void Signature_of_a_new_key_verifies_for_its_data_only()
    {
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519("me");
        byte[] signature = key.Sign("ssh-ed25519", "data"u8);

        Assert.True(key.PublicKey.Verify("ssh-ed25519", signature, "data"u8));
        Assert.False(key.PublicKey.Verify("ssh-ed25519", signature, "Data"u8));
        Assert.Equal("me", key.Comment);
    }

    [Fact]
    public void Two_new_keys_are_not_the_same()
    {
        using SshPrivateKey one = SshPrivateKey.GenerateEd25519();
        using SshPrivateKey other = SshPrivateKey.GenerateEd25519();

        Assert.NotEqual(one.PublicKey, other.PublicKey);
        Assert.NotEqual(one.PublicKey.Fingerprint, other.PublicKey.Fingerprint);
    }

    // RFC 8032 §7.1, test 2.
    [Fact]
    public void Ed25519_signature_is_the_one_of_RFC_8032()
    {
        using Ed25519PrivateKey key =
            Ed25519PrivateKey.FromSeed(Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));

        Assert.Equal(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            Convert.ToHexStringLower(key.Sign("ssh-ed25519", [0x72])));
        Assert.Equal(
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            Convert.ToHexStringLower(key.PublicKey().Blob.Span[^32..]));
    }

    [Theory]
    [InlineData("ecdsa", "256", "ecdsa-sha2-nistp256")]
    [InlineData("ecdsa", "384", "ecdsa-sha2-nistp384")]
    [InlineData("ecdsa", "521", "ecdsa-sha2-nistp521")]
    public async Task Ecdsa_agrees_with_the_platform_both_ways(string type, string bits, string algorithm)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", type, "", "-b", bits, "-m", "PEM");
        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);
        using ECDsa platform = ECDsa.Create();
        platform.ImportFromPem(Encoding.ASCII.GetString(file.PrivateBytes));
        HashAlgorithmName hash = bits switch { "256" => HashAlgorithmName.SHA256, "384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };

        Assert.Equal([algorithm], key.SignatureAlgorithms);
        // Several, so that numbers with a leading zero or a leading one bit come up.
        for (int i = 0; i < 40; i++)
        {
            byte[] raw = platform.SignData(s_data, hash);
            Assert.True(key.PublicKey.Verify(algorithm, Blob(algorithm, Numbers(raw[..(raw.Length / 2)], raw[(raw.Length / 2)..])), s_data));
            Assert.True(platform.VerifyData(s_data, Raw(key.Sign(algorithm, s_data), raw.Length / 2), hash));
        }
    }

    [Theory]
    [InlineData("rsa-sha2-256")]
    [InlineData("rsa-sha2-512")]
    public async Task Rsa_agrees_with_the_platform_both_ways(string algorithm)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", "rsa", "", "-m", "PEM");
        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);
        using RSA platform = RSA.Create();
        platform.ImportFromPem(Encoding.ASCII.GetString(file.PrivateBytes));
        HashAlgorithmName hash = algorithm == "rsa-sha2-256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;

        byte[] mine = key.Sign(algorithm, s_data);

        Assert.Equal(["rsa-sha2-512", "rsa-sha2-256"], key.SignatureAlgorithms);
        Assert.Equal(Blob(algorithm, platform.SignData(s_data, hash, RSASignaturePadding.Pkcs1)), mine);
        Assert.True(key.PublicKey.Verify(algorithm, mine, s_data));
        Assert.False(key.PublicKey.Verify(algorithm == "rsa-sha2-256" ? "rsa-sha2-512" : "rsa-sha2-256", mine, s_data));
    }

    [Fact]
    public async Task Rsa_signature_with_SHA1_is_neither_made_nor_taken()
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", "rsa", "", "-m", "PEM");
        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);
        using RSA platform = RSA.Create();
        platform.ImportFromPem(Encoding.ASCII.GetString(file.PrivateBytes));
        byte[] sha1 = platform.SignData(s_data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        Assert.False(key.PublicKey.Verify("ssh-rsa", Blob("ssh-rsa", sha1), s_data));
        Assert.False(key.PublicKey.Verify("rsa-sha2-256", Blob("rsa-sha2-256", sha1), s_data));
        Assert.Throws<ArgumentException>(() => key.Sign("ssh-rsa", s_data));
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task Signature_damaged_in_any_way_is_refused_without_an_exception(string type)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", type);
        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);
        string algorithm = key.SignatureAlgorithms[0];
        byte[] signature = key.Sign(algorithm, s_data);

        for (int i = 0; i < signature.Length; i++)
        {
            byte[] flipped = [.. signature];
            flipped[i] ^= (byte)(1 << (i % 8));
            Assert.False(key.PublicKey.Verify(algorithm, flipped, s_data), $"byte {i}");
            Assert.False(key.PublicKey.Verify(algorithm, signature.AsSpan(0, i), s_data), $"cut at {i}");
        }

        Assert.False(key.PublicKey.Verify(algorithm, [.. signature, 0], s_data));
        Assert.False(key.PublicKey.Verify(algorithm, new byte[100_000], s_data));
        Assert.False(key.PublicKey.Verify("", signature, s_data));
        Assert.True(key.PublicKey.Verify(algorithm, signature, s_data));
    }

    [Fact]
    public void Ecdsa_signature_of_zeros_or_beyond_the_order_is_refused()
    {
        using ECDsa platform = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SshPublicKey key = SshPublicKey.Parse(EcdsaBlob(platform));
        byte[] big = [.. Enumerable.Repeat((byte)0xff, 32)];

        Assert.False(key.Verify("ecdsa-sha2-nistp256", Blob("ecdsa-sha2-nistp256", Numbers([], [])), s_data));
        Assert.False(key.Verify("ecdsa-sha2-nistp256", Blob("ecdsa-sha2-nistp256", Numbers(big, big)), s_data));
        Assert.False(key.Verify("ecdsa-sha2-nistp256", Blob("ecdsa-sha2-nistp256", Numbers([1, .. big], [1])), s_data));
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task Public_key_reads_back_and_no_truncation_or_extension_does(string type)
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", type);
        byte[] blob = Convert.FromBase64String(file.PublicLine.Split(' ')[1]);

        SshPublicKey key = SshPublicKey.Parse(blob);

        Assert.Equal(file.Fingerprint, key.Fingerprint);
        Assert.Equal(file.KeyType, key.KeyType);
        Assert.Equal(key, SshPublicKey.Parse(key.Blob.Span));
        for (int length = 0; length < blob.Length; length++)
        {
            Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(blob.AsSpan(0, length)));
        }

        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse([.. blob, 0]));
    }

    [Fact]
    public void A14_Type_that_is_not_allowed_never_reaches_its_parser()
    {
        // The point is off its curve: the parser would say that.
        byte[] bad = Concat("ecdsa-sha2-nistp521"u8.ToArray(), "nistp521"u8.ToArray(), [4, .. new byte[132]]);

        SshProtocolException told = Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(bad, ["ecdsa-sha2-nistp384"]));

        Assert.Contains("not allowed", told.Message, StringComparison.Ordinal);
        Assert.Contains("curve", Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(bad)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A15_Type_that_differs_from_the_curve_inside_is_refused()
    {
        using ECDsa platform = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint q = platform.ExportParameters(false).Q;
        byte[] point = [4, .. q.X!, .. q.Y!];

        SshPublicKey.Parse(Concat("ecdsa-sha2-nistp256"u8.ToArray(), "nistp256"u8.ToArray(), point));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(Concat("ecdsa-sha2-nistp384"u8.ToArray(), "nistp256"u8.ToArray(), point)));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(Concat("ecdsa-sha2-nistp256"u8.ToArray(), "nistp384"u8.ToArray(), point)));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(Concat("ssh-ed25519"u8.ToArray(), point)));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2047)]
    [InlineData(8193)]
    [InlineData(16384)]
    public void A12_Rsa_modulus_of_an_unsound_size_is_refused(int bits) =>
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(RsaBlob(bits, [1, 0, 1])));

    [Fact]
    public void A12_Huge_rsa_modulus_is_refused_quickly()
    {
        byte[] blob = RsaBlob(1_000_000, [1, 0, 1]);
        Stopwatch watch = Stopwatch.StartNew();

        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(blob));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Rsa_exponent_or_modulus_that_no_sound_key_has_is_refused()
    {
        Assert.Equal(2048, SshPublicKey.Parse(RsaBlob(2048, [1, 0, 1])).Bits);
        Assert.Equal(8192, SshPublicKey.Parse(RsaBlob(8192, [3])).Bits);
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(RsaBlob(2048, [1])));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(RsaBlob(2048, [])));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(RsaBlob(2048, [4])));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(RsaBlob(2048, [1, 0, 0, 0, 1])));
    }

    [Theory]
    [InlineData("ssh-dss")]
    [InlineData("ssh-ed25519-cert-v01@openssh.com")]
    [InlineData("rsa-sha2-256")]
    [InlineData("ssh-ed448")]
    [InlineData("x")]
    public void A13_B17_Other_types_and_certificates_are_refused_by_their_name(string type) =>
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(Concat(Encoding.ASCII.GetBytes(type), new byte[1000])));

    [Theory]
    [InlineData("nistP256")]
    [InlineData("nistP384")]
    [InlineData("nistP521")]
    public void D7_Ecdsa_signatures_are_the_platform_s_and_no_two_share_a_nonce(string curve)
    {
        using ECDsa platform = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        using SshPrivateKey key = SshPrivateKey.Parse(Encoding.ASCII.GetBytes(platform.ExportPkcs8PrivateKeyPem()));
        string algorithm = key.SignatureAlgorithms[0];
        HashSet<string> firsts = [];
        for (int i = 0; i < 100; i++)
        {
            byte[] signature = key.Sign(algorithm, s_data);
            Assert.True(key.PublicKey.Verify(algorithm, signature, s_data));
            SshReader whole = new(signature);
            whole.AsciiName(64);
            SshReader pair = new(whole.String(200));
            Assert.True(firsts.Add(Convert.ToHexString(pair.MpInt(66))), "a nonce came twice");
        }
    }

    [Fact]
    public void B20_Security_key_signature_counts_only_with_user_presence()
    {
        using SshPrivateKey inner = SshPrivateKey.GenerateEd25519();
        SshPublicKey key = SshPublicKey.Parse(Concat("sk-ssh-ed25519@openssh.com"u8.ToArray(), inner.PublicKey.Blob.Span[^32..].ToArray(), "ssh:"u8.ToArray()));

        Assert.True(key.Verify(key.KeyType, SecurityKeySignature(key.KeyType, inner, flags: 0x01, counter: 5), s_data));
        Assert.True(key.Verify(key.KeyType, SecurityKeySignature(key.KeyType, inner, flags: 0x05, counter: 6), s_data));
        Assert.False(key.Verify(key.KeyType, SecurityKeySignature(key.KeyType, inner, flags: 0x00, counter: 7), s_data));
        Assert.False(key.Verify(key.KeyType, SecurityKeySignature(key.KeyType, inner, flags: 0x04, counter: 8), s_data));
    }

    [Fact]
    public void B20_User_presence_cannot_be_claimed_after_signing()
    {
        using ECDsa platform = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint q = platform.ExportParameters(false).Q;
        string type = "sk-ecdsa-sha2-nistp256@openssh.com";
        SshPublicKey key = SshPublicKey.Parse(Concat(Encoding.ASCII.GetBytes(type), "nistp256"u8.ToArray(), [4, .. q.X!, .. q.Y!], "ssh:"u8.ToArray()));
        byte[] raw = platform.SignData([.. SHA256.HashData("ssh:"u8), 0x01, 0, 0, 0, 9, .. SHA256.HashData(s_data)], HashAlgorithmName.SHA256);
        byte[] good = [.. Blob(type, Numbers(raw[..32], raw[32..])), 0x01, 0, 0, 0, 9];
        byte[] rawUntouched = platform.SignData([.. SHA256.HashData("ssh:"u8), 0x00, 0, 0, 0, 9, .. SHA256.HashData(s_data)], HashAlgorithmName.SHA256);
        byte[] lie = [.. Blob(type, Numbers(rawUntouched[..32], rawUntouched[32..])), 0x01, 0, 0, 0, 9];

        Assert.True(key.Verify(type, good, s_data));
        Assert.False(key.Verify(type, lie, s_data));
        Assert.False(key.Verify(type, [.. good, 0], s_data));
        Assert.False(key.Verify(type, good.AsSpan(0, good.Length - 5), s_data));
        Assert.False(key.Verify("ecdsa-sha2-nistp256", Blob("ecdsa-sha2-nistp256", Numbers(raw[..32], raw[32..])), s_data));
    }

    [Fact]
    public void Security_key_of_another_application_does_not_verify()
    {
        using SshPrivateKey inner = SshPrivateKey.GenerateEd25519();
        byte[] point = inner.PublicKey.Blob.Span[^32..].ToArray();
        SshPublicKey other = SshPublicKey.Parse(Concat("sk-ssh-ed25519@openssh.com"u8.ToArray(), point, "web:example"u8.ToArray()));

        Assert.False(other.Verify(other.KeyType, SecurityKeySignature(other.KeyType, inner, flags: 0x01, counter: 5), s_data));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(Concat("sk-ssh-ed25519@openssh.com"u8.ToArray(), point, [])));
        Assert.Throws<SshProtocolException>(() => SshPublicKey.Parse(Concat("sk-ssh-ed25519@openssh.com"u8.ToArray(), point)));
    }

    [Fact]
    public void Private_key_shows_no_secret_as_text()
    {
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();

        Assert.Equal($"ssh-ed25519 {key.PublicKey.Fingerprint} ***", key.ToString());
    }

    [Fact]
    public async Task One_key_signs_from_many_threads_at_once()
    {
        using TempFolder folder = new();
        SshKeyFile file = await SshKeyFile.MakeAsync(folder, "key", "ecdsa");
        using SshPrivateKey key = SshPrivateKey.Parse(file.PrivateBytes);

        bool[] good = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() =>
        {
            byte[] data = BitConverter.GetBytes(i);
            return key.PublicKey.Verify("ecdsa-sha2-nistp256", key.Sign("ecdsa-sha2-nistp256", data), data);
        })));

        Assert.All(good, Assert.True);
    }

    private static byte[] SecurityKeySignature(string type, SshPrivateKey inner, byte flags, byte counter)
    {
        byte[] message = [.. SHA256.HashData("ssh:"u8), flags, 0, 0, 0, counter, .. SHA256.HashData(s_data)];
        byte[] raw = inner.Sign("ssh-ed25519", message)[^64..];
        return [.. Blob(type, raw), flags, 0, 0, 0, counter];
    }

    private static byte[] EcdsaBlob(ECDsa key)
    {
        ECPoint q = key.ExportParameters(false).Q;
        return Concat("ecdsa-sha2-nistp256"u8.ToArray(), "nistp256"u8.ToArray(), [4, .. q.X!, .. q.Y!]);
    }

    private static byte[] RsaBlob(int bits, byte[] exponent)
    {
        byte[] modulus = RandomNumberGenerator.GetBytes((bits + 7) / 8);
        int top = (bits - 1) % 8;
        modulus[0] = (byte)((modulus[0] & ((1 << top) - 1)) | (1 << top));
        modulus[^1] |= 1;
        ArrayBufferWriter<byte> blob = new();
        SshWriter writer = new(blob);
        writer.String("ssh-rsa");
        writer.MpInt(exponent);
        writer.MpInt(modulus);
        return blob.WrittenSpan.ToArray();
    }

    private static byte[] Blob(string algorithm, byte[] signature) => Concat(Encoding.ASCII.GetBytes(algorithm), signature);

    private static byte[] Concat(params byte[][] strings)
    {
        ArrayBufferWriter<byte> blob = new();
        SshWriter writer = new(blob);
        foreach (byte[] value in strings)
        {
            writer.String(value);
        }

        return blob.WrittenSpan.ToArray();
    }

    private static byte[] Numbers(byte[] r, byte[] s)
    {
        ArrayBufferWriter<byte> blob = new();
        SshWriter writer = new(blob);
        writer.MpInt(r);
        writer.MpInt(s);
        return blob.WrittenSpan.ToArray();
    }

    private static byte[] Raw(byte[] blob, int size)
    {
        SshReader outer = new(blob);
        outer.AsciiName(64);
        SshReader inner = new(outer.String(200));
        byte[] raw = new byte[2 * size];
        ReadOnlySpan<byte> r = inner.MpInt(size);
        r.CopyTo(raw.AsSpan(size - r.Length));
        ReadOnlySpan<byte> s = inner.MpInt(size);
        s.CopyTo(raw.AsSpan((2 * size) - s.Length));
        return raw;
    }
}
