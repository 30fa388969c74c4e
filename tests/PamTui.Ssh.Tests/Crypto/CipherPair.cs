using System.Buffers.Binary;
using System.Security.Cryptography;
using PamTui.Ssh.Crypto;

namespace PamTui.Ssh.Tests.Crypto;

/// <summary>Both ends of one direction, under the same keys.</summary>
internal sealed class CipherPair(PacketCipher sender, PacketCipher receiver) : IDisposable
{
    public PacketCipher Sender => sender;

    public PacketCipher Receiver => receiver;

    public static CipherPair Make(string cipher, string mac, byte[]? seed = null)
    {
        seed ??= RandomNumberGenerator.GetBytes(256);
        CipherSizes sizes = PacketCipher.SizesOf(cipher, mac);
        ReadOnlySpan<byte> key = seed.AsSpan(0, sizes.Key);
        ReadOnlySpan<byte> iv = seed.AsSpan(64, sizes.Iv);
        ReadOnlySpan<byte> macKey = seed.AsSpan(128, sizes.MacKey);
        return new CipherPair(
            PacketCipher.Create(cipher, mac, key, iv, macKey),
            PacketCipher.Create(cipher, mac, key, iv, macKey));
    }

    /// <summary>A plain packet in the shape of RFC 4253 §6, padded as this cipher wants it, with room for its tag.</summary>
    public byte[] Packet(int payload)
    {
        int counted = payload + 1 + (sender.LengthIsOutsidePadding ? 0 : 4);
        int padding = sender.BlockSize - (counted % sender.BlockSize);
        padding += padding < 4 ? sender.BlockSize : 0;
        byte[] packet = new byte[4 + 1 + payload + padding + sender.TagLength];
        RandomNumberGenerator.Fill(packet.AsSpan(4, 1 + payload + padding));
        BinaryPrimitives.WriteUInt32BigEndian(packet, (uint)(1 + payload + padding));
        packet[4] = (byte)padding;
        return packet;
    }

    public byte[] Sealed(uint sequence, byte[] plain)
    {
        byte[] packet = [.. plain];
        sender.Seal(sequence, packet);
        return packet;
    }

    public bool Opens(uint sequence, byte[] packet, out byte[] body)
    {
        byte[] taken = [.. packet];
        uint length = receiver.ReadLength(sequence, taken.AsSpan(0, receiver.LengthPrefix));
        Assert.Equal((uint)(packet.Length - 4 - receiver.TagLength), length);
        bool opens = receiver.Open(sequence, taken, out Span<byte> opened);
        body = opened.ToArray();
        return opens;
    }

    public void Dispose()
    {
        sender.Dispose();
        receiver.Dispose();
    }
}
