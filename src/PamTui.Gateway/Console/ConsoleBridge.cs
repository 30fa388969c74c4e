using System.Globalization;
using System.Text;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Relay;
using PamTui.Ssh;
using PamTui.Ssh.Channels;

namespace PamTui.Gateway.Console;

/// <summary>
/// A session opened from the console: the user's channel ends here, so it is joined to a channel of the target's leg that ends here too. The
/// same authorisation, dial, row and ending as for every other way in (B8).
/// </summary>
internal sealed class ConsoleBridge(Authorizer authorizer, Broker broker, DatabasePrompt prompt, Func<GatewayOptions> optionsNow, TimeProvider time)
{
    /// <summary>Runs the session to its end.</summary>
    /// <returns>One line about how it ended, or why it did not begin.</returns>
    public async Task<string> RunAsync(ConsoleChannel channel, User who, AccountRef account, string source, CancellationToken ct)
    {
        if (await authorizer.AuthorizeAsync(who.Id, account, Capability.Connect, ct).ConfigureAwait(false) is not { } grant)
        {
            return $"{account}: there is no such account, or you may not use it.";
        }

        if (DatabasePrompt.Serves(grant.What.Kind))
        {
            int status = await prompt.RunAsync(
                grant,
                source,
                channel.Terminal,
                command: null,
                new ConsoleStream(channel.Channel, ConsoleStream.Part.Input),
                new ConsoleStream(channel.Channel, ConsoleStream.Part.Output),
                new ConsoleStream(channel.Channel, ConsoleStream.Part.Error),
                ct).ConfigureAwait(false);
            return $"{account}: {Ended((uint)status)}";
        }

        Result<SshSession> opened = await broker.OpenAsync(grant, source, ct).ConfigureAwait(false);
        if (opened.Refusal is { } refusal)
        {
            return refusal.Message;
        }

        SshSession session = opened.Value;
        string reason = "connection lost";
        try
        {
            TargetEnd target = new();
            SshConnection connection = new(session.Target, target, new SshConnectionOptions());
            await using (connection.ConfigureAwait(false))
            {
                using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
                Task reading = connection.RunAsync(stop.Token);
                Task watching = WatchAsync(session, stop.Token);
                try
                {
                    reason = await JoinAsync(channel, connection, session, target, stop.Token).ConfigureAwait(false);
                }
                finally
                {
                    await stop.CancelAsync().ConfigureAwait(false);
                    await session.Target.DisconnectAsync(DisconnectReason.ByApplication, "closed").ConfigureAwait(false);
                    await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            return $"{account}: {target.Exit ?? reason}";
        }
        catch (SshException e)
        {
            reason = "connection to the target lost";
            return $"{account}: {Text.Escape(e.Message)}";
        }
        catch (OperationCanceledException)
        {
            reason = "connection to the user lost";
            throw;
        }
        finally
        {
            await broker.CloseAsync(session, reason).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A target that is gone without a word is noticed (C12). The bridge asks it nothing else that is answered so, and the connection drops
    /// answers that nobody waits for.
    /// </summary>
    private async Task WatchAsync(SshSession session, CancellationToken ct)
    {
        GatewayOptions options = optionsNow();
        SilenceWatch watch = new(
            session.Target, () => session.Target.Queue(RelayMessages.KeepAlive()), static () => true, options.TargetAliveSeconds, options.TargetAliveCount, time);
        await watch.RunAsync(ct).ConfigureAwait(false);
        session.Live.End(SilenceWatch.TargetIsSilent);
    }

    private static string Ended(uint status) => status == 0 ? "the session ended." : string.Create(CultureInfo.InvariantCulture, $"exit status {status}");

    /// <summary>The target's shell with the user's terminal and environment; null: it opens none.</summary>
    private static async Task<SshChannel?> OpenShellAsync(ConsoleChannel user, SshConnection connection, CancellationToken ct)
    {
        SshChannel target = await connection.OpenAsync("session", ReadOnlyMemory<byte>.Empty, ct).ConfigureAwait(false);
        foreach (EnvRequest variable in user.Environment)
        {
            await target.RequestAsync(EnvRequest.Type, variable.Write(), wantReply: false, ct).ConfigureAwait(false);
        }

        if (user.Terminal is { } terminal)
        {
            (int columns, int rows) = terminal.Size;
            PtyRequest pty = new(terminal.Term, (uint)columns, (uint)rows, 0, 0, user.Modes);
            await target.RequestAsync(PtyRequest.Type, pty.Write(), wantReply: true, ct).ConfigureAwait(false);
        }

        return await target.RequestAsync(ShellRequest.Type, ReadOnlyMemory<byte>.Empty, wantReply: true, ct).ConfigureAwait(false) ? target : null;
    }

    private static async Task<string> JoinAsync(ConsoleChannel user, SshConnection connection, SshSession session, TargetEnd end, CancellationToken ct)
    {
        Task<SshChannel?> opening = OpenShellAsync(user, connection, ct);
        if (await Task.WhenAny(opening, session.Live.Ended).ConfigureAwait(false) == session.Live.Ended)
        {
            // The opening ends with the connection, which its owner ends now.
            return await session.Live.Ended.ConfigureAwait(false);
        }

        if (await opening.ConfigureAwait(false) is not { } target)
        {
            return "the target opened no shell";
        }

        long bytesIn = 0;
        long bytesOut = 0;
        session.Live.Bytes = () => (Interlocked.Read(ref bytesIn), Interlocked.Read(ref bytesOut));
        session.Live.Tell = line => user.Channel.WriteStderrAsync(Encoding.UTF8.GetBytes("\r\n" + line + "\r\n"), ct);
        SemaphoreSlim resized = new(0);
        Action onResized = () => resized.Release();
        System.Threading.Channels.Channel<string> signals = System.Threading.Channels.Channel.CreateBounded<string>(16);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (user.Terminal is not null)
        {
            user.Terminal.Resized += onResized;
        }

        user.OnSignal = name => signals.Writer.TryWrite(name);
        try
        {
            Task[] side =
            [
                PumpAsync(user.Channel.ReadAsync, target.WriteAsync, n => Interlocked.Add(ref bytesIn, n), () => target.SendEofAsync(stop.Token), stop.Token),
                ResizeAsync(user.Terminal, target, resized, stop.Token),
                SignalAsync(signals.Reader, target, stop.Token),
            ];
            Task output = Task.WhenAll(
                PumpAsync(target.ReadAsync, user.Channel.WriteAsync, n => Interlocked.Add(ref bytesOut, n), null, stop.Token),
                PumpAsync(target.ReadStderrAsync, user.Channel.WriteStderrAsync, n => Interlocked.Add(ref bytesOut, n), null, stop.Token));
            Task over = Task.WhenAll(output, target.Closed);
            Task first = await Task.WhenAny(over, session.Live.Ended, Task.Delay(Timeout.Infinite, ct)).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(side).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await output.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            string reason = "closed";
            if (first == session.Live.Ended)
            {
                reason = await session.Live.Ended.ConfigureAwait(false);
                end.Exit = "session ended: " + Text.Escape(reason);
            }

            ct.ThrowIfCancellationRequested();
            return reason;
        }
        finally
        {
            user.OnSignal = null;
            if (user.Terminal is not null)
            {
                user.Terminal.Resized -= onResized;
            }
        }
    }

    private static async Task PumpAsync(
        Func<Memory<byte>, CancellationToken, ValueTask<int>> read,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write,
        Action<int> count,
        Func<ValueTask>? atEnd,
        CancellationToken ct)
    {
        byte[] buffer = new byte[16 * 1024];
        while (await read(buffer, ct).ConfigureAwait(false) is > 0 and int length)
        {
            count(length);
            await write(buffer.AsMemory(0, length), ct).ConfigureAwait(false);
        }

        if (atEnd is not null)
        {
            await atEnd().ConfigureAwait(false);
        }
    }

    private static async Task ResizeAsync(ConsoleTerminal? terminal, SshChannel target, SemaphoreSlim resized, CancellationToken ct)
    {
        while (terminal is not null)
        {
            await resized.WaitAsync(ct).ConfigureAwait(false);
            (int columns, int rows) = terminal.Size;
            await target.RequestAsync(WindowChange.Type, new WindowChange((uint)columns, (uint)rows, 0, 0).Write(), wantReply: false, ct).ConfigureAwait(false);
        }
    }

    private static async Task SignalAsync(System.Threading.Channels.ChannelReader<string> signals, SshChannel target, CancellationToken ct)
    {
        await foreach (string name in signals.ReadAllAsync(ct).ConfigureAwait(false))
        {
            await target.RequestAsync(SignalRequest.Type, new SignalRequest(name).Write(), wantReply: false, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What the target says of its end. It opens no channels towards us (C10).</summary>
    private sealed class TargetEnd : IConnectionHandler
    {
        public string? Exit { get; set; }

        public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct) =>
            ValueTask.FromResult(ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "The gateway opens no channels towards its users."));

        public ValueTask StartedAsync(SshChannel channel, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct)
        {
            Exit ??= request.Type switch
            {
                ExitStatus.Type => Ended(ExitStatus.Read(request.Extra.Span).Status),
                ExitSignal.Type => "ended by signal " + Text.Escape(ExitSignal.Read(request.Extra.Span).Signal),
                _ => null,
            };
            return ValueTask.FromResult(false);
        }

        public ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct) => ValueTask.FromResult(false);
    }
}
