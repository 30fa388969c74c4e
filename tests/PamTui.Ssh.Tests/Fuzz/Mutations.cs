using System.Buffers.Binary;
using CsCheck;

namespace PamTui.Ssh.Tests.Fuzz;

/// <summary>Bytes a little off valid ones: what random bytes would hit once in a lifetime. Now and then nothing but random bytes.</summary>
internal static class Mutations
{
    private const int MostSteps = 6;
    private const int MostBytes = 64;

    private static readonly uint[] s_interesting = [0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x40000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];

    private static readonly Gen<Step> s_step = Gen.Select(
        Gen.Enum<Kind>(), Gen.UInt, Gen.UInt, Gen.Byte.Array[0, MostBytes], (kind, at, value, bytes) => new Step(kind, at, value, bytes));

    private enum Kind
    {
        FlipBit,
        SetByte,
        SetNumber,
        FitLength,
        Insert,
        Remove,
        Cut,
        Repeat,
        Splice,
    }

    public static Gen<byte[]> Of(IReadOnlyList<byte[]> seeds) => Gen.Frequency(
        (19, Gen.Select(Gen.Int[0, seeds.Count - 1], s_step.Array[0, MostSteps], (seed, steps) => Apply(seeds, seed, steps))),
        (1, Gen.Byte.Array[0, 300]));

    private static byte[] Apply(IReadOnlyList<byte[]> seeds, int seed, Step[] steps)
    {
        List<byte> bytes = [.. seeds[seed]];
        foreach (Step step in steps)
        {
            Apply(bytes, step, seeds);
        }

        return [.. bytes];
    }

    private static void Apply(List<byte> bytes, Step step, IReadOnlyList<byte[]> seeds)
    {
        int at = bytes.Count == 0 ? 0 : (int)(step.At % (uint)bytes.Count);
        int rest = bytes.Count - at;
        int count = rest == 0 ? 0 : (int)(step.Value % (uint)rest);
        switch (step.Kind)
        {
            case Kind.FlipBit when rest > 0:
                bytes[at] ^= (byte)(1 << (int)(step.Value % 8));
                break;
            case Kind.SetByte when rest > 0:
                bytes[at] = (byte)s_interesting[step.Value % 9];
                break;
            case Kind.SetNumber when rest >= sizeof(uint):
                SetNumber(bytes, at, s_interesting[step.Value % s_interesting.Length]);
                break;
            case Kind.FitLength when rest >= sizeof(uint):
                SetNumber(bytes, at, (uint)(rest - sizeof(uint)));
                break;
            case Kind.Insert:
                bytes.InsertRange(at, step.Bytes);
                break;
            case Kind.Remove:
                bytes.RemoveRange(at, Math.Min(count, MostBytes));
                break;
            case Kind.Cut:
                bytes.RemoveRange(at, rest);
                break;
            case Kind.Repeat:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(count, MostBytes)));
                break;
            case Kind.Splice:
                byte[] other = seeds[(int)(step.Value % (uint)seeds.Count)];
                bytes.RemoveRange(at, rest);
                bytes.AddRange(other.AsSpan(Math.Min(at, other.Length)));
                break;
        }
    }

    private static void SetNumber(List<byte> bytes, int at, uint value)
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(number, value);
        for (int i = 0; i < number.Length; i++)
        {
            bytes[at + i] = number[i];
        }
    }

    private readonly record struct Step(Kind Kind, uint At, uint Value, byte[] Bytes);
}
