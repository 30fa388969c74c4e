using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PamTui.Ssh.Keys;

/// <summary>The private key's block of a PEM file (RFC 7468, and the headers of RFC 1421). Text around it is passed over.</summary>
internal sealed class PemBlock : IDisposable
{
    private static ReadOnlySpan<byte> Begin => "-----BEGIN "u8;

    private static ReadOnlySpan<byte> End => "-----END "u8;

    private static ReadOnlySpan<byte> Dashes => "-----"u8;

    private readonly byte[] _buffer;
    private readonly int _length;

    private PemBlock(string label, string? encryption, byte[] buffer, int length)
    {
        Label = label;
        Encryption = encryption;
        _buffer = buffer;
        _length = length;
    }

    /// <summary>Such as <c>RSA PRIVATE KEY</c>.</summary>
    public string Label { get; }

    /// <summary>What <c>DEK-Info</c> says; null when the block is clear or its content says itself how it is encrypted.</summary>
    public string? Encryption { get; }

    public ReadOnlyMemory<byte> Content => _buffer.AsMemory(0, _length);

    /// <summary>The first block whose label ends with PRIVATE KEY; null when there is no whole one.</summary>
    public static PemBlock? FindPrivateKey(ReadOnlySpan<byte> file)
    {
        string? label = null;
        string? encryption = null;
        byte[] base64 = GC.AllocateArray<byte>(file.Length, pinned: true);
        int length = 0;
        while (!file.IsEmpty)
        {
            ReadOnlySpan<byte> line = NextLine(ref file);
            if (label is null)
            {
                label = LabelOf(line, Begin) is { } found && found.EndsWith("PRIVATE KEY", StringComparison.Ordinal) ? found : null;
            }
            else if (line.StartsWith(Dashes))
            {
                return LabelOf(line, End) == label
                    && Base64.DecodeFromUtf8InPlace(base64.AsSpan(0, length), out int decoded) == OperationStatus.Done
                        ? new PemBlock(label, encryption, base64, decoded)
                        : Nothing(base64);
            }
            else if (line.Contains((byte)':'))
            {
                encryption = line.StartsWith("DEK-Info: "u8) ? Encoding.ASCII.GetString(line["DEK-Info: ".Length..]) : encryption;
            }
            else
            {
                line.CopyTo(base64.AsSpan(length));
                length += line.Length;
            }
        }

        return Nothing(base64);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_buffer);

    private static PemBlock? Nothing(byte[] buffer)
    {
        CryptographicOperations.ZeroMemory(buffer);
        return null;
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> file)
    {
        int end = file.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? file : file[..end];
        file = end < 0 ? default : file[(end + 1)..];
        return line.Trim(" \t\r\uFEFF"u8);
    }

    private static string? LabelOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> start) =>
        line.StartsWith(start) && line.EndsWith(Dashes) && line.Length > start.Length + Dashes.Length
            ? Encoding.ASCII.GetString(line[start.Length..^Dashes.Length])
            : null;
}
