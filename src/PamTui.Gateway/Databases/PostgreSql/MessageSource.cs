using System.Buffers.Binary;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>Whole messages, one at a time and no byte further: what follows is another's to read. For the time before the relay.</summary>
internal static class MessageSource
{
    /// <summary>More than any message of a sign-in has; a server's error with all its fields is far below.</summary>
    private const int MaxBody = 64 * 1024;

    public static async Task<Message> ReadAsync(Stream from, CancellationToken ct)
    {
        byte[] head = new byte[5];
        await from.ReadExactlyAsync(head, ct).ConfigureAwait(false);
        int body = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4;
        if (body is < 0 or > MaxBody)
        {
            throw new BrokenProtocolException($"A message of {body} bytes came during the sign-in.");
        }

        byte[] bytes = new byte[body];
        await from.ReadExactlyAsync(bytes, ct).ConfigureAwait(false);
        return new Message(head[0], bytes);
    }
}

/// <summary>A message without its length.</summary>
internal readonly record struct Message(byte Type, ReadOnlyMemory<byte> Body);
