using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// chacha20-poly1305@openssh.com (OpenSSH's PROTOCOL.chacha20poly1305): the nonce is the sequence number, the length has a key of its own, block 0
/// of the main key gives the Poly1305 key, and the tag covers the encrypted length and body.
/// </summary>
internal abstract class ChaChaPolyCipher : PacketCipher
{
    public const string Name = "chacha20-poly1305@openssh.com";
    public const int KeyLength = 64;

    protected const int HalfKey = 32;
    protected const int Tag = 16;

    public sealed override int BlockSize => 8;

    public sealed override int TagLength => Tag;

    public sealed override bool LengthIsOutsidePadding => true;

    /// <summary>On OpenSSL's library where there is one, else managed.</summary>
    public static ChaChaPolyCipher Create(ReadOnlySpan<byte> key) =>
        LibCrypto.Instance is { } library ? new NativeChaChaPolyCipher(library, key) : new ManagedChaChaPolyCipher(key);

    /// <summary>Leaves the head as it is: the tag covers it encrypted.</summary>
    public override uint ReadLength(uint sequence, Span<byte> head)
    {
        Span<byte> length = stackalloc byte[LengthField];
        head[..LengthField].CopyTo(length);
        CryptLength(sequence, length);
        return BinaryPrimitives.ReadUInt32BigEndian(length);
    }

    public override bool Open(uint sequence, Span<byte> packet, out Span<byte> body)
    {
        body = BodyOf(packet);
        Span<byte> tag = stackalloc byte[Tag];
        Start(sequence);
        Authenticate(packet[..^Tag], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, packet[^Tag..]))
        {
            body = default;
            return false;
        }

        CryptBody(body);
        return true;
    }

    public override void Seal(uint sequence, Span<byte> packet)
    {
        Span<byte> body = BodyOf(packet);
        CryptLength(sequence, packet[..LengthField]);
        Start(sequence);
        CryptBody(body);
        Authenticate(packet[..^Tag], packet[^Tag..]);
    }

    /// <summary>Block 0 of the length key over the four bytes.</summary>
    protected abstract void CryptLength(uint sequence, Span<byte> length);

    /// <summary>The packet's nonce is set, its Poly1305 key made, and the main stream stands at block 1.</summary>
    protected abstract void Start(uint sequence);

    protected abstract void CryptBody(Span<byte> body);

    protected abstract void Authenticate(ReadOnlySpan<byte> covered, Span<byte> tag);
}
