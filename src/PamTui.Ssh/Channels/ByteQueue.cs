using System.Security.Cryptography;

namespace PamTui.Ssh.Channels;

/// <summary>Bytes that came and were not read yet, in a ring that grows; the window bounds it. Not thread safe.</summary>
internal sealed class ByteQueue
{
    private const int Smallest = 4 * 1024;

    /// <summary>A larger ring is given up when it is empty.</summary>
    private const int Kept = 64 * 1024;

    private byte[] _ring = [];
    private int _start;

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_ring.Length - Count < bytes.Length)
        {
            Grow(Count + bytes.Length);
        }

        int end = (_start + Count) & (_ring.Length - 1);
        int first = Math.Min(bytes.Length, _ring.Length - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..].CopyTo(_ring);
        Count += bytes.Length;
    }

    public int Take(Span<byte> target)
    {
        int count = Math.Min(target.Length, Count);
        int first = Math.Min(count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(target);
        _ring.AsSpan(0, count - first).CopyTo(target[first..]);
        Count -= count;
        _start = Count == 0 ? 0 : (_start + count) & (_ring.Length - 1);
        if (Count == 0 && _ring.Length > Kept)
        {
            Clear();
        }

        return count;
    }

    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_ring);
        (_ring, _start, Count) = ([], 0, 0);
    }

    private void Grow(int needed)
    {
        byte[] larger = new byte[Math.Max(Smallest, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed))];
        int count = Count;
        int first = Math.Min(count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(larger);
        _ring.AsSpan(0, count - first).CopyTo(larger.AsSpan(first));
        CryptographicOperations.ZeroMemory(_ring);
        (_ring, _start) = (larger, 0);
    }
}
