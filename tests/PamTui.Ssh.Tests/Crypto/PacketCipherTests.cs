using System.Buffers.Binary;
using System.Security.Cryptography;
using PamTui.Ssh.Crypto;

namespace PamTui.Ssh.Tests.Crypto;

public sealed class PacketCipherTests
{
    [Theory]
    [InlineData("aes256-gcm@openssh.com")]
    [InlineData("aes128-gcm@openssh.com")]
    public void Sealed_packets_open_in_their_order(string cipher)
    {
        CipherSizes sizes = PacketCipher.SizesOf(cipher, "");
        byte[] key = RandomNumberGenerator.GetBytes(sizes.Key);
        byte[] iv = RandomNumberGenerator.GetBytes(sizes.Iv);
        using PacketCipher sender = PacketCipher.Create(cipher, "", key, iv, [], forSending: true);
        using PacketCipher receiver = PacketCipher.Create(cipher, "", key, iv, [], forSending: false);

        for (uint sequence = 0; sequence < 3; sequence++)
        {
            byte[] packet = new byte[4 + 32 + sender.TagLength];
            BinaryPrimitives.WriteUInt32BigEndian(packet, 32);
            byte[] body = RandomNumberGenerator.GetBytes(32);
            body.CopyTo(packet.AsSpan(4));
            sender.Seal(sequence, packet);

            Assert.Equal(32u, receiver.ReadLength(sequence, packet.AsSpan(0, receiver.LengthPrefix)));
            Assert.True(receiver.Open(sequence, packet, out Span<byte> opened));
            Assert.Equal(body, opened.ToArray());
        }
    }
}
