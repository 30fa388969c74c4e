using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// Polynomials modulo x^761 - x - 1, their coefficients modulo 4591 or 3 and centred at zero (NTRU Prime, round 3, §3). Many coefficients at
/// a time; neither what is computed nor which memory is touched depends on a coefficient.
/// </summary>
internal static class NtruPrimeRing
{
    /// <summary>p: coefficients of a polynomial.</summary>
    public const int Size = 761;

    /// <summary>q.</summary>
    public const int Modulus = 4591;

    /// <summary>Whole vectors are read and written past the last coefficient.</summary>
    private const int Slack = 32;

    // 2^18 / q and 2^27 / q, rounded: together they bring anything up to 2^24 into the centred range.
    private const int Reciprocal18 = 57;
    private const int Reciprocal27 = 29235;

    /// <summary>The representative in -2295…2295 of a number up to 2^24 in size.</summary>
    public static int FreezeQ(int x)
    {
        x -= Modulus * ((Reciprocal18 * x) >> 18);
        return x - (Modulus * (((Reciprocal27 * x) + (1 << 26)) >> 27));
    }

    /// <inheritdoc cref="FreezeQ(int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<int> FreezeQ(Vector<int> x)
    {
        x -= ((x * Reciprocal18) >> 18) * Modulus;
        return x - ((((x * Reciprocal27) + new Vector<int>(1 << 26)) >> 27) * Modulus);
    }

    /// <summary>The representative in -1…1 of a number up to 2^13 in size.</summary>
    public static int Freeze3(int x) => x - (3 * (((10923 * x) + (1 << 14)) >> 15));

    /// <summary><paramref name="a"/> times <paramref name="small"/> (coefficients in -1…1), modulo q.</summary>
    public static void MultiplyQ(ReadOnlySpan<int> a, ReadOnlySpan<int> small, Span<int> product)
    {
        Multiply(a, small, product);
        foreach (ref int coefficient in product)
        {
            coefficient = FreezeQ(coefficient);
        }
    }

    /// <summary>Both with coefficients in -1…1, modulo 3.</summary>
    public static void Multiply3(ReadOnlySpan<int> a, ReadOnlySpan<int> b, Span<int> product)
    {
        Multiply(a, b, product);
        foreach (ref int coefficient in product)
        {
            coefficient = Freeze3(coefficient);
        }
    }

    /// <summary>Schoolbook: with one small factor every step is a product of a vector with one number, and no sum exceeds 2^23.</summary>
    private static void Multiply(ReadOnlySpan<int> a, ReadOnlySpan<int> small, Span<int> product)
    {
        Span<int> padded = stackalloc int[Size + Slack];
        padded[Size..].Clear();
        a.CopyTo(padded);
        Span<int> sum = stackalloc int[(2 * Size) + Slack];
        sum.Clear();
        ref int from = ref MemoryMarshal.GetReference(padded);
        for (int j = 0; j < Size; j++)
        {
            ref int to = ref Unsafe.Add(ref MemoryMarshal.GetReference(sum), j);
            Vector<int> factor = new(small[j]);
            for (nuint i = 0; i < Size; i += (nuint)Vector<int>.Count)
            {
                (Vector.LoadUnsafe(ref to, i) + (Vector.LoadUnsafe(ref from, i) * factor)).StoreUnsafe(ref to, i);
            }
        }

        // x^761 = x + 1.
        for (int i = (2 * Size) - 2; i >= Size; i--)
        {
            sum[i - Size] += sum[i];
            sum[i - Size + 1] += sum[i];
        }

        sum[..Size].CopyTo(product);
        sum.Clear();
        padded.Clear();
    }
}
