using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using PamTui.Core.Model;
using PamTui.Gateway.Jump;
using PamTui.Gateway.Login;
using PamTui.Gateway.Relay;
using PamTui.Ssh;
using PamTui.Ssh.Channels;

namespace PamTui.Gateway.Console;

/// <summary>
/// The connection of a user who named no account (`ssh alice@gw`): session channels end in the console's face, and a channel to an
/// account as a host is a jump. That of one who named an account of a database ends in its prompt, and nobody jumps on from there. Each shell or command asks again who the user is, and whether they still may sign in.
/// </summary>
internal sealed class ConsoleConnection : IConnectionHandler
{
    private const int ExitRefused = 1;

    /// <summary>Rounds in which the store did not say who the user is.</summary>
    private const int MaxUnread = 5;

    private static readonly TimeSpan s_watchEvery = TimeSpan.FromSeconds(2);

    /// <summary>For the sessions of a user who may not sign in any more to end in their own words.</summary>
    private static readonly TimeSpan s_sessionsEnd = TimeSpan.FromSeconds(2.5);

    private readonly ConcurrentDictionary<uint, ConsoleChannel> _channels = new();
    private readonly ConcurrentDictionary<ConsoleChannel, Task> _lives = new();
    private readonly SshTransport _user;
    private readonly string _source;
    private readonly Func<CancellationToken, Task<User?>> _readUser;
    private readonly Func<CancellationToken, IAsyncEnumerable<Done>> _moves;
    private readonly ConsoleFace _face;
    private readonly ConsoleBridge _bridge;
    private readonly JumpHost? _jump;
    private readonly RefusedForwards _refusals;
    private readonly SessionRights _rights;
    private readonly RelayPolicy _policy;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private CancellationToken _stopping;

    /// <param name="readUser">The user as the store knows them now; null: they may not sign in any more.</param>
    /// <param name="moves">When that may have become another answer.</param>
    /// <param name="jump">Null: an account was named, whose face this is.</param>
    public ConsoleConnection(
        SshTransport user,
        string source,
        Func<CancellationToken, Task<User?>> readUser,
        Func<CancellationToken, IAsyncEnumerable<Done>> moves,
        ConsoleFace face,
        ConsoleBridge bridge,
        JumpHost? jump,
        RefusedForwards refusals,
        SessionRights rights,
        GatewayOptions options,
        TimeProvider time,
        ILogger log)
    {
        (_user, _source, _readUser, _moves, _face, _bridge, _jump, _refusals, _rights) = (user, source, readUser, moves, face, bridge, jump, refusals, rights);
        (_options, _time, _log) = (options, time, log);
        _policy = new RelayPolicy(options.AcceptEnvironment, rights);
    }

    /// <summary>Runs until the client is gone or <paramref name="ct"/> ends it.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        _stopping = ct;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        SshConnection connection = new(_user, this, new SshConnectionOptions { MaxChannels = _options.MaxChannels });
        await using (connection.ConfigureAwait(false))
        {
            Task reading = connection.RunAsync(stop.Token);
            Task watching = WatchAsync(connection, stop.Token);
            if (await Task.WhenAny(reading, watching).ConfigureAwait(false) == watching && watching.IsCompletedSuccessfully)
            {
                await JumpsOverAsync().WaitAsync(s_sessionsEnd, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await _user.DisconnectAsync(DisconnectReason.ByApplication, "closed").ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(_lives.Values).ConfigureAwait(false);
            await JumpsOverAsync().ConfigureAwait(false);
        }
    }

    public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct) => open.Kind switch
    {
        "session" => ValueTask.FromResult(ChannelOpenReply.Accept),
        JumpHost.Kind when _jump is not null => _jump.OpenAsync(open, ct),
        _ => RefuseAsync(open, ct),
    };

    public ValueTask StartedAsync(SshChannel channel, CancellationToken ct)
    {
        ConsoleChannel mine = new(channel, _policy);
        _channels[channel.LocalId] = mine;
        _lives[mine] = LiveAsync(mine);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct) =>
        ValueTask.FromResult(_channels.TryGetValue(channel.LocalId, out ConsoleChannel? mine) && Take(mine, request.Type, request.Extra.Span));

    public ValueTask AnsweredAsync(SshChannel channel, ChannelRequest request, bool success, CancellationToken ct)
    {
        if (_channels.TryGetValue(channel.LocalId, out ConsoleChannel? mine) && mine.Waiting is { } run)
        {
            mine.Waiting = null;
            mine.Work = GuardAsync(mine, run);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct)
    {
        await _refusals.NoteAsync(request, ct).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<ChannelOpenReply> RefuseAsync(ChannelOpen open, CancellationToken ct)
    {
        await _refusals.NoteAsync(open.Kind, open.Extra, ct).ConfigureAwait(false);
        return ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "This gateway opens session channels only: no forwarding.");
    }

    private Task JumpsOverAsync() => _jump?.OverAsync() ?? Task.CompletedTask;

    private bool Take(ConsoleChannel channel, string type, ReadOnlySpan<byte> extra) => type switch
    {
        PtyRequest.Type => _rights.MayHaveTerminal && channel.TakePty(extra),
        EnvRequest.Type => channel.TakeEnvironment(extra),
        WindowChange.Type => channel.TakeWindowChange(extra),
        SignalRequest.Type => channel.TakeSignal(extra),
        ShellRequest.Type or ExecRequest.Type or SubsystemRequest.Type when _rights.ForcedCommand is { } command => Start(channel, command),
        ShellRequest.Type => Start(channel, null),
        ExecRequest.Type => Start(channel, Encoding.UTF8.GetString(ExecRequest.Read(extra).Command.Span)),
        SubsystemRequest.Type => Refuse(channel, SubsystemRequest.Read(extra).Name),
        _ => false,
    };

    private bool Refuse(ConsoleChannel channel, string name) => Begin(channel, () => TellAsync(
        channel, Text.Quote(name) + (_jump is null ? " is nothing that a database has." : " needs an account: sftp USER@ACCOUNT@RESOURCE@GATEWAY.")));

    private bool Start(ConsoleChannel channel, string? command) => Begin(channel, () => channel.Terminal is null && command is null && _jump is not null
        ? TellAsync(channel, "without a terminal, name an account (ssh USER@ACCOUNT@RESOURCE@GATEWAY) or a command (ssh USER@GATEWAY account list).")
        : RunFaceAsync(channel, command));

    private static bool Begin(ConsoleChannel channel, Func<Task> run)
    {
        if (channel.Started)
        {
            return false;
        }

        channel.Started = true;
        channel.Waiting = run;
        return true;
    }

    /// <summary>From the opening of a channel to its end, which ends what runs on it (C2: nothing stays behind).</summary>
    private async Task LiveAsync(ConsoleChannel channel)
    {
        await Task.Yield(); // The caller notes this task first.
        await channel.Channel.Closed.ConfigureAwait(false);
        _channels.TryRemove(new KeyValuePair<uint, ConsoleChannel>(channel.Channel.LocalId, channel)); // The number may be another channel's by now.
        await channel.CloseAsync().ConfigureAwait(false);
        await channel.Work.ConfigureAwait(false);
        channel.Dispose();
        _lives.TryRemove(channel, out _);
    }

    private async Task GuardAsync(ConsoleChannel channel, Func<Task> run)
    {
        await Task.Yield(); // The connection's loop goes on.
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or SshException or IOException)
        {
            // The channel or the connection is gone: nobody to tell.
        }
#pragma warning disable CA1031 // A fault of a face ends its channel, not the gateway.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.ConsoleFault(_log, fault, _source);
            await TellAsync(channel, "the console failed; the gateway's log says why.").ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunFaceAsync(ConsoleChannel channel, string? command)
    {
        object? state = null;
        string? notice = null;
        while (await _readUser(channel.Closed).ConfigureAwait(false) is { } who)
        {
            ConsoleRequest request = new(
                who,
                _source,
                channel.Terminal,
                command,
                new ConsoleStream(channel.Channel, ConsoleStream.Part.Input),
                new ConsoleStream(channel.Channel, ConsoleStream.Part.Output),
                new ConsoleStream(channel.Channel, ConsoleStream.Part.Error),
                state,
                notice);
            switch (await _face(request, channel.Closed).ConfigureAwait(false))
            {
                case ConsoleOutcome.Connect connect:
                    state = connect.State;
                    notice = await _bridge.RunAsync(channel, who, connect.Account, _source, channel.Closed).ConfigureAwait(false);
                    break;
                case ConsoleOutcome.Done done:
                    await channel.EndAsync(done.ExitStatus, channel.Closed).ConfigureAwait(false);
                    return;
                default:
                    throw new InvalidOperationException("A console outcome that nobody knows.");
            }
        }

        await TellAsync(channel, "you may not sign in any more.").ConfigureAwait(false);
    }

    private static async Task TellAsync(ConsoleChannel channel, string line)
    {
        await channel.Channel.WriteStderrAsync(Encoding.UTF8.GetBytes("pamtui: " + line + "\r\n"), channel.Closed).ConfigureAwait(false);
        await channel.EndAsync(ExitRefused, channel.Closed).ConfigureAwait(false);
    }

    /// <summary>Ends when the client is gone without a word, or its user may not sign in any more (C12, C13).</summary>
    private async Task WatchAsync(SshConnection connection, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] both = [WatchUserAsync(stop.Token), WatchClientAsync(connection, stop.Token)];
        Task first = await Task.WhenAny(both).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(both).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first.ConfigureAwait(false);
    }

    /// <summary>Reads the user when something was decided in the vault, so that a session left open costs nothing.</summary>
    private async Task WatchUserAsync(CancellationToken ct)
    {
        for (int unread = 0; unread < MaxUnread;)
        {
            try
            {
                await foreach (Done _ in _moves(ct).ConfigureAwait(false))
                {
                    if (await _readUser(ct).ConfigureAwait(false) is null)
                    {
                        return;
                    }

                    unread = 0;
                }
            }
#pragma warning disable CA1031 // A busy store may answer in two seconds; one that does not for long is no permission.
            catch (Exception fault) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                unread++;
                Log.StoreFault(_log, fault);
            }

            await Task.Delay(s_watchEvery, _time, ct).ConfigureAwait(false);
        }
    }

    private async Task WatchClientAsync(SshConnection connection, CancellationToken ct)
    {
        using PeriodicTimer timer = new(s_watchEvery, _time);
        long seen = _user.BytesIn;
        long heard = _time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false))
        {
            if (_user.BytesIn != seen || _options.ClientAliveSeconds == 0)
            {
                (seen, heard) = (_user.BytesIn, _time.GetTimestamp());
            }
            else if (_time.GetElapsedTime(heard) >= TimeSpan.FromSeconds(_options.ClientAliveSeconds))
            {
                // Any answer will do; a wrong one too. None in time ends this, and with it the connection.
                await connection.GlobalRequestAsync("keepalive@openssh.com", ReadOnlyMemory<byte>.Empty, wantReply: true, ct)
                    .WaitAsync(TimeSpan.FromSeconds(_options.ClientAliveSeconds) * _options.ClientAliveCount, _time, ct).ConfigureAwait(false);
                heard = _time.GetTimestamp();
            }
        }
    }
}
