using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>
/// What proves a password to MySQL and MariaDB without showing it: the answer of each way to sign in to a server's challenge.
/// ("Authentication Methods" of MySQL's protocol documents; "Connection" of MariaDB's.)
/// </summary>
public static class MySqlProof
{
    /// <summary>The challenge of mysql_native_password and caching_sha2_password.</summary>
    public const int NonceLength = 20;

    /// <summary>The challenge of client_ed25519.</summary>
    public const int Ed25519NonceLength = 32;

    /// <summary>mysql_native_password: SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password))).</summary>
    public static byte[] Native(Secret password, ReadOnlySpan<byte> nonce)
    {
#pragma warning disable RS0030, CA5350 // The server's own form; nothing of ours rests on it.
        Span<byte> stage = stackalloc byte[SHA1.HashSizeInBytes];
        Span<byte> salted = stackalloc byte[NonceLength + SHA1.HashSizeInBytes];
        byte[] proof = new byte[SHA1.HashSizeInBytes];
        SHA1.HashData(password.Bytes, stage);
        nonce[..NonceLength].CopyTo(salted);
        SHA1.HashData(stage, salted[NonceLength..]);
        SHA1.HashData(salted, proof);
#pragma warning restore RS0030, CA5350
        Xor(proof, stage);
        CryptographicOperations.ZeroMemory(stage);
        return proof;
    }

    /// <summary>caching_sha2_password: SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce).</summary>
    public static byte[] CachingSha2(Secret password, ReadOnlySpan<byte> nonce)
    {
        Span<byte> stage = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> salted = stackalloc byte[SHA256.HashSizeInBytes + NonceLength];
        byte[] proof = new byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password.Bytes, stage);
        SHA256.HashData(stage, salted);
        nonce[..NonceLength].CopyTo(salted[SHA256.HashSizeInBytes..]);
        SHA256.HashData(salted, proof);
        Xor(proof, stage);
        CryptographicOperations.ZeroMemory(stage);
        return proof;
    }

    /// <summary>
    /// caching_sha2_password to a server that has nothing cached, without TLS: the password and a NUL, XOR the nonce, by RSA-OAEP for the
    /// server's key. It is as good as that key, which nobody vouches for.
    /// </summary>
    /// <exception cref="CryptographicException">The key is none, or too small for the password.</exception>
    public static byte[] Encrypted(Secret password, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> pem)
    {
        using RSA rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(Encoding.ASCII.GetString(pem));
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("It is no public key in PEM.", e);
        }

        byte[] hidden = new byte[password.Length + 1];
        try
        {
            password.Bytes.CopyTo(hidden);
            for (int at = 0; at < hidden.Length; at++)
            {
                hidden[at] ^= nonce[at % NonceLength];
            }

            return rsa.Encrypt(hidden, RSAEncryptionPadding.OaepSHA1);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(hidden);
        }
    }

    /// <summary>MariaDB's client_ed25519: a signature of the nonce by the key that the password is.</summary>
    public static byte[] Ed25519Signature(Secret password, ReadOnlySpan<byte> nonce)
    {
        byte[] key = MariaDbEd25519.Expand(password.Bytes);
        try
        {
            byte[] signature = new byte[64];
            Ed25519.ExpandedKey.Sign(key, nonce[..Ed25519NonceLength], signature);
            return signature;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static void Xor(Span<byte> into, ReadOnlySpan<byte> other)
    {
        for (int at = 0; at < into.Length; at++)
        {
            into[at] ^= other[at];
        }
    }
}
