using System.Numerics;
using System.Runtime.CompilerServices;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// Inverses in the rings of NTRU Prime by division steps, as many whatever the operand, each the same work (Bernstein and Yang, "Fast
/// constant-time gcd computation and modular inversion", §7). The state of one inversion; zeroed by <see cref="Dispose"/>.
/// </summary>
internal sealed class NtruPrimeInverse : IDisposable
{
    private const int Size = NtruPrimeRing.Size;
    private const int Width = Size + 1;
    private const int Steps = (2 * Size) - 1;
    private const int Slack = 32;

    // v moves up by one coefficient a step and g down by one: both lie in longer arrays, and their origins move instead.
    private readonly int[] _f = new int[Width + Slack];
    private readonly int[] _g = new int[Width + Steps + Slack];
    private readonly int[] _v = new int[Width + Steps + Slack];
    private readonly int[] _r = new int[Width + Slack];
    private int _gAt;
    private int _vAt = Steps;
    private int _delta = 1;

    private NtruPrimeInverse(ReadOnlySpan<int> a, int numerator)
    {
        _f[0] = 1;
        (_f[Size - 1], _f[Size]) = (-1, -1);
        _r[0] = numerator;
        for (int i = 0; i < Size; i++)
        {
            _g[Size - 1 - i] = a[i];
        }
    }

    /// <summary>What becomes of g, or of r, given f or v: f0·g - g0·f, in its range.</summary>
    private interface ICombination
    {
        Vector<int> Next(Vector<int> f, Vector<int> g);
    }

    /// <summary>1 / (3 · <paramref name="a"/>) modulo q: every polynomial but zero has one, the ring is a field.</summary>
    public static void ThreefoldQ(ReadOnlySpan<int> a, Span<int> inverse)
    {
        using NtruPrimeInverse state = new(a, NumberQ(3));
        for (int step = 0; step < Steps; step++)
        {
            (int f0, int g0) = state.SwapAndShift();
            state.Combine(new ModuloQ(f0, g0));
        }

        int scale = NumberQ(state._f[0]);
        for (int i = 0; i < Size; i++)
        {
            inverse[i] = NtruPrimeRing.FreezeQ(scale * state._v[state._vAt + Size - 1 - i]);
        }
    }

    /// <summary>1 / <paramref name="a"/> modulo 3. False: it has none.</summary>
    public static bool Try3(ReadOnlySpan<int> a, Span<int> inverse)
    {
        using NtruPrimeInverse state = new(a, 1);
        for (int step = 0; step < Steps; step++)
        {
            (int f0, int g0) = state.SwapAndShift();
            state.Combine(new Modulo3(f0, g0));
        }

        for (int i = 0; i < Size; i++)
        {
            inverse[i] = state._f[0] * state._v[state._vAt + Size - 1 - i];
        }

        return state._delta == 0;
    }

    public void Dispose()
    {
        Array.Clear(_f);
        Array.Clear(_g);
        Array.Clear(_v);
        Array.Clear(_r);
    }

    /// <summary>a^(q-2); the exponent is no secret.</summary>
    private static int NumberQ(int a)
    {
        int power = a;
        for (int i = 1; i < NtruPrimeRing.Modulus - 2; i++)
        {
            power = NtruPrimeRing.FreezeQ(a * power);
        }

        return power;
    }

    /// <summary>Moves v, and changes f with g and v with r where the step says so; the constant terms of f and g then.</summary>
    private (int F0, int G0) SwapAndShift()
    {
        _vAt--;
        int g0 = _g[_gAt];
        // All ones where delta is positive and g(0) is not zero.
        int swap = (-_delta >> 31) & ((g0 | -g0) >> 31);
        _delta ^= swap & (_delta ^ -_delta);
        _delta++;
        Swap(swap, ref _f[0], ref _g[_gAt]);
        Swap(swap, ref _v[_vAt], ref _r[0]);
        return (_f[0], _g[_gAt]);
    }

    /// <summary>Afterwards the constant term of g is zero, and g moves.</summary>
    private void Combine<T>(T combination)
        where T : struct, ICombination
    {
        Combine(combination, ref _f[0], ref _g[_gAt]);
        Combine(combination, ref _v[_vAt], ref _r[0]);
        _gAt++;
    }

    private static void Swap(int mask, ref int a, ref int b)
    {
        Vector<int> wanted = new(mask);
        for (nuint i = 0; i < Width; i += (nuint)Vector<int>.Count)
        {
            Vector<int> left = Vector.LoadUnsafe(ref a, i);
            Vector<int> right = Vector.LoadUnsafe(ref b, i);
            Vector<int> change = (left ^ right) & wanted;
            (left ^ change).StoreUnsafe(ref a, i);
            (right ^ change).StoreUnsafe(ref b, i);
        }
    }

    private static void Combine<T>(T combination, ref int f, ref int g)
        where T : struct, ICombination
    {
        for (nuint i = 0; i < Width; i += (nuint)Vector<int>.Count)
        {
            combination.Next(Vector.LoadUnsafe(ref f, i), Vector.LoadUnsafe(ref g, i)).StoreUnsafe(ref g, i);
        }
    }

    private readonly struct ModuloQ(int f0, int g0) : ICombination
    {
        private readonly Vector<int> _f0 = new(f0);
        private readonly Vector<int> _g0 = new(g0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<int> Next(Vector<int> f, Vector<int> g) => NtruPrimeRing.FreezeQ((_f0 * g) - (_g0 * f));
    }

    private readonly struct Modulo3(int f0, int g0) : ICombination
    {
        private readonly Vector<int> _f0 = new(f0);
        private readonly Vector<int> _g0 = new(g0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<int> Next(Vector<int> f, Vector<int> g)
        {
            // At most two in size: what is one too far goes to the other side. A comparison gives -1 where it holds.
            Vector<int> x = (_f0 * g) - (_g0 * f);
            return x + (Vector.GreaterThan(x, Vector<int>.One) * 3) - (Vector.LessThan(x, -Vector<int>.One) * 3);
        }
    }
}
