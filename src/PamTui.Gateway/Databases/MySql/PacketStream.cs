using System.Buffers.Binary;
using System.Security.Cryptography;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>
/// Whole packets over a stream, one at a time, for the sign-in of either end: a length of 3 bytes, a number that counts on, the payload
/// ("MySQL Packets"). Reads no byte more than the packet it gives, as TLS may begin right after it.
/// </summary>
internal sealed class PacketStream(Stream stream)
{
    public const int HeadLength = 4;

    /// <summary>No packet of a sign-in is longer: the attributes of a client may have 64 KiB.</summary>
    public const int MaxSignIn = 80 * 1024;

    private readonly byte[] _head = new byte[HeadLength];
    private byte _next;

    public Stream Stream { get; private set; } = stream;

    /// <summary>From now on over TLS; the numbers count on.</summary>
    public void Upgrade(Stream tls) => Stream = tls;

    /// <summary>A command of its own: the numbers begin anew.</summary>
    public void Restart() => _next = 0;

    /// <exception cref="EndOfStreamException">The other end is gone.</exception>
    public async ValueTask<byte[]> ReadAsync(CancellationToken ct)
    {
        await Stream.ReadExactlyAsync(_head, ct).ConfigureAwait(false);
        int length = LengthOf(_head);
        if (length > MaxSignIn)
        {
            throw new BrokenProtocolException("A packet of the sign-in is too long.");
        }

        if (_head[3] != _next)
        {
            throw new BrokenProtocolException("A packet has another number than its turn.");
        }

        _next++;
        byte[] payload = new byte[length];
        await Stream.ReadExactlyAsync(payload, ct).ConfigureAwait(false);
        return payload;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        byte[] packet = Frame(payload.Span, _next++);
        try
        {
            await Stream.WriteAsync(packet, ct).ConfigureAwait(false);
            await Stream.FlushAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(packet);
        }
    }

    public static int LengthOf(ReadOnlySpan<byte> head) => head[0] | (head[1] << 8) | (head[2] << 16);

    public static byte[] Frame(ReadOnlySpan<byte> payload, byte number)
    {
        byte[] packet = new byte[HeadLength + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(packet, (uint)payload.Length | ((uint)number << 24));
        payload.CopyTo(packet.AsSpan(HeadLength));
        return packet;
    }
}
