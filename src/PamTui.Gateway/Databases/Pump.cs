using System.Buffers;
using PamTui.Core.Model;
using PamTui.Ssh;

namespace PamTui.Gateway.Databases;

/// <summary>Reads along with one direction, in the order of its bytes.</summary>
/// <param name="came">Good until the call has ended.</param>
/// <returns>What goes on now: what came, unless something is held back or takes its place. Good until the next call.</returns>
/// <exception cref="BrokenProtocolException">The sender broke the protocol: the session ends.</exception>
internal delegate ValueTask<ReadOnlyMemory<byte>> Follow(ReadOnlyMemory<byte> came, CancellationToken ct);

/// <summary>
/// One direction of a session: as many bytes as came are followed and passed on, and nothing is read before they were taken, so that
/// a slow reader stops the writer.
/// </summary>
internal static class Pump
{
    /// <summary>As much as a channel's packet takes.</summary>
    private const int BufferBytes = 32 * 1024;

    /// <summary>Rounds in a row for which neither side made us wait: then the other connections of this thread have their turn.</summary>
    private const int RoundsInARow = 8;

    public const string ClosedByTarget = "closed by the target";

    public static Task<PumpEnd> FromClientAsync(DatabaseConnection connection, DatabaseTarget target, Follow follow, CancellationToken ct) =>
        RunAsync(connection.Client, target.Stream, ("user", "target"), "closed", count => connection.Moved(fromClient: count), default, follow, ct);

    /// <param name="first">What the client is sent before anything of the target's.</param>
    public static Task<PumpEnd> FromTargetAsync(DatabaseConnection connection, DatabaseTarget target, ReadOnlyMemory<byte> first, Follow follow, CancellationToken ct) =>
        RunAsync(target.Stream, connection.Client, ("target", "user"), ClosedByTarget, count => connection.Moved(fromTarget: count), first, follow, ct);

    /// <summary>Bytes that nobody follows.</summary>
    /// <param name="atEnd">Why it ends when <paramref name="from"/> does.</param>
    public static Task<PumpEnd> PassAsync(Stream from, Stream to, (string From, string To) names, string atEnd, Action<int> moved, CancellationToken ct) =>
        RunAsync(from, to, names, atEnd, moved, default, static (came, _) => ValueTask.FromResult(came), ct);

    private static async Task<PumpEnd> RunAsync(
        Stream from, Stream to, (string From, string To) names, string atEnd, Action<int> moved, ReadOnlyMemory<byte> first, Follow follow, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        string place = names.To;
        try
        {
            if (!first.IsEmpty)
            {
                await to.WriteAsync(first, ct).ConfigureAwait(false);
            }

            for (int inARow = 0; ;)
            {
                place = names.From;
                ValueTask<int> reading = from.ReadAsync(buffer, ct);
                inARow = reading.IsCompleted ? inARow + 1 : 0;
                int count = await reading.ConfigureAwait(false);
                if (count == 0)
                {
                    return new PumpEnd(atEnd, IsNews: false) { IsEndOfFile = true };
                }

                moved(count);
                ReadOnlyMemory<byte> next = await follow(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
                place = names.To;
                if (!next.IsEmpty)
                {
                    ValueTask writing = to.WriteAsync(next, ct);
                    inARow = writing.IsCompleted ? inARow : 0;
                    await writing.ConfigureAwait(false);
                }

                if (inARow >= RoundsInARow)
                {
                    inARow = 0;
                    await Task.Yield();
                }
            }
        }
        catch (BrokenProtocolException broken)
        {
            return new PumpEnd($"the {names.From} broke the protocol: {Text.Escape(broken.Message)}", IsNews: true);
        }
        catch (Exception e) when (e is IOException or SshException)
        {
            return new PumpEnd($"connection to the {place} lost", IsNews: place == "target");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return PumpEnd.Stopped;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
