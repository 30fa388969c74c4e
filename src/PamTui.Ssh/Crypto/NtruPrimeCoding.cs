namespace PamTui.Ssh.Crypto;

/// <summary>
/// Polynomials of sntrup761 as bytes (NTRU Prime, round 3, §3.1 and the algorithms Encode and Decode of its appendix): numbers below a modulus are joined two
/// by two, whole bytes put out as soon as a pair is large enough. Only what is public is decoded.
/// </summary>
internal static class NtruPrimeCoding
{
    public const int PolynomialSize = 1158;
    public const int RoundedSize = 1007;
    public const int SmallSize = (Size + 3) / 4;

    private const int Size = NtruPrimeRing.Size;
    private const int Largest = (NtruPrimeRing.Modulus - 1) / 2;
    private const uint RoundedModulus = (NtruPrimeRing.Modulus + 2) / 3;

    /// <summary>A pair as large as this gives a byte away.</summary>
    private const uint Limit = 1 << 14;

    public static void Encode(ReadOnlySpan<int> polynomial, Span<byte> bytes)
    {
        Span<uint> numbers = stackalloc uint[Size];
        for (int i = 0; i < Size; i++)
        {
            numbers[i] = (uint)(polynomial[i] + Largest);
        }

        Join(numbers, NtruPrimeRing.Modulus, bytes);
    }

    /// <summary>Any bytes are a polynomial: each number is reduced into its range.</summary>
    public static void Decode(ReadOnlySpan<byte> bytes, Span<int> polynomial)
    {
        Span<uint> numbers = stackalloc uint[Size];
        Split(bytes, NtruPrimeRing.Modulus, NtruPrimeRing.Modulus, numbers);
        for (int i = 0; i < Size; i++)
        {
            polynomial[i] = (int)numbers[i] - Largest;
        }
    }

    /// <summary>All coefficients are multiples of three.</summary>
    public static void EncodeRounded(ReadOnlySpan<int> polynomial, Span<byte> bytes)
    {
        Span<uint> numbers = stackalloc uint[Size];
        for (int i = 0; i < Size; i++)
        {
            // A third, without a division.
            numbers[i] = (uint)(((polynomial[i] + Largest) * 10923) >> 15);
        }

        Join(numbers, RoundedModulus, bytes);
    }

    /// <inheritdoc cref="Decode"/>
    public static void DecodeRounded(ReadOnlySpan<byte> bytes, Span<int> polynomial)
    {
        Span<uint> numbers = stackalloc uint[Size];
        Split(bytes, RoundedModulus, RoundedModulus, numbers);
        for (int i = 0; i < Size; i++)
        {
            polynomial[i] = ((int)numbers[i] * 3) - Largest;
        }
    }

    /// <summary>Coefficients in -1…1, four to a byte.</summary>
    public static void EncodeSmall(ReadOnlySpan<int> polynomial, Span<byte> bytes)
    {
        bytes.Clear();
        for (int i = 0; i < Size; i++)
        {
            bytes[i / 4] |= (byte)((polynomial[i] + 1) << (i % 4 * 2));
        }
    }

    /// <summary>Every number has the same modulus, but what was left over at the end of an odd row keeps its own.</summary>
    private static void Join(Span<uint> numbers, uint modulus, Span<byte> bytes)
    {
        uint last = modulus;
        int at = 0;
        while (numbers.Length > 1)
        {
            int pairs = numbers.Length / 2;
            bool isOdd = numbers.Length % 2 == 1;
            for (int i = 0; i < pairs; i++)
            {
                uint joined = numbers[2 * i] + (numbers[(2 * i) + 1] * modulus);
                for (uint range = modulus * (isOdd || i < pairs - 1 ? modulus : last); range >= Limit; range = WithoutByte(range))
                {
                    bytes[at++] = (byte)joined;
                    joined >>= 8;
                }

                numbers[i] = joined;
            }

            if (isOdd)
            {
                numbers[pairs] = numbers[^1];
            }

            numbers = numbers[..(pairs + (isOdd ? 1 : 0))];
            (modulus, last) = (Below(modulus * modulus), isOdd ? last : Below(modulus * last));
        }

        for (; last > 1; last = WithoutByte(last))
        {
            bytes[at++] = (byte)numbers[0];
            numbers[0] >>= 8;
        }
    }

    private static void Split(ReadOnlySpan<byte> bytes, uint modulus, uint last, Span<uint> numbers)
    {
        if (numbers.Length == 1)
        {
            uint value = 0;
            int size = 0;
            for (uint range = last; range > 1; range = WithoutByte(range))
            {
                value |= (uint)bytes[size] << (8 * size);
                size++;
            }

            numbers[0] = value % last;
            return;
        }

        int pairs = numbers.Length / 2;
        bool isOdd = numbers.Length % 2 == 1;
        Span<uint> low = stackalloc uint[pairs];
        Span<int> bits = stackalloc int[pairs];
        for (int i = 0; i < pairs; i++)
        {
            for (uint range = modulus * (isOdd || i < pairs - 1 ? modulus : last); range >= Limit; range = WithoutByte(range))
            {
                low[i] |= (uint)bytes[0] << bits[i];
                bits[i] += 8;
                bytes = bytes[1..];
            }
        }

        Span<uint> joined = stackalloc uint[pairs + (isOdd ? 1 : 0)];
        Split(bytes, Below(modulus * modulus), isOdd ? last : Below(modulus * last), joined);
        for (int i = 0; i < pairs; i++)
        {
            (uint high, numbers[2 * i]) = Math.DivRem(low[i] + (joined[i] << bits[i]), modulus);
            numbers[(2 * i) + 1] = high % (isOdd || i < pairs - 1 ? modulus : last);
        }

        if (isOdd)
        {
            numbers[^1] = joined[^1];
        }
    }

    private static uint Below(uint range)
    {
        while (range >= Limit)
        {
            range = WithoutByte(range);
        }

        return range;
    }

    private static uint WithoutByte(uint range) => (range + 255) >> 8;
}
