using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>openssh-key-v1 (OpenSSH's PROTOCOL.key), with one key in it.</summary>
internal static class OpenSshKeyFile
{
    public const string Label = "OPENSSH PRIVATE KEY";

    private const int MaxComment = 1024;
    private const int PlainBlock = 8;
    private const int Columns = 70;

    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    public static SshPrivateKey Read(ReadOnlyMemory<byte> content, ReadOnlySpan<byte> passphrase)
    {
        SshReader reader = new(content.Span);
        if (!reader.Raw(Magic.Length).SequenceEqual(Magic))
        {
            throw SshKeyFileException.NotAKey();
        }

        string cipher = reader.AsciiName(KeyTypes.MaxName);
        string kdf = reader.AsciiName(KeyTypes.MaxName);
        ReadOnlySpan<byte> kdfOptions = reader.String(256);
        if (reader.UInt32() != 1)
        {
            throw SshKeyFileException.Unsupported("The file holds more than one private key.");
        }

        ReadOnlySpan<byte> publicBlob = reader.String(SshPublicKey.MaxBlob);
        ReadOnlySpan<byte> section = reader.String(PrivateKeyFile.MaxFile);
        if (cipher == "none")
        {
            reader.End();
            return kdf == "none" && kdfOptions.IsEmpty && section.Length % PlainBlock == 0
                ? ReadSection(section, publicBlob, encrypted: false)
                : throw SshKeyFileException.NotAKey();
        }

        byte[] clear = OpenSshKeyEncryption.Decrypt(cipher, kdf, kdfOptions, section, tag: reader.Rest(), passphrase);
        try
        {
            return ReadSection(clear, publicBlob, encrypted: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    public static byte[] Write(PrivateKeyMaterial key, SshPublicKey publicKey, string comment)
    {
        ArrayBufferWriter<byte> section = new(4096);
        SshWriter writer = new(section);
        uint check = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
        writer.UInt32(check);
        writer.UInt32(check);
        key.WritePrivate(ref writer);
        writer.String(comment);
        for (byte pad = 1; section.WrittenCount % PlainBlock != 0; pad++)
        {
            writer.Byte(pad);
        }

        ArrayBufferWriter<byte> file = new(8192);
        SshWriter fileWriter = new(file);
        fileWriter.Raw(Magic);
        fileWriter.String("none");
        fileWriter.String("none");
        fileWriter.String("");
        fileWriter.UInt32(1);
        fileWriter.String(publicKey.Blob.Span);
        fileWriter.String(section.WrittenSpan);
        byte[] armored = Armor(file.WrittenSpan);
        section.Clear();
        file.Clear();
        return armored;
    }

    /// <summary>uint32 check twice, type, fields, comment, padding 1, 2, 3…</summary>
    private static SshPrivateKey ReadSection(ReadOnlySpan<byte> section, ReadOnlySpan<byte> publicBlob, bool encrypted)
    {
        SshReader reader = new(section);
        if (reader.UInt32() != reader.UInt32())
        {
            throw encrypted ? SshKeyFileException.WrongPassphrase() : SshKeyFileException.NotAKey();
        }

        PrivateKeyMaterial material = ReadKey(ref reader);
        try
        {
            string comment = Encoding.UTF8.GetString(reader.String(MaxComment));
            ReadOnlySpan<byte> padding = reader.Rest();
            for (int i = 0; i < padding.Length; i++)
            {
                if (padding[i] != (byte)(i + 1))
                {
                    throw SshKeyFileException.NotAKey();
                }
            }

            SshPrivateKey key = new(material, comment);
            return key.PublicKey.Blob.Span.SequenceEqual(publicBlob) ? key : throw SshKeyFileException.NotAKey();
        }
        catch
        {
            material.Dispose();
            throw;
        }
    }

    private static PrivateKeyMaterial ReadKey(ref SshReader reader)
    {
        string type = reader.AsciiName(KeyTypes.MaxName);
        return type switch
        {
            KeyTypes.Ed25519 => Ed25519PrivateKey.ReadOpenSsh(ref reader),
            KeyTypes.Rsa => RsaPrivateKey.ReadOpenSsh(ref reader),
            KeyTypes.SecurityKeyEd25519 or KeyTypes.SecurityKeyEcdsa =>
                throw SshKeyFileException.Unsupported("The private key stays in a security key: the file cannot sign without it."),
            _ when EcdsaCurve.OfKeyType(type) is { } curve => EcdsaPrivateKey.ReadOpenSsh(ref reader, curve),
            _ => throw SshKeyFileException.Unsupported("The private key is of a type that is not taken: Ed25519, ECDSA and RSA are."),
        };
    }

    private static byte[] Armor(ReadOnlySpan<byte> content)
    {
        byte[] base64 = GC.AllocateArray<byte>(Base64.GetMaxEncodedToUtf8Length(content.Length), pinned: true);
        Base64.EncodeToUtf8(content, base64, out _, out int length);
        ArrayBufferWriter<byte> text = new(length + (length / Columns) + 256);
        text.Write(Encoding.ASCII.GetBytes($"-----BEGIN {Label}-----\n"));
        for (int i = 0; i < length; i += Columns)
        {
            text.Write(base64.AsSpan(i, Math.Min(Columns, length - i)));
            text.Write("\n"u8);
        }

        text.Write(Encoding.ASCII.GetBytes($"-----END {Label}-----\n"));
        byte[] file = text.WrittenSpan.ToArray();
        text.Clear();
        CryptographicOperations.ZeroMemory(base64);
        return file;
    }
}
