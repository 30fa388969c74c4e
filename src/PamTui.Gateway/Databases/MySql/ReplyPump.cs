using System.Buffers;
using PamTui.Core.Statements;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>From the server to the client: the bytes as they came, each after it is known what it belongs to.</summary>
internal sealed class ReplyPump(Stream server, SharedWriter client, ReplyFollower follower, MySqlRelay relay)
{
    private const int BufferBytes = 32 * 1024;

    private readonly List<Statement> _done = [];

    /// <summary>Until the server has no more to say.</summary>
    /// <exception cref="BrokenProtocolException">The server breaks the protocol.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        int end = 0;
        try
        {
            while (await server.ReadAsync(buffer.AsMemory(end), ct).ConfigureAwait(false) is > 0 and int read)
            {
                relay.Moved(fromTarget: read);
                end += read;
                int at = 0;
                while (follower.Walk(buffer.AsSpan(at, end - at), _done, out bool isHidden) is > 0 and int walked)
                {
                    await DeliverAsync(isHidden ? default : buffer.AsMemory(at, walked), ct).ConfigureAwait(false);
                    at += walked;
                }

                Buffer.BlockCopy(buffer, at, buffer, 0, end - at);
                end -= at;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The log first: what cannot be logged ends the session before its result is seen.
    private async ValueTask DeliverAsync(ReadOnlyMemory<byte> packets, CancellationToken ct)
    {
        foreach (Statement statement in _done)
        {
            await relay.LogAsync(statement, ct).ConfigureAwait(false);
        }

        _done.Clear();
        if (!packets.IsEmpty)
        {
            await client.WriteAsync(packets, ct).ConfigureAwait(false);
        }

        relay.Talk.Delivered(follower.TakeReplies());
    }
}
