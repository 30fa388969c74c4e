using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// AES-GCM (RFC 5647 with OpenSSH's names): the length is sent clear as associated data; the nonce is 4 fixed bytes and a 64-bit invocation
/// counter that starts where the IV says, whatever the sequence number does.
/// </summary>
internal sealed class GcmCipher : PacketCipher
{
    public const int NonceLength = 12;

    private const int CounterOffset = 4;
    private const int Tag = 16;

    // One instance for all packets: making one costs more than a small packet.
    private readonly AesGcm _aes;
    private readonly byte[] _nonce;

    public GcmCipher(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        _aes = new AesGcm(key, Tag);
        _nonce = iv.ToArray();
    }

    public override int BlockSize => 16;

    public override int TagLength => Tag;

    public override bool LengthIsOutsidePadding => true;

    public override uint ReadLength(uint sequence, Span<byte> head) => BinaryPrimitives.ReadUInt32BigEndian(head);

    public override bool Open(uint sequence, Span<byte> packet, out Span<byte> body)
    {
        body = BodyOf(packet);
        try
        {
            _aes.Decrypt(_nonce, body, packet[^Tag..], body, packet[..LengthField]);
        }
        catch (AuthenticationTagMismatchException)
        {
            body = default;
            return false;
        }

        CountUp();
        return true;
    }

    public override void Seal(uint sequence, Span<byte> packet)
    {
        Span<byte> body = BodyOf(packet);
        _aes.Encrypt(_nonce, body, body, packet[^Tag..], packet[..LengthField]);
        CountUp();
    }

    public override void Dispose()
    {
        _aes.Dispose();
        CryptographicOperations.ZeroMemory(_nonce);
    }

    private void CountUp()
    {
        Span<byte> counter = _nonce.AsSpan(CounterOffset);
        BinaryPrimitives.WriteUInt64BigEndian(counter, BinaryPrimitives.ReadUInt64BigEndian(counter) + 1);
    }
}
