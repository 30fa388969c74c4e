using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace PamTui.Core.Connectors;

/// <summary>A key file says itself how hard its passphrase is to check: a hostile one would keep a core busy for days.</summary>
internal static class PrivateKeyCost
{
    // ssh-keygen -a 16 is the default, 100 to 1000 is what careful people use.
    private const uint MaxBcryptRounds = 2048;

    // puttygen's defaults are 8 MiB and some 20 passes.
    private const int MaxArgon2KiB = 256 * 1024;
    private const int MaxArgon2Passes = 1000;

    /// <summary>A sentence for a person, or null.</summary>
    public static string? WhyTooCostly(ReadOnlySpan<byte> file)
    {
        string text = Encoding.Latin1.GetString(file);
        return BcryptRounds(text) > MaxBcryptRounds
            || Number(text, "Argon2-Memory:") > MaxArgon2KiB
            || Number(text, "Argon2-Passes:") > MaxArgon2Passes
            ? "The private key's passphrase is protected by more rounds than are taken here: write it again with fewer (ssh-keygen -p -a 100)."
            : null;
    }

    // PROTOCOL.key of OpenSSH: magic, string cipher, string kdf, string kdfoptions (string salt, uint32 rounds).
    private static uint BcryptRounds(string text)
    {
        const string begin = "-----BEGIN OPENSSH PRIVATE KEY-----";
        int start = text.IndexOf(begin, StringComparison.Ordinal);
        int end = text.IndexOf("-----END", Math.Max(start, 0), StringComparison.Ordinal);
        if (start < 0 || end < start)
        {
            return 0;
        }

        string body = new([.. text[(start + begin.Length)..end].Where(c => !char.IsWhiteSpace(c))]);
        byte[] blob = new byte[body.Length];
        if (!Convert.TryFromBase64String(body, blob, out int length))
        {
            return 0;
        }

        ReadOnlySpan<byte> rest = blob.AsSpan(0, length);
        ReadOnlySpan<byte> magic = "openssh-key-v1\0"u8;
        if (!rest.StartsWith(magic))
        {
            return 0;
        }

        rest = rest[magic.Length..];
        return TakeString(ref rest, out _) && TakeString(ref rest, out ReadOnlySpan<byte> kdf) && kdf.SequenceEqual("bcrypt"u8)
            && TakeString(ref rest, out ReadOnlySpan<byte> options) && TakeString(ref options, out _) && options.Length >= 4
            ? BinaryPrimitives.ReadUInt32BigEndian(options)
            : 0;
    }

    private static bool TakeString(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (rest.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - 4)
        {
            return false;
        }

        value = rest.Slice(4, (int)length);
        rest = rest[(4 + (int)length)..];
        return true;
    }

    private static long Number(string text, string header)
    {
        int start = text.IndexOf(header, StringComparison.Ordinal);
        if (start < 0)
        {
            return 0;
        }

        int end = text.IndexOfAny(['\r', '\n'], start);
        string value = (end < 0 ? text[start..] : text[start..end])[header.Length..].Trim();
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : long.MaxValue;
    }
}
