using System.Buffers.Binary;
using System.Security.Cryptography;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Tests.Transport;

/// <summary>A7: packet_length is a stranger's word, under keys and before them.</summary>
public sealed class PacketLengthTests
{
    private const int Most = 36 * 1024;

    /// <summary>An exception and its trace; not what any of the lengths asks for.</summary>
    private const long Little = 32 * 1024;

    private static readonly uint[] s_impossible = [0, 1, 2, 3, 4, 13, 17, Most + 1, Most + 8, 1 << 20, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF];

    public static TheoryData<string, string> Ciphers =>
        [("none", ""), .. from cipher in PacketCipher.Names from mac in PacketCipher.IsAead(cipher) ? [""] : PacketCipher.MacNames select (cipher, mac)];

    [Theory]
    [MemberData(nameof(Ciphers))]
    public async Task A7_An_impossible_length_is_refused_before_anything_is_allocated_for_it(string cipher, string mac)
    {
        foreach (uint length in s_impossible)
        {
            (PacketCipher seals, PacketCipher opens) = Pair(cipher, mac);
            using PacketCipher sealing = seals;
            byte[] packet = new byte[256];
            BinaryPrimitives.WriteUInt32BigEndian(packet, length);
            sealing.Seal(0, packet);
            using PacketReader reader = new(new MemoryStream(packet)) { MaxPacketLength = Most };
            reader.Use(opens, resetSequence: true);
            Assert.True(await reader.FillAsync(SessionPair.Soon()));

            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<SshProtocolException>(() => reader.TryRead(out _));

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < Little, $"{allocated} bytes were allocated for a packet of length {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public async Task A7_The_largest_length_that_is_allowed_costs_no_more_than_it(string cipher, string mac)
    {
        (PacketCipher seals, PacketCipher opens) = Pair(cipher, mac);
        using PacketCipher sealing = seals;
        byte[] packet = new byte[128];
        BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)(Most - (sealing.LengthIsOutsidePadding ? 0 : PacketCipher.LengthField)));
        sealing.Seal(0, packet);
        using PacketReader reader = new(new Dribble(packet)) { MaxPacketLength = Most };
        reader.Use(opens, resetSequence: true);

        long before = GC.GetAllocatedBytesForCurrentThread();
        while (await reader.FillAsync(SessionPair.Soon()))
        {
            Assert.False(reader.TryRead(out _));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * Most);
    }

    private static (PacketCipher Seals, PacketCipher Opens) Pair(string cipher, string mac)
    {
        if (cipher == "none")
        {
            return (PacketCipher.None(), PacketCipher.None());
        }

        CipherSizes sizes = PacketCipher.SizesOf(cipher, mac);
        byte[] key = RandomNumberGenerator.GetBytes(sizes.Key);
        byte[] iv = RandomNumberGenerator.GetBytes(sizes.Iv);
        byte[] macKey = RandomNumberGenerator.GetBytes(sizes.MacKey);
        return (PacketCipher.Create(cipher, mac, key, iv, macKey), PacketCipher.Create(cipher, mac, key, iv, macKey));
    }

    /// <summary>Gives one byte a time, at once: everything happens on the thread that is measured.</summary>
    private sealed class Dribble(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..1], cancellationToken);
    }
}
