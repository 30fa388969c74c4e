using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// The ChaCha20 stream in its original form, which OpenSSH uses: 64-bit block counter, 64-bit nonce. Eight blocks are made side by side, one in each lane.
/// Counters stay below 2^32: a packet is far shorter than that.
/// </summary>
internal static class ChaCha20
{
    public const int BlockLength = 64;

    private const int Lanes = 8;
    private const int Words = 16;
    private const int DoubleRounds = 10;

    /// <summary>Xors the stream over <paramref name="data"/>. The nonce is the sequence number, big endian, as OpenSSH writes it.</summary>
    public static void Xor(ReadOnlySpan<byte> key, ulong nonce, uint counter, Span<byte> data)
    {
        Span<uint> start = stackalloc uint[Words];
        // "expand 32-byte k"
        start[0] = 0x61707865;
        start[1] = 0x3320646e;
        start[2] = 0x79622d32;
        start[3] = 0x6b206574;
        for (int i = 0; i < 8; i++)
        {
            start[4 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
        }

        start[12] = counter;
        start[13] = 0;
        start[14] = BinaryPrimitives.ReverseEndianness((uint)(nonce >> 32));
        start[15] = BinaryPrimitives.ReverseEndianness((uint)nonce);

        Span<uint> words = stackalloc uint[Words * Lanes];
        Span<byte> last = stackalloc byte[Lanes * BlockLength];
        while (data.Length >= last.Length)
        {
            EightBlocks(start, words);
            Over(data[..last.Length], words);
            data = data[last.Length..];
            start[12] += Lanes;
        }

        if (!data.IsEmpty)
        {
            EightBlocks(start, words);
            data.CopyTo(last);
            Over(last, words);
            last[..data.Length].CopyTo(data);
        }

        start.Clear();
        words.Clear();
        last.Clear();
    }

    /// <summary>Word w of block b comes to <paramref name="words"/>[w * 8 + b].</summary>
    private static void EightBlocks(ReadOnlySpan<uint> start, Span<uint> words)
    {
        Vector256<uint> counters = Vector256.Create(start[12]) + Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);
        Vector256<uint> x0 = Vector256.Create(start[0]), x1 = Vector256.Create(start[1]), x2 = Vector256.Create(start[2]), x3 = Vector256.Create(start[3]);
        Vector256<uint> x4 = Vector256.Create(start[4]), x5 = Vector256.Create(start[5]), x6 = Vector256.Create(start[6]), x7 = Vector256.Create(start[7]);
        Vector256<uint> x8 = Vector256.Create(start[8]), x9 = Vector256.Create(start[9]), x10 = Vector256.Create(start[10]), x11 = Vector256.Create(start[11]);
        Vector256<uint> x12 = counters, x13 = Vector256.Create(start[13]), x14 = Vector256.Create(start[14]), x15 = Vector256.Create(start[15]);
        for (int round = 0; round < DoubleRounds; round++)
        {
            QuarterRound(ref x0, ref x4, ref x8, ref x12);
            QuarterRound(ref x1, ref x5, ref x9, ref x13);
            QuarterRound(ref x2, ref x6, ref x10, ref x14);
            QuarterRound(ref x3, ref x7, ref x11, ref x15);
            QuarterRound(ref x0, ref x5, ref x10, ref x15);
            QuarterRound(ref x1, ref x6, ref x11, ref x12);
            QuarterRound(ref x2, ref x7, ref x8, ref x13);
            QuarterRound(ref x3, ref x4, ref x9, ref x14);
        }

        (x0 + Vector256.Create(start[0])).CopyTo(words);
        (x1 + Vector256.Create(start[1])).CopyTo(words[8..]);
        (x2 + Vector256.Create(start[2])).CopyTo(words[16..]);
        (x3 + Vector256.Create(start[3])).CopyTo(words[24..]);
        (x4 + Vector256.Create(start[4])).CopyTo(words[32..]);
        (x5 + Vector256.Create(start[5])).CopyTo(words[40..]);
        (x6 + Vector256.Create(start[6])).CopyTo(words[48..]);
        (x7 + Vector256.Create(start[7])).CopyTo(words[56..]);
        (x8 + Vector256.Create(start[8])).CopyTo(words[64..]);
        (x9 + Vector256.Create(start[9])).CopyTo(words[72..]);
        (x10 + Vector256.Create(start[10])).CopyTo(words[80..]);
        (x11 + Vector256.Create(start[11])).CopyTo(words[88..]);
        (x12 + counters).CopyTo(words[96..]);
        (x13 + Vector256.Create(start[13])).CopyTo(words[104..]);
        (x14 + Vector256.Create(start[14])).CopyTo(words[112..]);
        (x15 + Vector256.Create(start[15])).CopyTo(words[120..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void QuarterRound(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        a += b;
        d = RotateLeft(d ^ a, 16);
        c += d;
        b = RotateLeft(b ^ c, 12);
        a += b;
        d = RotateLeft(d ^ a, 8);
        c += d;
        b = RotateLeft(b ^ c, 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RotateLeft(Vector256<uint> x, int bits) => (x << bits) | (x >>> (32 - bits));

    private static void Over(Span<byte> data, ReadOnlySpan<uint> words)
    {
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(data)[..(Lanes * Words)];
        words = words[..(Lanes * Words)];
        for (int block = 0; block < Lanes; block++)
        {
            for (int word = 0; word < Words; word++)
            {
                uint stream = words[(word * Lanes) + block];
                target[(block * Words) + word] ^= BitConverter.IsLittleEndian ? stream : BinaryPrimitives.ReverseEndianness(stream);
            }
        }
    }
}
