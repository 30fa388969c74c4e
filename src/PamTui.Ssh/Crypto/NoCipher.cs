using System.Buffers.Binary;

namespace PamTui.Ssh.Crypto;

/// <summary>Plain packets, before the first keys.</summary>
internal sealed class NoCipher : PacketCipher
{
    public override int BlockSize => 8;

    public override int TagLength => 0;

    public override bool LengthIsOutsidePadding => false;

    public override uint ReadLength(uint sequence, Span<byte> head) => BinaryPrimitives.ReadUInt32BigEndian(head);

    public override bool Open(uint sequence, Span<byte> packet, out Span<byte> body)
    {
        body = BodyOf(packet);
        return true;
    }

    public override void Seal(uint sequence, Span<byte> packet)
    {
    }

    public override void Dispose()
    {
    }
}
