using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace PamTui.Core.Resources;

/// <summary>
/// Many names of hosts, among which hashed ones are looked for: each has a salt of its own, so each must be held against every name.
/// Eight names are hashed at once, beginning where the salt is hashed already; what seems to be found is computed again by the platform.
/// </summary>
internal sealed class HostNames
{
    // What fits into one block of SHA-1 with the mark of the end and the length.
    private const int MaxShort = Sha1Lanes.BlockLength - 9;

    private readonly List<(string Name, byte[] Bytes)> _short = [];
    private readonly List<(string Name, byte[] Bytes)> _long = [];
    private readonly Vector256<uint>[] _blocks;

    public HostNames(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            byte[] bytes = HashedName.BytesOf(name);
            (bytes.Length <= MaxShort ? _short : _long).Add((name, bytes));
        }

        int groups = (_short.Count + Sha1Lanes.Count - 1) / Sha1Lanes.Count;
        _blocks = new Vector256<uint>[groups * Sha1Lanes.BlockWords];
        byte[] block = new byte[Sha1Lanes.BlockLength];
        for (int i = 0; i < _short.Count; i++)
        {
            Fill(block, _short[i].Bytes);
            for (int word = 0; word < Sha1Lanes.BlockWords; word++)
            {
                ref Vector256<uint> lanes = ref _blocks[(i / Sha1Lanes.Count * Sha1Lanes.BlockWords) + word];
                lanes = lanes.WithElement(i % Sha1Lanes.Count, BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(word * sizeof(uint))));
            }
        }
    }

    /// <returns>Null: it is none of these names.</returns>
    public string? Find(HashedName hashed)
    {
        Sha1Lanes inner = Keyed(hashed.Salt, 0x36);
        Sha1Lanes outer = Keyed(hashed.Salt, 0x5c);
        Sha1Lanes wanted = Sha1Lanes.Read(hashed.Hash);
        for (int at = 0; at < _blocks.Length; at += Sha1Lanes.BlockWords)
        {
            Sha1Lanes hash = outer.WithDigest(inner.With(_blocks.AsSpan(at, Sha1Lanes.BlockWords)));
            for (uint found = hash.SameAs(wanted), lane = 0; found != 0; found >>= 1, lane++)
            {
                int index = (at / Sha1Lanes.BlockWords * Sha1Lanes.Count) + (int)lane;
                if ((found & 1) == 1 && index < _short.Count && hashed.Is(_short[index].Bytes))
                {
                    return _short[index].Name;
                }
            }
        }

        return _long.Find(one => hashed.Is(one.Bytes)).Name;
    }

    // RFC 2104: the key, filled up with zeros, each byte of it changed; then comes the text.
    private static Sha1Lanes Keyed(byte[] salt, byte pad)
    {
        Span<byte> block = stackalloc byte[Sha1Lanes.BlockLength];
        block.Fill(pad);
        for (int i = 0; i < salt.Length; i++)
        {
            block[i] ^= salt[i];
        }

        return Sha1Lanes.Begin.WithSame(block);
    }

    // The last block of a hash whose first one was the key.
    private static void Fill(byte[] block, byte[] name)
    {
        Array.Clear(block);
        name.CopyTo(block, 0);
        block[name.Length] = 0x80;
        BinaryPrimitives.WriteInt32BigEndian(block.AsSpan(Sha1Lanes.BlockLength - sizeof(int)), (Sha1Lanes.BlockLength + name.Length) * 8);
    }
}
