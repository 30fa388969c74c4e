using System.Security.Cryptography;

namespace PamTui.Ssh.Keys;

/// <summary>CBC with padding, for key files only: no connection uses it.</summary>
internal static class CbcDecryption
{
    public static readonly Cipher Aes128 = new(16, Aes.Create);
    public static readonly Cipher Aes192 = new(24, Aes.Create);
    public static readonly Cipher Aes256 = new(32, Aes.Create);

    // Old key files are full of it; reading one lets its owner leave it behind.
    public static readonly Cipher TripleDes = new(24, TripleDES.Create);

    /// <summary>The clear bytes, which the caller zeroes. Bad padding means a wrong passphrase.</summary>
    public static byte[] Open(Cipher cipher, byte[] key, byte[] iv, ReadOnlySpan<byte> encrypted)
    {
        using SymmetricAlgorithm algorithm = cipher.Create();
        int block = algorithm.BlockSize / 8;
        if (iv.Length != block || encrypted.IsEmpty || encrypted.Length % block != 0)
        {
            throw SshKeyFileException.NotAKey();
        }

        try
        {
            algorithm.SetKey(key);
            return algorithm.DecryptCbc(encrypted, iv);
        }
        catch (CryptographicException)
        {
            throw SshKeyFileException.WrongPassphrase();
        }
    }

    internal sealed record Cipher(int KeySize, Func<SymmetricAlgorithm> Create);
}
