using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Audit;

/// <summary>
/// The hash chain. Each row's hash covers the row before; the head (how many rows, last hash) is authenticated with a key of the
/// vault, so that neither a rewritten chain nor a shortened one passes for the whole.
/// </summary>
internal static class AuditChain
{
    private const int MicrosecondTicks = (int)TimeSpan.TicksPerMicrosecond;

    /// <summary>What the first row follows.</summary>
    public static byte[] Genesis { get; } = SHA256.HashData("pamtui audit 1"u8);

    /// <summary>Each field with its length before it: no two different rows have the same bytes.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> previous, AuditRow row)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Add(hash, row.Sequence);
        Add(hash, (row.At - DateTimeOffset.UnixEpoch).Ticks / MicrosecondTicks);
        Add(hash, row.Actor);
        Add(hash, row.Source);
        Add(hash, row.Action);
        Add(hash, row.Target);
        Add(hash, row.Details);
        return hash.GetHashAndReset();
    }

    public static string Head(Secret key, long sequence, ReadOnlySpan<byte> hash) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sequence} {Convert.ToHexStringLower(hash)} {Convert.ToHexStringLower(Mac(key, sequence, hash))}");

    /// <summary>How many rows there are and the last one's hash; null when the text was not written with <paramref name="key"/>.</summary>
    public static (long Sequence, byte[] Hash)? TryReadHead(string text, Secret key)
    {
        string[] parts = text.Split(' ');
        if (parts.Length != 3
            || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            || TryHex(parts[1]) is not { } hash
            || TryHex(parts[2]) is not { } mac)
        {
            return null;
        }

        return CryptographicOperations.FixedTimeEquals(mac, Mac(key, sequence, hash)) ? (sequence, hash) : null;
    }

    private static byte[] Mac(Secret key, long sequence, ReadOnlySpan<byte> hash)
    {
        using IncrementalHash mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key.Bytes);
        Add(mac, "pamtui audit head 1");
        Add(mac, sequence);
        mac.AppendData(hash);
        return mac.GetHashAndReset();
    }

    private static byte[]? TryHex(string text)
    {
        byte[] bytes = new byte[SHA256.HashSizeInBytes];
        return Convert.FromHexString(text, bytes, out int read, out int written) == System.Buffers.OperationStatus.Done
            && read == text.Length
            && written == bytes.Length
                ? bytes
                : null;
    }

    private static void Add(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
