using System.Text;
using PamTui.Ssh;
using PamTui.Ssh.Channels;

namespace PamTui.Gateway.Relay;

/// <summary>
/// A signed-in user who gets no session: the first channel says why, on stderr as any tool shows it, with ssh's own exit status for a
/// connection that could not be made; then the connection ends. Nobody may sit on it.
/// </summary>
internal sealed class RefusedConnection(string line, TimeProvider time) : IConnectionHandler
{
    private const uint ExitStatus = 255;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationToken _stopping;
    private Task _telling = Task.CompletedTask;
    private int _asked;

    public static async Task RunAsync(SshTransport user, string line, TimeProvider time, CancellationToken ct)
    {
        RefusedConnection handler = new(line, time);
        await handler.RunAsync(user, ct).ConfigureAwait(false);
    }

    public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct) => ValueTask.FromResult(
        open.Kind == "session" ? ChannelOpenReply.Accept : ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, line));

    public ValueTask StartedAsync(SshChannel channel, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct)
    {
        if (request.Type is not ("shell" or "exec" or "subsystem"))
        {
            return ValueTask.FromResult(request.Type is "pty-req" or "env");
        }

        return ValueTask.FromResult(true);
    }

    public ValueTask AnsweredAsync(SshChannel channel, ChannelRequest request, bool success, CancellationToken ct)
    {
        if (request.Type is "shell" or "exec" or "subsystem" && Interlocked.Exchange(ref _asked, 1) == 0)
        {
            _telling = TellAsync(channel, _stopping);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct) => ValueTask.FromResult(false);

    private async Task RunAsync(SshTransport user, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(s_longest, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        _stopping = either.Token;
        SshConnection connection = new(user, this, new SshConnectionOptions());
        await using (connection.ConfigureAwait(false))
        {
            Task running = connection.RunAsync(either.Token);
            await Task.WhenAny(running, _told.Task).ConfigureAwait(false);
            await user.DisconnectAsync(DisconnectReason.ByApplication, line).ConfigureAwait(false);
            await limit.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TellAsync(SshChannel channel, CancellationToken ct)
    {
        try
        {
            await Task.Yield(); // The connection's loop goes on.
            await channel.WriteStderrAsync(Encoding.UTF8.GetBytes("pamtui: " + line + "\r\n"), ct).ConfigureAwait(false);
            await channel.SendExitStatusAsync(ExitStatus, ct).ConfigureAwait(false);
            await channel.SendEofAsync(ct).ConfigureAwait(false);
            await channel.CloseAsync(ct).ConfigureAwait(false);
            await channel.Closed.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SshException or OperationCanceledException)
        {
            // Gone before it was told.
        }
        finally
        {
            _told.TrySetResult();
        }
    }
}
