using System.Buffers.Binary;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>What a client wants, from its first packets: a session, or another one's statement cancelled.</summary>
internal abstract record ClientStart
{
    /// <summary>PostgreSQL's own limit of a start-up packet.</summary>
    private const int MaxPacket = 10_000;

    /// <summary>Offers of encryption that are answered. A client has one of each.</summary>
    private const int MaxOffers = 4;

    private const int SslRequest = (1234 << 16) | 5679;
    private const int GssEncRequest = (1234 << 16) | 5680;
    private const int CancelRequest = (1234 << 16) | 5678;
    private const byte TlsHandshake = 0x16;

    // A fatal alert, handshake_failure (RFC 8446 §6): a client that begins with TLS understands nothing else.
    private static readonly byte[] s_alert = [0x15, 0x03, 0x03, 0, 2, 2, 40];

    public sealed record Session(StartupPacket Packet) : ClientStart;

    public sealed record Cancel(CancelKey Key) : ClientStart;

    /// <summary>It wants what is not to be had here, and was told so.</summary>
    public sealed record Refused(string Why) : ClientStart;

    /// <summary>
    /// Reads up to the packet that says it. Offers of encryption are declined: the tunnel is encrypted already, and as nothing is encrypted
    /// after the answer, what a client has sent behind its offer without waiting is what would follow anyway (G1).
    /// </summary>
    public static async Task<ClientStart> ReadAsync(Stream client, CancellationToken ct)
    {
        for (int offers = 0; ; offers++)
        {
            byte[] head = new byte[8];
            await client.ReadExactlyAsync(head.AsMemory(0, 1), ct).ConfigureAwait(false);
            if (head[0] == TlsHandshake)
            {
                await client.WriteAsync(s_alert, ct).ConfigureAwait(false);
                return new Refused("the client began with TLS, which the tunnel needs not: sslnegotiation=postgres, or sslmode=disable");
            }

            await client.ReadExactlyAsync(head.AsMemory(1), ct).ConfigureAwait(false);
            int length = BinaryPrimitives.ReadInt32BigEndian(head);
            int code = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4));
            if (length is < 8 or > MaxPacket)
            {
                throw new BrokenProtocolException("The first packet is not PostgreSQL's.");
            }

            byte[] body = new byte[length - 8];
            await client.ReadExactlyAsync(body, ct).ConfigureAwait(false);
            switch (code)
            {
                case SslRequest or GssEncRequest when body.Length == 0 && offers < MaxOffers:
                    await client.WriteAsync("N"u8.ToArray(), ct).ConfigureAwait(false);
                    continue;
                case CancelRequest:
                    return new Cancel(CancelKey.Read(body));
                default:
                    return new Session(StartupPacket.Read(code, body));
            }
        }
    }
}
