using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace PamTui.Core.Resources;

/// <summary>The state of eight SHA-1 computations side by side (FIPS 180-4, 6.1.2). For finding what a file has hidden by SHA-1; never for proving anything.</summary>
internal readonly record struct Sha1Lanes(Vector256<uint> A, Vector256<uint> B, Vector256<uint> C, Vector256<uint> D, Vector256<uint> E)
{
    public const int Count = 8;
    public const int BlockLength = 64;
    public const int BlockWords = 16;

    private const int Rounds = 80;

    public static Sha1Lanes Begin => Same(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

    /// <summary>The same hash in all lanes.</summary>
    public static Sha1Lanes Read(ReadOnlySpan<byte> hash) => Same(Word(hash, 0), Word(hash, 1), Word(hash, 2), Word(hash, 3), Word(hash, 4));

    /// <summary>After one more block, the same in all lanes.</summary>
    public Sha1Lanes WithSame(ReadOnlySpan<byte> block)
    {
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[BlockWords];
        for (int i = 0; i < BlockWords; i++)
        {
            words[i] = Vector256.Create(Word(block, i));
        }

        return After(words);
    }

    /// <summary>After one more block, each lane its own.</summary>
    public Sha1Lanes With(ReadOnlySpan<Vector256<uint>> block)
    {
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[BlockWords];
        block.CopyTo(words);
        return After(words);
    }

    /// <summary>After a last block that holds the hashes of other lanes; one block came before it.</summary>
    public Sha1Lanes WithDigest(Sha1Lanes hash)
    {
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[BlockWords];
        words.Clear();
        (words[0], words[1], words[2], words[3], words[4]) = (hash.A, hash.B, hash.C, hash.D, hash.E);
        words[5] = Vector256.Create(0x80000000);
        words[15] = Vector256.Create((uint)(BlockLength + HashedName.HashLength) * 8);
        return After(words);
    }

    /// <summary>A bit for each lane that is the same.</summary>
    public uint SameAs(Sha1Lanes other) =>
        (Vector256.Equals(A, other.A) & Vector256.Equals(B, other.B) & Vector256.Equals(C, other.C) & Vector256.Equals(D, other.D) & Vector256.Equals(E, other.E)).ExtractMostSignificantBits();

    private static Sha1Lanes Same(uint a, uint b, uint c, uint d, uint e) => new(Vector256.Create(a), Vector256.Create(b), Vector256.Create(c), Vector256.Create(d), Vector256.Create(e));

    private static uint Word(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadUInt32BigEndian(bytes[(index * sizeof(uint))..]);

    /// <param name="words">The block; used up.</param>
    private Sha1Lanes After(Span<Vector256<uint>> words)
    {
        (Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, Vector256<uint> e) = (A, B, C, D, E);
        for (int round = 0; round < Rounds; round++)
        {
            ref Vector256<uint> word = ref words[round & 15];
            if (round >= BlockWords)
            {
                word = Left(words[(round - 3) & 15] ^ words[(round - 8) & 15] ^ words[(round - 14) & 15] ^ word, 1);
            }

            (Vector256<uint> mixed, uint constant) = (round / 20) switch
            {
                0 => (d ^ (b & (c ^ d)), 0x5a827999u),
                1 => (b ^ c ^ d, 0x6ed9eba1u),
                2 => ((b & c) | (d & (b | c)), 0x8f1bbcdcu),
                _ => (b ^ c ^ d, 0xca62c1d6u),
            };
            (a, b, c, d, e) = (Left(a, 5) + mixed + e + Vector256.Create(constant) + word, a, Left(b, 30), c, d);
        }

        return new Sha1Lanes(A + a, B + b, C + c, D + d, E + e);
    }

    private static Vector256<uint> Left(Vector256<uint> value, int bits) => (value << bits) | (value >>> (32 - bits));
}
