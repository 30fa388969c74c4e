using System.Buffers;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Agreement;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Crypto;

public sealed class KeyExchangeTests
{
    public static TheoryData<string> Names => [.. KeyExchange.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_sides_come_to_the_same_secret(string name)
    {
        using KeyExchange client = KeyExchange.Create(name);
        using KeyExchange server = KeyExchange.Create(name);

        byte[] reply = server.ServerReply(client.ClientInit(), out SharedSecret atServer);
        using SharedSecret atClient = client.ClientFinish(reply);

        Assert.True(atClient.FixedTimeEquals(atServer));
        Assert.Equal(Written(atClient), Written(atServer));
        atServer.Dispose();
        Assert.NotEqual(Written(atClient), Written(atServer));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Two_exchanges_share_nothing(string name)
    {
        (byte[] init1, byte[] reply1, byte[] secret1) = Exchange(name);
        (byte[] init2, byte[] reply2, byte[] secret2) = Exchange(name);

        Assert.NotEqual(init1, init2);
        Assert.NotEqual(reply1, reply2);
        Assert.NotEqual(secret1, secret2);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Secret_is_a_string_in_the_hybrids_and_a_number_elsewhere(string name)
    {
        using KeyExchange client = KeyExchange.Create(name);
        using KeyExchange server = KeyExchange.Create(name);
        server.ServerReply(client.ClientInit(), out SharedSecret secret);

        bool hybrid = name.StartsWith("mlkem", StringComparison.Ordinal) || name.StartsWith("sntrup", StringComparison.Ordinal);
        Assert.Equal(hybrid, secret.AsString);
        if (hybrid)
        {
            Assert.Equal(name.Contains("sha512", StringComparison.Ordinal) ? 64 : 32, secret.Bytes.Length);
            Assert.Equal(4 + secret.Bytes.Length, Written(secret).Length);
        }

        Assert.Equal(name.StartsWith("diffie-hellman", StringComparison.Ordinal), server.ValuesAreMpInt);
        secret.Dispose();
    }

    [Theory]
    [InlineData("80", "000000020080")]
    [InlineData("7f", "000000017f")]
    [InlineData("0001", "0000000101")]
    public void Number_is_written_in_its_shortest_form(string magnitude, string written)
    {
        using SharedSecret secret = new(Convert.FromHexString(magnitude), asString: false);

        Assert.Equal(written, Convert.ToHexStringLower(Written(secret)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Value_of_another_length_is_refused_by_both_sides(string name)
    {
        using KeyExchange honest = KeyExchange.Create(name);
        byte[] init = honest.ClientInit();
        using KeyExchange other = KeyExchange.Create(name);
        byte[] reply = other.ServerReply(init, out SharedSecret secret);
        secret.Dispose();
        int[] cuts = [0, 1, init.Length / 2, init.Length - 1];
        // A shorter Diffie-Hellman number is still a number.
        if (!honest.ValuesAreMpInt)
        {
            Assert.All(cuts, cut => RefusedByServer(name, init[..cut]));
            Assert.All(cuts, cut => RefusedByClient(name, reply[..Math.Min(cut, reply.Length - 1)]));
        }

        // One in 256 Diffie-Hellman numbers is a byte short of its group, and still in it with a byte more.
        byte[] more = new byte[honest.ValuesAreMpInt ? 16 : 1];
        RefusedByServer(name, [.. init, .. more]);
        RefusedByClient(name, [.. reply, .. more]);
        RefusedByServer(name, [.. init, .. init]);
    }

    // RFC 7748 §6.1, RFC 8731 §3: points of low order, whose agreement is all zero whatever the other side's key.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void Low_order_point_is_refused_alone_and_in_the_hybrids(string point)
    {
        byte[] bad = Convert.FromHexString(point);
        foreach (string name in KeyExchange.Names.Where(name => name.Contains("25519", StringComparison.Ordinal)))
        {
            using KeyExchange honest = KeyExchange.Create(name);
            byte[] init = honest.ClientInit();
            bad.CopyTo(init, init.Length - 32);
            RefusedByServer(name, init);
        }
    }

    [Theory]
    [InlineData("ecdh-sha2-nistp256")]
    [InlineData("ecdh-sha2-nistp384")]
    [InlineData("ecdh-sha2-nistp521")]
    public void Point_off_the_curve_at_infinity_or_compressed_is_refused(string name)
    {
        using KeyExchange honest = KeyExchange.Create(name);
        byte[] point = honest.ClientInit();
        byte[] off = [.. point];
        off[^1] ^= 1;
        byte[] compressed = [.. point[..((point.Length / 2) + 1)]];
        compressed[0] = 2;
        byte[] mislabelled = [.. point];
        mislabelled[0] = 6;

        RefusedByServer(name, off);
        RefusedByServer(name, compressed);
        RefusedByServer(name, mislabelled);
        RefusedByServer(name, [0]);
        RefusedByServer(name, [4, .. new byte[point.Length - 1]]);
        RefusedByClient(name, off);
    }

    [Theory]
    [InlineData("diffie-hellman-group14-sha256")]
    [InlineData("diffie-hellman-group16-sha512")]
    public void Diffie_Hellman_value_outside_of_its_range_is_refused(string name)
    {
        Org.BouncyCastle.Math.BigInteger p =
            name.Contains("group14", StringComparison.Ordinal) ? DHStandardGroups.rfc3526_2048.P : DHStandardGroups.rfc3526_4096.P;

        RefusedByServer(name, []);
        RefusedByServer(name, [0]);
        RefusedByServer(name, [1]);
        RefusedByServer(name, p.Subtract(Org.BouncyCastle.Math.BigInteger.One).ToByteArrayUnsigned());
        RefusedByServer(name, p.ToByteArrayUnsigned());
        RefusedByServer(name, [.. Enumerable.Repeat((byte)0xff, p.BitLength / 8)]);
        RefusedByServer(name, new byte[100_000]);
        RefusedByClient(name, [1]);
    }

    [Fact]
    public void Post_quantum_key_with_a_coefficient_out_of_range_is_refused()
    {
        byte[] init = [.. Enumerable.Repeat((byte)0xff, 1184), .. X25519Value()];

        RefusedByServer("mlkem768x25519-sha256", init);
    }

    [Theory]
    [InlineData("mlkem768x25519-sha256")]
    [InlineData("sntrup761x25519-sha512")]
    public void Ciphertext_that_was_tampered_with_gives_another_secret(string name)
    {
        using KeyExchange client = KeyExchange.Create(name);
        using KeyExchange server = KeyExchange.Create(name);
        byte[] reply = server.ServerReply(client.ClientInit(), out SharedSecret atServer);
        reply[10] ^= 1;

        using SharedSecret atClient = client.ClientFinish(reply);

        Assert.False(atClient.FixedTimeEquals(atServer));
        atServer.Dispose();
    }

    [Theory]
    [InlineData("diffie-hellman-group1-sha1")]
    [InlineData("diffie-hellman-group14-sha1")]
    [InlineData("diffie-hellman-group-exchange-sha256")]
    [InlineData("none")]
    public void What_is_weak_or_unknown_cannot_be_made(string name) => Assert.Throws<ArgumentException>(() => KeyExchange.Create(name));

    // RFC 4253 §7.2, with lengths of no block, one, some, and a part.
    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(100)]
    public void Keys_are_derived_as_RFC_4253_says(int length)
    {
        byte[] k = RandomNumberGenerator.GetBytes(32);
        byte[] h = RandomNumberGenerator.GetBytes(32);
        byte[] id = RandomNumberGenerator.GetBytes(32);
        using SharedSecret secret = new([.. k], asString: true);
        byte[] prefix = [0, 0, 0, 32, .. k, .. h];
        byte[] k1 = SHA256.HashData([.. prefix, (byte)'C', .. id]);
        byte[] k2 = SHA256.HashData([.. prefix, .. k1]);
        byte[] k3 = SHA256.HashData([.. prefix, .. k1, .. k2]);
        byte[] k4 = SHA256.HashData([.. prefix, .. k1, .. k2, .. k3]);
        byte[] expected = [.. k1, .. k2, .. k3, .. k4];

        Assert.Equal(expected[..length], KeyDerivation.Derive(HashAlgorithmName.SHA256, secret, h, 'C', id, length));
    }

    private static (byte[] Init, byte[] Reply, byte[] Secret) Exchange(string name)
    {
        using KeyExchange client = KeyExchange.Create(name);
        using KeyExchange server = KeyExchange.Create(name);
        byte[] init = client.ClientInit();
        byte[] reply = server.ServerReply(init, out SharedSecret secret);
        byte[] written = Written(secret);
        secret.Dispose();
        return (init, reply, written);
    }

    private static byte[] X25519Value()
    {
        using KeyExchange honest = KeyExchange.Create("curve25519-sha256");
        return honest.ClientInit();
    }

    private static byte[] Written(SharedSecret secret)
    {
        ArrayBufferWriter<byte> output = new();
        SshWriter writer = new(output);
        secret.WriteTo(ref writer);
        return output.WrittenSpan.ToArray();
    }

    private static void RefusedByServer(string name, byte[] init)
    {
        using KeyExchange server = KeyExchange.Create(name);
        SshProtocolException told = Assert.Throws<SshProtocolException>(() => server.ServerReply(init, out _));
        Assert.Equal(DisconnectReason.KeyExchangeFailed, told.Reason);
    }

    private static void RefusedByClient(string name, byte[] reply)
    {
        using KeyExchange client = KeyExchange.Create(name);
        client.ClientInit();
        SshProtocolException told = Assert.Throws<SshProtocolException>(() => client.ClientFinish(reply));
        Assert.Equal(DisconnectReason.KeyExchangeFailed, told.Reason);
    }
}
