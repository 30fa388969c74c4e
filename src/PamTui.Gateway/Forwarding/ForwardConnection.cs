using System.Net.Sockets;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Relay;
using PamTui.Ssh;
using PamTui.Ssh.Channels;

namespace PamTui.Gateway.Forwarding;

/// <summary>One forwarded connection, dialled, with its row. <see cref="RunAsync"/> must be called, once: it ends both.</summary>
internal sealed class ForwardConnection(NetworkStream target, LiveSession session, ForwardServices services)
{
    private static readonly PumpEnd s_closed = new("closed", IsNews: false);

    /// <summary>For the target to take what a client sent that is gone.</summary>
    private static readonly TimeSpan s_lastBytes = TimeSpan.FromSeconds(10);

    private readonly ByteCount _bytes = new();

    /// <summary>Passes bytes on until both have said all, either is gone, or somebody outside wants the session over. Never fails.</summary>
    /// <param name="client">Belongs to the caller.</param>
    public async Task RunAsync(SshChannel client, CancellationToken ct)
    {
        session.Bytes = () => (_bytes.In, _bytes.Out);
        string reason = "gateway stopped";
        try
        {
            reason = await RelayAsync(client, ct).ConfigureAwait(false);
        }
        finally
        {
            await target.DisposeAsync().ConfigureAwait(false);
            await services.Live.EndAsync(session, reason).ConfigureAwait(false);
        }
    }

    private async Task<string> RelayAsync(SshChannel client, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Stream stream = client.AsStream();
        Task<PumpEnd> up = UpAsync(stream, stop.Token);
        Task<PumpEnd> down = DownAsync(client, stream, stop.Token);
        Task<PumpEnd> gone = GoneAsync(client, up, stop.Token);
        Task<PumpEnd> ended = EndedAsync(stop.Token);
        List<Task<PumpEnd>> directions = [up, down];
        PumpEnd first;
        do
        {
            Task<PumpEnd> done = await Task.WhenAny([.. directions, gone, ended]).ConfigureAwait(false);
            directions.Remove(done);
            first = await done.ConfigureAwait(false);
        }
        while (first.IsEndOfFile && directions.Count > 0); // One has said all; the other may still speak.

        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(up, down, gone, ended).ConfigureAwait(false);
        return first.Reason;
    }

    private async Task<PumpEnd> UpAsync(Stream client, CancellationToken ct)
    {
        PumpEnd end = await Pump.PassAsync(client, target, ("user", "target"), s_closed.Reason, count => _bytes.Add(count, 0), ct).ConfigureAwait(false);
        if (end.IsEndOfFile)
        {
            try
            {
                target.Socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                return new PumpEnd("connection to the target lost", IsNews: true);
            }
        }

        return end;
    }

    private async Task<PumpEnd> DownAsync(SshChannel client, Stream stream, CancellationToken ct)
    {
        PumpEnd end = await Pump.PassAsync(target, stream, ("target", "user"), Pump.ClosedByTarget, count => _bytes.Add(0, count), ct).ConfigureAwait(false);
        if (end.IsEndOfFile)
        {
            try
            {
                await client.SendEofAsync(ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SshException or IOException or OperationCanceledException)
            {
                return s_closed;
            }
        }

        return client.Closed.IsCompleted && !end.IsNews ? s_closed : end;
    }

    /// <summary>The client has closed the channel, which is more than the end of what it says: nobody is there to hear the target.</summary>
    private async Task<PumpEnd> GoneAsync(SshChannel client, Task<PumpEnd> up, CancellationToken ct)
    {
        try
        {
            await client.Closed.WaitAsync(ct).ConfigureAwait(false);
            await up.WaitAsync(s_lastBytes, services.Time, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutException)
        {
            // Over, or the target takes nothing.
        }

        return s_closed;
    }

    private async Task<PumpEnd> EndedAsync(CancellationToken ct)
    {
        try
        {
            return new PumpEnd(await session.Ended.WaitAsync(ct).ConfigureAwait(false), IsNews: true);
        }
        catch (OperationCanceledException)
        {
            return PumpEnd.Stopped;
        }
    }
}
