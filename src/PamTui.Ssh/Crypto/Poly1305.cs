using System.Buffers.Binary;

namespace PamTui.Ssh.Crypto;

/// <summary>Poly1305 (RFC 8439 §2.5): the accumulator is three 64-bit words, the products 128 bits wide; no step depends on a secret.</summary>
internal static class Poly1305
{
    public const int KeyLength = 32;
    public const int TagLength = 16;

    private const int Block = 16;

    public static void Compute(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> tag)
    {
        // r is clamped: the top bits of each word are clear, and r1 is a multiple of four, so that 5/4 of it is whole.
        ulong r0 = BinaryPrimitives.ReadUInt64LittleEndian(key) & 0x0ffffffc0fffffff;
        ulong r1 = BinaryPrimitives.ReadUInt64LittleEndian(key[8..]) & 0x0ffffffc0ffffffc;
        ulong h0 = 0, h1 = 0, h2 = 0;
        while (data.Length >= Block)
        {
            Step(ref h0, ref h1, ref h2, r0, r1, data, top: 1);
            data = data[Block..];
        }

        if (!data.IsEmpty)
        {
            Span<byte> last = stackalloc byte[Block];
            data.CopyTo(last);
            last[data.Length] = 1;
            Step(ref h0, ref h1, ref h2, r0, r1, last, top: 0);
        }

        Finish(h0, h1, h2, key[16..], tag);
    }

    /// <summary>h = (h + block) * r mod 2^130 - 5, left a few bits above 2^130.</summary>
    private static void Step(ref ulong h0, ref ulong h1, ref ulong h2, ulong r0, ulong r1, ReadOnlySpan<byte> block, ulong top)
    {
        ulong a0 = h0 + BinaryPrimitives.ReadUInt64LittleEndian(block);
        ulong carry = a0 < h0 ? 1ul : 0;
        ulong a1 = h1 + carry;
        ulong carry1 = a1 < carry ? 1ul : 0;
        ulong m1 = BinaryPrimitives.ReadUInt64LittleEndian(block[8..]);
        a1 += m1;
        carry1 += a1 < m1 ? 1ul : 0;
        ulong a2 = h2 + top + carry1;

        // 2^128 * r1 wraps to r1 * 5 / 4 at 2^0, because 2^130 is 5.
        ulong s1 = r1 + (r1 >> 2);
        UInt128 d0 = Multiply(a0, r0) + Multiply(a1, s1);
        UInt128 d1 = Multiply(a0, r1) + Multiply(a1, r0) + (UInt128)(a2 * s1) + (ulong)(d0 >> 64);
        ulong d2 = (a2 * r0) + (ulong)(d1 >> 64);

        ulong fold = (d2 >> 2) + (d2 & ~3ul);
        h0 = (ulong)d0 + fold;
        ulong c0 = h0 < fold ? 1ul : 0;
        h1 = (ulong)d1 + c0;
        h2 = (d2 & 3) + (h1 < c0 ? 1ul : 0);
    }

    private static UInt128 Multiply(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return new UInt128(high, low);
    }

    private static void Finish(ulong h0, ulong h1, ulong h2, ReadOnlySpan<byte> pad, Span<byte> tag)
    {
        // h - p when that is not negative, picked by mask.
        UInt128 low = new(h1, h0);
        UInt128 plus5 = low + 5;
        ulong carry = plus5 < low ? 1ul : 0;
        ulong mask = 0ul - ((h2 + carry) >> 2);
        UInt128 both = new(mask, mask);
        low = (low & ~both) | (plus5 & both);
        BinaryPrimitives.WriteUInt128LittleEndian(tag, low + BinaryPrimitives.ReadUInt128LittleEndian(pad));
    }
}
