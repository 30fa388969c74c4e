using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>AES-CTR with HMAC-SHA2. Encrypt-then-MAC sends the length clear and checks before it decrypts; the older form hides the length in the first block.</summary>
internal sealed class CtrCipher(CounterKeystream stream, PacketMac mac) : PacketCipher
{
    private const int Block = 16;

    // Only of the older form: the first block of the packet that is read now is already plain.
    private bool _headIsPlain;

    public override int BlockSize => Block;

    public override int TagLength => mac.Length;

    public override bool LengthIsOutsidePadding => mac.EncryptThenMac;

    public override int LengthPrefix => mac.EncryptThenMac ? LengthField : Block;

    public override uint ReadLength(uint sequence, Span<byte> head)
    {
        if (!mac.EncryptThenMac)
        {
            OpenHead(head);
        }

        return BinaryPrimitives.ReadUInt32BigEndian(head);
    }

    public override bool Open(uint sequence, Span<byte> packet, out Span<byte> body)
    {
        body = BodyOf(packet);
        Span<byte> covered = packet[..^TagLength];
        if (mac.EncryptThenMac)
        {
            if (!mac.Matches(sequence, covered, packet[^TagLength..]))
            {
                body = default;
                return false;
            }

            stream.Xor(body);
            return true;
        }

        OpenHead(packet);
        stream.Xor(covered[Block..]);
        _headIsPlain = false;
        if (!mac.Matches(sequence, covered, packet[^TagLength..]))
        {
            CryptographicOperations.ZeroMemory(body);
            body = default;
            return false;
        }

        return true;
    }

    public override void Seal(uint sequence, Span<byte> packet)
    {
        Span<byte> body = BodyOf(packet);
        Span<byte> covered = packet[..^TagLength];
        if (mac.EncryptThenMac)
        {
            stream.Xor(body);
            mac.Compute(sequence, covered, packet[^TagLength..]);
        }
        else
        {
            mac.Compute(sequence, covered, packet[^TagLength..]);
            stream.Xor(covered);
        }
    }

    public override void Dispose()
    {
        stream.Dispose();
        mac.Dispose();
    }

    private void OpenHead(Span<byte> head)
    {
        if (!_headIsPlain)
        {
            stream.Xor(head[..Block]);
            _headIsPlain = true;
        }
    }
}
