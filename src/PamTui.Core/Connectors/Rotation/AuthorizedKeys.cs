using System.Buffers.Text;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>
/// The text of an authorized_keys file, read as sshd reads it (sshd(8), AUTHORIZED_KEYS FILE FORMAT). A key is found by itself, never by
/// its comment; lines that are not meant stay as they are, byte for byte.
/// </summary>
internal static class AuthorizedKeys
{
    /// <summary>Whether a line lets the key in.</summary>
    public static bool Holds(ReadOnlySpan<byte> file, PublicKey key)
    {
        foreach (Range line in Lines(file))
        {
            if (Find(file[line], key) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>With the new key at the end, under the options of each line of the old one; the same again when it is there already.</summary>
    public static byte[] With(ReadOnlySpan<byte> file, PublicKey old, PublicKey added)
    {
        if (Holds(file, added))
        {
            return file.ToArray();
        }

        using MemoryStream written = new();
        written.Write(file);
        if (file.Length > 0 && file[^1] != (byte)'\n')
        {
            written.WriteByte((byte)'\n');
        }

        bool found = false;
        foreach (Range range in Lines(file))
        {
            ReadOnlySpan<byte> line = file[range];
            if (Find(line, old) is { } options)
            {
                found = true;
                written.Write(line[options]);
                written.Write(Encoding.UTF8.GetBytes((line[options].Length > 0 ? " " : "") + added.Line + "\n"));
            }
        }

        if (!found)
        {
            written.Write(Encoding.UTF8.GetBytes(added.Line + "\n"));
        }

        return written.ToArray();
    }

    /// <summary>Without any line of the key.</summary>
    public static byte[] Without(ReadOnlySpan<byte> file, PublicKey key)
    {
        using MemoryStream written = new();
        foreach (Range line in Lines(file))
        {
            if (Find(file[line], key) is null)
            {
                written.Write(file[line]);
            }
        }

        return written.ToArray();
    }

    // Each with its line feed.
    private static List<Range> Lines(ReadOnlySpan<byte> file)
    {
        List<Range> lines = [];
        for (int start = 0; start < file.Length;)
        {
            int length = file[start..].IndexOf((byte)'\n');
            int end = length < 0 ? file.Length : start + length + 1;
            lines.Add(start..end);
            start = end;
        }

        return lines;
    }

    /// <summary>Where the options of a line with this key are, perhaps empty; null: it is another line. A CA's line lets certificates in, not the key.</summary>
    private static Range? Find(ReadOnlySpan<byte> line, PublicKey key)
    {
        int start = line.IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (start < 0 || line[start] == (byte)'#')
        {
            return null;
        }

        if (IsKey(line[start..], key))
        {
            return start..start;
        }

        int end = start + LengthUntil(line[start..], " \t"u8);
        int rest = line[end..].IndexOfAnyExcept((byte)' ', (byte)'\t');
        return rest > 0 && IsKey(line[(end + rest)..], key) && !IsAuthority(line[start..end]) ? start..end : null;
    }

    private static bool IsKey(ReadOnlySpan<byte> text, PublicKey key)
    {
        byte[] type = Encoding.ASCII.GetBytes(key.Type);
        if (!text.StartsWith(type) || text.Length == type.Length || text[type.Length] is not ((byte)' ' or (byte)'\t'))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[type.Length..].TrimStart(" \t"u8);
        int length = rest.IndexOfAny(" \t\r\n"u8);
        ReadOnlySpan<byte> base64 = length < 0 ? rest : rest[..length];
        byte[] blob = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, blob, out _, out int written) == System.Buffers.OperationStatus.Done
            && blob.AsSpan(0, written).SequenceEqual(Convert.FromBase64String(key.Base64));
    }

    private static bool IsAuthority(ReadOnlySpan<byte> options)
    {
        while (!options.IsEmpty)
        {
            int length = LengthUntil(options, ","u8);
            if (Ascii.EqualsIgnoreCase(options[..length], "cert-authority"u8))
            {
                return true;
            }

            options = options[Math.Min(length + 1, options.Length)..];
        }

        return false;
    }

    // Up to the first of these outside quotes; \" does not end them.
    private static int LengthUntil(ReadOnlySpan<byte> text, ReadOnlySpan<byte> ends)
    {
        bool quoted = false;
        int i = 0;
        for (; i < text.Length && (quoted || !ends.Contains(text[i])); i++)
        {
            if (text[i] == (byte)'\\' && i + 1 < text.Length && text[i + 1] == (byte)'"')
            {
                i++;
            }
            else if (text[i] == (byte)'"')
            {
                quoted = !quoted;
            }
        }

        return Math.Min(i, text.Length);
    }
}
