using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>
/// What MySQL's caching_sha2_password stores: <c>$A$005$</c>, a salt of 20 characters, and 43 characters of SHA-256 crypt with 5,000
/// rounds (U. Drepper, "Unix crypt using SHA-256 and SHA-512"; MySQL takes four more characters of salt than crypt does).
/// </summary>
internal static class CachingSha2Hash
{
    private const int SaltLength = 20;
    private const int Rounds = 5000;
    private const int Size = SHA256.HashSizeInBytes;

    // Of crypt: six bits a character, the lowest first.
    private const string Alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>With a salt of its own. It holds no character that a quoted string of SQL would change.</summary>
    public static string Of(Secret password) => Of(password, Encoding.ASCII.GetBytes(RandomNumberGenerator.GetString(Alphabet.AsSpan(2), SaltLength)));

    /// <param name="salt">20 characters of ASCII, none a "$".</param>
    public static string Of(Secret password, ReadOnlySpan<byte> salt) =>
        string.Create(CultureInfo.InvariantCulture, $"$A${Rounds / 1000:x3}${Encoding.ASCII.GetString(salt)}{Crypt(password.Bytes, salt)}");

    private static string Crypt(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digest = stackalloc byte[Size];
        Span<byte> other = stackalloc byte[Size];
        byte[] repeatedPassword = new byte[password.Length];
        byte[] repeatedSalt = new byte[salt.Length];
        try
        {
            hash.AppendData(password);
            hash.AppendData(salt);
            hash.AppendData(password);
            hash.GetHashAndReset(other);

            hash.AppendData(password);
            hash.AppendData(salt);
            for (int left = password.Length; left > 0; left -= Size)
            {
                hash.AppendData(other[..Math.Min(left, Size)]);
            }

            for (int bits = password.Length; bits > 0; bits >>= 1)
            {
                hash.AppendData((bits & 1) == 1 ? other : password);
            }

            hash.GetHashAndReset(digest);
            Repeat(hash, password, password.Length, repeatedPassword);
            Repeat(hash, salt, 16 + digest[0], repeatedSalt);
            for (int round = 0; round < Rounds; round++)
            {
                bool isOdd = (round & 1) == 1;
                hash.AppendData(isOdd ? repeatedPassword : digest);
                if (round % 3 != 0)
                {
                    hash.AppendData(repeatedSalt);
                }

                if (round % 7 != 0)
                {
                    hash.AppendData(repeatedPassword);
                }

                hash.AppendData(isOdd ? digest : repeatedPassword);
                hash.GetHashAndReset(digest);
            }

            return Text(digest);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(repeatedPassword);
            CryptographicOperations.ZeroMemory(other);
        }
    }

    // As many bytes as the text has, out of the hash of the text so many times.
    private static void Repeat(IncrementalHash hash, ReadOnlySpan<byte> text, int times, Span<byte> into)
    {
        for (int time = 0; time < times; time++)
        {
            hash.AppendData(text);
        }

        Span<byte> digest = stackalloc byte[Size];
        hash.GetHashAndReset(digest);
        for (int at = 0; at < into.Length; at++)
        {
            into[at] = digest[at % Size];
        }

        CryptographicOperations.ZeroMemory(digest);
    }

    private static string Text(ReadOnlySpan<byte> digest)
    {
        StringBuilder text = new(43);
        (int first, int second, int third) = (0, 10, 20);
        for (int group = 0; group < 10; group++)
        {
            Append(text, (digest[first] << 16) | (digest[second] << 8) | digest[third], 4);
            (first, second, third) = (third + 1, first + 1, second + 1);
        }

        Append(text, (digest[31] << 8) | digest[30], 3);
        return text.ToString();
    }

    private static void Append(StringBuilder text, int bits, int characters)
    {
        for (int character = 0; character < characters; character++)
        {
            text.Append(Alphabet[bits & 63]);
            bits >>= 6;
        }
    }
}
