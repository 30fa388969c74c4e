using System.Numerics;

namespace PamTui.Ssh.Keys;

/// <summary>Blowfish with bcrypt's two key schedules. Its start state is the fraction of pi, which is computed rather than copied.</summary>
internal sealed class Blowfish
{
    private const int SubKeys = 18;
    private const int Boxes = 4 * 256;

    private static readonly Lazy<uint[]> s_pi = new(() => FractionOfPi(SubKeys + Boxes));

    private readonly uint[] _p = s_pi.Value[..SubKeys];
    private readonly uint[] _s = s_pi.Value[SubKeys..];

    /// <summary>Expands with a key alone.</summary>
    public void Expand(ReadOnlySpan<uint> key) => Expand(key, [0, 0]);

    /// <summary>Expands with a key, and mixes the salt into what is encrypted.</summary>
    public void Expand(ReadOnlySpan<uint> key, ReadOnlySpan<uint> salt)
    {
        for (int i = 0; i < SubKeys; i++)
        {
            _p[i] ^= key[i % key.Length];
        }

        uint left = 0;
        uint right = 0;
        int next = 0;
        Fill(_p, salt, ref next, ref left, ref right);
        Fill(_s, salt, ref next, ref left, ref right);
    }

    public void Encrypt(ref uint left, ref uint right)
    {
        uint[] p = _p;
        uint[] s = _s;
        uint l = left ^ p[0];
        uint r = right;
        for (int i = 1; i < SubKeys - 1; i += 2)
        {
            r ^= F(s, l) ^ p[i];
            l ^= F(s, r) ^ p[i + 1];
        }

        left = r ^ p[SubKeys - 1];
        right = l;
    }

    public void Clear()
    {
        _p.AsSpan().Clear();
        _s.AsSpan().Clear();
    }

    private static uint F(uint[] s, uint x) =>
        ((s[(int)(x >> 24)] + s[256 + (int)((x >> 16) & 0xff)]) ^ s[512 + (int)((x >> 8) & 0xff)]) + s[768 + (int)(x & 0xff)];

    private void Fill(uint[] words, ReadOnlySpan<uint> salt, ref int next, ref uint left, ref uint right)
    {
        for (int i = 0; i < words.Length; i += 2)
        {
            left ^= salt[next];
            right ^= salt[next + 1];
            next = (next + 2) % salt.Length;
            Encrypt(ref left, ref right);
            words[i] = left;
            words[i + 1] = right;
        }
    }

    /// <summary>Machin: pi = 16 arctan(1/5) - 4 arctan(1/239), in fixed point with bits to spare.</summary>
    private static uint[] FractionOfPi(int words)
    {
        const int Guard = 64;
        int bits = (words * 32) + Guard;
        BigInteger pi = (16 * ArcTan(5, bits)) - (4 * ArcTan(239, bits));
        BigInteger fraction = (pi - (new BigInteger(3) << bits)) >> Guard;
        byte[] bytes = fraction.ToByteArray(isUnsigned: true, isBigEndian: true);
        uint[] digits = new uint[words];
        for (int i = 0; i < words; i++)
        {
            digits[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4 * i));
        }

        return digits;
    }

    private static BigInteger ArcTan(int inverse, int bits)
    {
        BigInteger power = (BigInteger.One << bits) / inverse;
        BigInteger sum = power;
        int square = inverse * inverse;
        for (int n = 3, sign = -1; !power.IsZero; n += 2, sign = -sign)
        {
            power /= square;
            sum += sign * (power / n);
        }

        return sum;
    }
}
