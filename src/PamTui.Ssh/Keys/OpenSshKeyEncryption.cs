using System.Security.Cryptography;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>How openssh-key-v1 hides its private section: bcrypt_pbkdf gives key and IV of one of SSH's ciphers.</summary>
internal static class OpenSshKeyEncryption
{
    /// <summary>ssh-keygen takes 16 or 24 where it is not told; this many take some seconds (A12).</summary>
    public const int MaxRounds = 512;

    private const int AeadTag = 16;
    private const int MaxSalt = 64;

    /// <summary>The clear section, which the caller zeroes. Whether the passphrase was right, only an AEAD knows already here.</summary>
    public static byte[] Decrypt(
        string cipher,
        string kdf,
        ReadOnlySpan<byte> kdfOptions,
        ReadOnlySpan<byte> section,
        ReadOnlySpan<byte> tag,
        ReadOnlySpan<byte> passphrase)
    {
        (int keySize, int ivSize, int blockSize, int tagSize) = SizesOf(cipher);
        if (kdf != "bcrypt")
        {
            throw SshKeyFileException.Unsupported("The private key's passphrase is protected in a way that is not known here.");
        }

        SshReader options = new(kdfOptions);
        ReadOnlySpan<byte> salt = options.String(MaxSalt);
        uint rounds = options.UInt32();
        options.End();
        if (salt.IsEmpty || rounds == 0 || section.IsEmpty || section.Length % blockSize != 0 || tag.Length != tagSize)
        {
            throw SshKeyFileException.NotAKey();
        }

        if (passphrase.IsEmpty)
        {
            throw SshKeyFileException.NeedsPassphrase();
        }

        if (rounds > MaxRounds)
        {
            throw SshKeyFileException.TooCostly();
        }

        byte[] derived = GC.AllocateArray<byte>(keySize + ivSize, pinned: true);
        byte[] clear = GC.AllocateArray<byte>(section.Length, pinned: true);
        try
        {
            BcryptPbkdf.Derive(passphrase, salt, (int)rounds, derived);
            Decrypt(cipher, derived.AsSpan(0, keySize), derived.AsSpan(keySize), section, tag, clear);
            return clear;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw SshKeyFileException.WrongPassphrase();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static (int Key, int Iv, int Block, int Tag) SizesOf(string cipher) => cipher switch
    {
        "aes256-ctr" or "aes256-cbc" => (32, 16, 16, 0),
        "aes192-ctr" or "aes192-cbc" => (24, 16, 16, 0),
        "aes128-ctr" or "aes128-cbc" => (16, 16, 16, 0),
        "aes256-gcm@openssh.com" => (32, 12, 16, AeadTag),
        "aes128-gcm@openssh.com" => (16, 12, 16, AeadTag),
        ChaChaPolyCipher.Name => (ChaChaPolyCipher.KeyLength, 0, 8, AeadTag),
        _ => throw SshKeyFileException.Unsupported("The private key is encrypted with a cipher that is not taken: save it again with aes256-ctr."),
    };

    private static void Decrypt(
        string cipher,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> section,
        ReadOnlySpan<byte> tag,
        Span<byte> clear)
    {
        if (cipher == ChaChaPolyCipher.Name)
        {
            OpenChaCha(key, section, tag, clear);
        }
        else if (cipher.EndsWith("-ctr", StringComparison.Ordinal))
        {
            section.CopyTo(clear);
            using CounterKeystream stream = CounterKeystream.Create(key, iv);
            stream.Xor(clear);
        }
        else if (cipher.EndsWith("-cbc", StringComparison.Ordinal))
        {
            using Aes aes = Aes.Create();
            aes.SetKey(key);
            aes.DecryptCbc(section, iv, clear, PaddingMode.None);
        }
        else
        {
            using AesGcm gcm = new(key, AeadTag);
            gcm.Decrypt(iv, section, tag, clear);
        }
    }

    // As a packet with sequence number zero and without a length.
    private static void OpenChaCha(ReadOnlySpan<byte> key, ReadOnlySpan<byte> section, ReadOnlySpan<byte> tag, Span<byte> clear)
    {
        ReadOnlySpan<byte> main = key[..32];
        Span<byte> polyKey = stackalloc byte[Poly1305.KeyLength];
        polyKey.Clear();
        ChaCha20.Xor(main, nonce: 0, counter: 0, polyKey);
        Span<byte> computed = stackalloc byte[AeadTag];
        Poly1305.Compute(polyKey, section, computed);
        polyKey.Clear();
        if (!CryptographicOperations.FixedTimeEquals(computed, tag))
        {
            throw new AuthenticationTagMismatchException();
        }

        section.CopyTo(clear);
        ChaCha20.Xor(main, nonce: 0, counter: 1, clear);
    }
}
