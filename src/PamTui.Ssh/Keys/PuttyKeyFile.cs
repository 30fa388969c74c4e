using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>PuTTY's PPK, versions 2 and 3 (appendix C of its manual): named lines in a fixed order, the public blob, the private one, and a MAC over all.</summary>
internal static class PuttyKeyFile
{
    private const int MaxComment = 1024;

    private static ReadOnlySpan<byte> Start => "PuTTY-User-Key-File-"u8;

    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith(Start);

    public static SshPrivateKey Read(ReadOnlySpan<byte> file, ReadOnlySpan<byte> passphrase)
    {
        PuttyLines lines = new(file);
        (string name, string type) = lines.Header();
        int version = name switch
        {
            "PuTTY-User-Key-File-2" => 2,
            "PuTTY-User-Key-File-3" => 3,
            _ => throw SshKeyFileException.Unsupported("The PuTTY key file is of a version that is not taken: 2 and 3 are."),
        };
        string encryption = lines.Header("Encryption");
        string comment = lines.Header("Comment");
        byte[] publicBlob = lines.Blob("Public-Lines");
        bool encrypted = encryption switch
        {
            "none" => false,
            "aes256-cbc" => true,
            _ => throw SshKeyFileException.Unsupported("The PuTTY key file is encrypted with a cipher that is not taken."),
        };
        if (Encoding.UTF8.GetByteCount(comment) > MaxComment)
        {
            throw SshKeyFileException.NotAKey();
        }

        using PuttyKeys keys = PuttyKeys.Read(lines, version, encrypted, passphrase);
        byte[] privateBlob = lines.Blob("Private-Lines");
        byte[] mac = Hex(lines.Header("Private-MAC"));
        lines.End();
        try
        {
            keys.Decrypt(privateBlob);
            byte[] computed = keys.Mac(MacInput(type, encryption, comment, publicBlob, privateBlob));
            if (!CryptographicOperations.FixedTimeEquals(computed, mac))
            {
                throw encrypted ? SshKeyFileException.WrongPassphrase() : SshKeyFileException.NotAKey();
            }

            return ReadKey(type, publicBlob, privateBlob, comment);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateBlob);
        }
    }

    internal static byte[] Hex(string text)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException e)
        {
            throw SshKeyFileException.NotAKey(e);
        }
    }

    private static byte[] MacInput(string type, string encryption, string comment, byte[] publicBlob, byte[] privateBlob)
    {
        ArrayBufferWriter<byte> input = new(4096);
        SshWriter writer = new(input);
        writer.String(type);
        writer.String(encryption);
        writer.String(comment);
        writer.String(publicBlob);
        writer.String(privateBlob);
        byte[] covered = input.WrittenSpan.ToArray();
        input.Clear();
        return covered;
    }

    private static SshPrivateKey ReadKey(string type, byte[] publicBlob, byte[] privateBlob, string comment)
    {
        SshPublicKey publicKey;
        try
        {
            publicKey = SshPublicKey.Parse(publicBlob, [KeyTypes.Ed25519, KeyTypes.Rsa, KeyTypes.EcdsaP256, KeyTypes.EcdsaP384, KeyTypes.EcdsaP521]);
        }
        catch (SshProtocolException e)
        {
            throw SshKeyFileException.Unsupported($"The key in the PuTTY file is not taken. {e.Message}");
        }

        SshReader open = new(publicBlob);
        open.AsciiName(KeyTypes.MaxName);
        SshReader secret = new(privateBlob);
        PrivateKeyMaterial material = type switch
        {
            KeyTypes.Ed25519 => Ed25519PrivateKey.FromSeed(secret.String(Ed25519PrivateKey.SeedSize)),
            KeyTypes.Rsa => ReadRsa(ref open, ref secret),
            _ when EcdsaCurve.OfKeyType(type) is { } curve => EcdsaPrivateKey.From(curve, secret.MpInt(curve.Size), point: default),
            _ => throw SshKeyFileException.NotAKey(),
        };
        SshPrivateKey key = new(material, comment);
        if (key.PublicKey.Equals(publicKey))
        {
            return key;
        }

        key.Dispose();
        throw SshKeyFileException.NotAKey();
    }

    // public: e, n; private: d, p, q, 1/q mod p
    private static RsaPrivateKey ReadRsa(ref SshReader open, ref SshReader secret)
    {
        ReadOnlySpan<byte> e = open.MpInt(SshPublicKey.MaxBlob);
        ReadOnlySpan<byte> n = open.MpInt(SshPublicKey.MaxBlob);
        ReadOnlySpan<byte> d = secret.MpInt(SshPublicKey.MaxBlob);
        ReadOnlySpan<byte> p = secret.MpInt(SshPublicKey.MaxBlob);
        return RsaPrivateKey.From(n, e, d, p, secret.MpInt(SshPublicKey.MaxBlob));
    }
}
