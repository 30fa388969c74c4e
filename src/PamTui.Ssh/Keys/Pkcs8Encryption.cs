using System.Formats.Asn1;
using System.Security.Cryptography;

namespace PamTui.Ssh.Keys;

/// <summary>EncryptedPrivateKeyInfo with PBES2 and PBKDF2 (RFC 8018): what openssl and ssh-keygen write.</summary>
internal static class Pkcs8Encryption
{
    /// <summary>Less than two seconds of work; openssl takes 2048 where it is not told (A12).</summary>
    public const int MaxIterations = 2_000_000;

    private const string Pbes2Oid = "1.2.840.113549.1.5.13";
    private const string Pbkdf2Oid = "1.2.840.113549.1.5.12";

    /// <summary>The clear PrivateKeyInfo, which the caller zeroes.</summary>
    public static byte[] Decrypt(ReadOnlyMemory<byte> content, ReadOnlySpan<byte> passphrase)
    {
        AsnReader whole = new(content, AsnEncodingRules.DER);
        AsnReader info = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        AsnReader algorithm = info.ReadSequence();
        Expect(algorithm.ReadObjectIdentifier() == Pbes2Oid);
        AsnReader pbes2 = algorithm.ReadSequence();
        AsnReader kdf = pbes2.ReadSequence();
        Expect(kdf.ReadObjectIdentifier() == Pbkdf2Oid);
        AsnReader pbkdf2 = kdf.ReadSequence();
        byte[] salt = pbkdf2.ReadOctetString();
        int iterations = pbkdf2.TryReadInt32(out int said) ? said : int.MaxValue;
        if (pbkdf2.HasData && pbkdf2.PeekTag() == Asn1Tag.Integer)
        {
            // The key length: the cipher says it too.
            pbkdf2.ReadIntegerBytes();
        }

        HashAlgorithmName hash = pbkdf2.HasData ? HashOf(pbkdf2.ReadSequence().ReadObjectIdentifier()) : HashAlgorithmName.SHA1;
        AsnReader cipher = pbes2.ReadSequence();
        CbcDecryption.Cipher kind = CipherOf(cipher.ReadObjectIdentifier());
        byte[] iv = cipher.ReadOctetString();
        byte[] encrypted = info.ReadOctetString();
        info.ThrowIfNotEmpty();

        if (iterations < 1)
        {
            throw SshKeyFileException.NotAKey();
        }

        if (passphrase.IsEmpty)
        {
            throw SshKeyFileException.NeedsPassphrase();
        }

        if (iterations > MaxIterations)
        {
            throw SshKeyFileException.TooCostly();
        }

        byte[] key = Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, hash, kind.KeySize);
        try
        {
            return CbcDecryption.Open(kind, key, iv, encrypted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static HashAlgorithmName HashOf(string prf) => prf switch
    {
        "1.2.840.113549.2.7" => HashAlgorithmName.SHA1,
        "1.2.840.113549.2.9" => HashAlgorithmName.SHA256,
        "1.2.840.113549.2.10" => HashAlgorithmName.SHA384,
        "1.2.840.113549.2.11" => HashAlgorithmName.SHA512,
        _ => throw Unknown(),
    };

    private static CbcDecryption.Cipher CipherOf(string oid) => oid switch
    {
        "2.16.840.1.101.3.4.1.2" => CbcDecryption.Aes128,
        "2.16.840.1.101.3.4.1.22" => CbcDecryption.Aes192,
        "2.16.840.1.101.3.4.1.42" => CbcDecryption.Aes256,
        "1.2.840.113549.3.7" => CbcDecryption.TripleDes,
        _ => throw Unknown(),
    };

    private static void Expect(bool known)
    {
        if (!known)
        {
            throw Unknown();
        }
    }

    private static SshKeyFileException Unknown() =>
        SshKeyFileException.Unsupported("The private key is encrypted in a way that is not taken: save it again with PBES2, PBKDF2 and AES.");
}
