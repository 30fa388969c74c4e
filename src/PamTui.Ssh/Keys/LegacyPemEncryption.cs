using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace PamTui.Ssh.Keys;

/// <summary>PEM's own encryption (RFC 1421 headers): DEK-Info names cipher and IV, the key is one MD5 chain over passphrase and salt.</summary>
internal static class LegacyPemEncryption
{
    private const int SaltSize = 8;

    /// <summary>The clear content, which the caller zeroes. Wrong passphrases mostly show in the padding.</summary>
    public static byte[] Decrypt(string dekInfo, ReadOnlyMemory<byte> content, ReadOnlySpan<byte> passphrase)
    {
        string[] parts = dekInfo.Split(',');
        CbcDecryption.Cipher cipher = parts[0] switch
        {
            "AES-128-CBC" => CbcDecryption.Aes128,
            "AES-192-CBC" => CbcDecryption.Aes192,
            "AES-256-CBC" => CbcDecryption.Aes256,
            "DES-EDE3-CBC" => CbcDecryption.TripleDes,
            _ => throw SshKeyFileException.Unsupported("The private key is encrypted with a cipher that is not taken: save it again with AES."),
        };
        byte[] iv = ReadIv(parts);
        if (passphrase.IsEmpty)
        {
            throw SshKeyFileException.NeedsPassphrase();
        }

        OpenSslPbeParametersGenerator generator = new();
        generator.Init(passphrase, iv.AsSpan(0, SaltSize));
        byte[] key = ((KeyParameter)generator.GenerateDerivedParameters("AES", cipher.KeySize * 8)).GetKey();
        try
        {
            return CbcDecryption.Open(cipher, key, iv, content.Span);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] ReadIv(string[] parts)
    {
        try
        {
            byte[] iv = parts.Length == 2 ? Convert.FromHexString(parts[1]) : [];
            return iv.Length >= SaltSize ? iv : throw SshKeyFileException.NotAKey();
        }
        catch (FormatException e)
        {
            throw SshKeyFileException.NotAKey(e);
        }
    }
}
