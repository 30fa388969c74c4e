using System.Buffers.Binary;
using System.Security.Cryptography;
using CsCheck;
using PamTui.Ssh.Crypto;

namespace PamTui.Ssh.Tests.Crypto;

/// <summary>What holds for every cipher and MAC that can be negotiated.</summary>
public sealed class PacketCipherTests
{
    private static readonly int[] s_payloads = [0, 1, 5, 15, 16, 40, 255, 1000, 4096, 9000, 35000];

    public static TheoryData<string, string> All
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string cipher in PacketCipher.Names)
            {
                foreach (string mac in PacketCipher.IsAead(cipher) ? [""] : PacketCipher.MacNames)
                {
                    all.Add(cipher, mac);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Sealed_packets_of_every_size_open_in_their_order(string cipher, string mac)
    {
        using CipherPair pair = CipherPair.Make(cipher, mac);
        uint sequence = uint.MaxValue - 2;
        foreach (int payload in s_payloads)
        {
            byte[] plain = pair.Packet(payload);
            byte[] packet = pair.Sealed(sequence, plain);

            Assert.True(pair.Opens(sequence, packet, out byte[] body));
            Assert.Equal(plain[4..^pair.Sender.TagLength], body);
            sequence++;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Random_traffic_arrives_as_it_was_sent(string cipher, string mac) =>
        Gen.Int[0, 3000].Array[1, 20].Sample(
            payloads =>
            {
                using CipherPair pair = CipherPair.Make(cipher, mac);
                return payloads.Select((payload, i) => (Plain: pair.Packet(payload), Sequence: (uint)i)).All(sent =>
                    pair.Opens(sent.Sequence, pair.Sealed(sent.Sequence, sent.Plain), out byte[] body)
                    && body.AsSpan().SequenceEqual(sent.Plain.AsSpan(4..^pair.Sender.TagLength)));
            },
            iter: 30);

    [Theory]
    [MemberData(nameof(All))]
    public void Packet_with_any_byte_flipped_is_refused(string cipher, string mac)
    {
        byte[] seed = RandomNumberGenerator.GetBytes(256);
        byte[] packet;
        using (CipherPair pair = CipherPair.Make(cipher, mac, seed))
        {
            packet = pair.Sealed(7, pair.Packet(50));
        }

        for (int i = 0; i < packet.Length; i++)
        {
            using CipherPair fresh = CipherPair.Make(cipher, mac, seed);
            byte[] flipped = [.. packet];
            flipped[i] ^= (byte)(1 << (i % 8));

            // The length is not read again here: what its bytes say is covered too.
            Assert.False(fresh.Receiver.Open(7, flipped, out Span<byte> body), $"byte {i}");
            Assert.True(body.IsEmpty);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Packet_is_not_plain_on_the_wire(string cipher, string mac)
    {
        using CipherPair pair = CipherPair.Make(cipher, mac);
        byte[] plain = pair.Packet(64);

        byte[] packet = pair.Sealed(0, plain);

        Assert.Equal(-1, packet.AsSpan().IndexOf(plain.AsSpan(8, 16)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Packet_that_comes_twice_is_refused_the_second_time(string cipher, string mac)
    {
        using CipherPair pair = CipherPair.Make(cipher, mac);
        byte[] packet = pair.Sealed(0, pair.Packet(40));

        Assert.True(pair.Opens(0, packet, out _));
        Assert.False(pair.Receiver.Open(1, [.. packet], out _));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Packet_after_one_that_was_dropped_is_refused(string cipher, string mac)
    {
        using CipherPair pair = CipherPair.Make(cipher, mac);
        pair.Sealed(0, pair.Packet(40));
        byte[] second = pair.Sealed(1, pair.Packet(40));

        Assert.False(pair.Receiver.Open(0, second, out _));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Length_is_the_same_however_often_it_is_read(string cipher, string mac)
    {
        using CipherPair pair = CipherPair.Make(cipher, mac);
        byte[] plain = pair.Packet(100);
        byte[] packet = pair.Sealed(3, plain);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(plain);

        Assert.Equal(length, pair.Receiver.ReadLength(3, packet.AsSpan(0, pair.Receiver.LengthPrefix)));
        Assert.Equal(length, pair.Receiver.ReadLength(3, packet.AsSpan(0, pair.Receiver.LengthPrefix)));
        Assert.True(pair.Receiver.Open(3, packet, out Span<byte> body));
        Assert.Equal((int)length, body.Length);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Packets_cost_no_allocation(string cipher, string mac)
    {
        using CipherPair pair = CipherPair.Make(cipher, mac);
        byte[] plain = pair.Packet(9000);
        byte[] packet = [.. plain];
        RoundTrip(0);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint sequence = 1; sequence < 50; sequence++)
        {
            RoundTrip(sequence);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void RoundTrip(uint sequence)
        {
            plain.CopyTo(packet, 0);
            pair.Sender.Seal(sequence, packet);
            pair.Receiver.ReadLength(sequence, packet.AsSpan(0, pair.Receiver.LengthPrefix));
            if (!pair.Receiver.Open(sequence, packet, out _))
            {
                throw new InvalidOperationException("did not open");
            }
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Packet_shorter_than_its_frame_is_a_bug_not_a_read_beyond(string cipher, string mac)
    {
        using CipherPair pair = CipherPair.Make(cipher, mac);

        for (int length = 0; length < pair.Sender.TagLength + 5; length++)
        {
            byte[] packet = new byte[length];
            Assert.ThrowsAny<ArgumentException>(() => pair.Receiver.Open(0, packet, out _));
            Assert.ThrowsAny<ArgumentException>(() => pair.Sender.Seal(0, packet));
        }
    }

    [Theory]
    [InlineData("aes256-cbc", "hmac-sha2-256")]
    [InlineData("3des-cbc", "hmac-sha2-256")]
    [InlineData("none", "hmac-sha2-256")]
    [InlineData("arcfour", "hmac-sha2-256")]
    [InlineData("aes256-ctr", "hmac-sha1")]
    [InlineData("aes256-ctr", "hmac-md5")]
    [InlineData("aes256-ctr", "hmac-sha2-256-96")]
    [InlineData("aes256-ctr", "none")]
    public void What_is_weak_cannot_be_made(string cipher, string mac) =>
        Assert.Throws<ArgumentException>(() => PacketCipher.SizesOf(cipher, mac));
}
