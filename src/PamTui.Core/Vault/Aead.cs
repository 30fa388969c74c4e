using System.Security.Cryptography;

namespace PamTui.Core.Vault;

/// <summary>AES-256-GCM with a random 96-bit nonce. A key wraps data keys far fewer than 2^32 times (NIST SP 800-38D §8.3).</summary>
internal static class Aead
{
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    /// <summary>nonce, ciphertext and tag in one piece: how a short fixed-size key is kept.</summary>
    public static byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associated)
    {
        byte[] wrapped = new byte[NonceBytes + plaintext.Length + TagBytes];
        Span<byte> nonce = wrapped.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using AesGcm cipher = new(key, TagBytes);
        cipher.Encrypt(nonce, plaintext, wrapped.AsSpan(NonceBytes, plaintext.Length), wrapped.AsSpan(NonceBytes + plaintext.Length), associated);
        return wrapped;
    }

    /// <summary>False when the key, the piece or the associated data is another; <paramref name="plaintext"/> is then zero.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associated, Span<byte> plaintext)
    {
        if (wrapped.Length != NonceBytes + plaintext.Length + TagBytes)
        {
            return false;
        }

        return TryOpen(
            key,
            wrapped[..NonceBytes],
            wrapped[NonceBytes..^TagBytes],
            wrapped[^TagBytes..],
            associated,
            plaintext);
    }

    public static bool TryOpen(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> ciphertext,
        ReadOnlySpan<byte> tag,
        ReadOnlySpan<byte> associated,
        Span<byte> plaintext)
    {
        if (nonce.Length != NonceBytes || tag.Length != TagBytes || ciphertext.Length != plaintext.Length)
        {
            return false;
        }

        using AesGcm cipher = new(key, TagBytes);
        try
        {
            cipher.Decrypt(nonce, ciphertext, tag, plaintext, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            plaintext.Clear();
            return false;
        }
    }
}
