using System.Security.Cryptography;

namespace PamTui.Ssh.Keys;

/// <summary>Tells the forms of private key files apart.</summary>
internal static class PrivateKeyFile
{
    /// <summary>An RSA key of 8192 bits takes a tenth of it.</summary>
    public const int MaxFile = 64 * 1024;

    public static SshPrivateKey Read(ReadOnlySpan<byte> file, ReadOnlySpan<byte> passphrase)
    {
        if (file.Length > MaxFile)
        {
            throw SshKeyFileException.NotAKey();
        }

        try
        {
            return PuttyKeyFile.IsOne(file) ? PuttyKeyFile.Read(file, passphrase) : ReadPem(file, passphrase);
        }
        catch (SshProtocolException e)
        {
            throw SshKeyFileException.NotAKey(e);
        }
    }

    private static SshPrivateKey ReadPem(ReadOnlySpan<byte> file, ReadOnlySpan<byte> passphrase)
    {
        using PemBlock block = PemBlock.FindPrivateKey(file) ?? throw SshKeyFileException.NotAKey();
        if (block.Label == OpenSshKeyFile.Label)
        {
            return OpenSshKeyFile.Read(block.Content, passphrase);
        }

        if (block.Encryption is not { } encryption)
        {
            return new SshPrivateKey(Asn1KeyFile.Read(block.Label, block.Content, passphrase), comment: "");
        }

        byte[] clear = LegacyPemEncryption.Decrypt(encryption, block.Content, passphrase);
        try
        {
            return new SshPrivateKey(Asn1KeyFile.Read(block.Label, clear, passphrase), comment: "");
        }
        catch (SshKeyFileException e) when (e.Reason == SshKeyFileReason.NotAKey)
        {
            // This form has no check of its own: one wrong passphrase in 256 leaves sound padding.
            throw SshKeyFileException.WrongPassphrase();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }
}
