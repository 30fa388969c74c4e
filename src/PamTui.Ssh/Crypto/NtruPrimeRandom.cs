using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>The random polynomials of sntrup761 (NTRU Prime, round 3, §3.2).</summary>
internal static class NtruPrimeRandom
{
    /// <summary>w: coefficients of a short polynomial that are not zero.</summary>
    public const int Weight = 286;

    /// <summary>Every coefficient -1, 0 or 1 alike; of 2^30 values one is a little more likely than another.</summary>
    public static void Small(Span<int> polynomial)
    {
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(polynomial));
        foreach (ref int coefficient in polynomial)
        {
            coefficient = (((coefficient & 0x3fffffff) * 3) >>> 30) - 1;
        }
    }

    /// <summary>As many coefficients as <see cref="Weight"/> are 1 or -1, at random places: sorted by random numbers whose lowest two bits say what they are.</summary>
    public static void Short(Span<int> polynomial)
    {
        Span<uint> tags = MemoryMarshal.Cast<int, uint>(polynomial);
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(tags));
        foreach (ref uint tag in tags[..Weight])
        {
            tag &= ~1u;
        }

        foreach (ref uint tag in tags[Weight..])
        {
            tag = (tag & ~2u) | 1;
        }

        Sort(tags);
        foreach (ref int coefficient in polynomial)
        {
            coefficient = (coefficient & 3) - 1;
        }
    }

    /// <summary>Batcher's merge exchange (Knuth, volume 3, algorithm 5.2.2M): which places are compared depends on their number alone.</summary>
    private static void Sort(Span<uint> values)
    {
        int top = 1 << int.Log2(values.Length - 1);
        for (int p = top; p > 0; p >>= 1)
        {
            int r = 0;
            int d = p;
            for (int q = top; ; q >>= 1)
            {
                for (int i = 0; i < values.Length - d; i++)
                {
                    if ((i & p) == r)
                    {
                        Order(ref values[i], ref values[i + d]);
                    }
                }

                if (q == p)
                {
                    break;
                }

                (d, r) = (q - p, p);
            }
        }
    }

    private static void Order(ref uint low, ref uint high)
    {
        uint change = (low ^ high) & (uint)(((long)high - low) >> 63);
        low ^= change;
        high ^= change;
    }
}
