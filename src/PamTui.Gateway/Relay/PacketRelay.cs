using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway.Login;
using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>
/// Two loops between the two legs of a session. Each receives, lets the table decide, queues on the other leg, and sends once per batch;
/// windows pass through, so back-pressure is end to end and nothing piles up here. The loops run on the threads that wait for the sockets:
/// whatever else they do enters the pool first.
/// </summary>
internal sealed class PacketRelay
{
    /// <summary>Batches in a row for which neither leg made us wait: then the other connections of this thread have their turn.</summary>
    private const int BatchesInARow = 8;

    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);

    private readonly SshTransport _user;
    private readonly SshSession _session;
    private readonly Authorizer _authorizer;
    private readonly RefusedForwards _refused;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RelayTable _table;
    private readonly Place _up = new(Side.User);
    private readonly Place _down = new(Side.Target);

    public PacketRelay(SshTransport user, SshSession session, Authorizer authorizer, RefusedForwards refused, SessionRights rights, GatewayOptions options, TimeProvider time, ILogger log)
    {
        (_user, _session, _authorizer, _refused, _options, _time, _log) = (user, session, authorizer, refused, options, time, log);
        _table = new RelayTable(new RelayPolicy(options.AcceptEnvironment, rights), options.MaxChannels, user.Queue, session.Target.Queue, session.HostKeys);
        session.Live.Bytes = () => (_table.BytesIn, _table.BytesOut);
        session.Live.Tell = TellAsync;
    }

    /// <summary>Runs until one end is gone or the session is ended; says why. Never throws for what the ends do.</summary>
    public async Task<string> RunAsync(CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        (_user.RunsInline, _session.Target.RunsInline) = (true, true);
        Task<string> up = PumpAsync(Side.User, _user, _session.Target, _up, stop.Token);
        Task<string> down = PumpAsync(Side.Target, _session.Target, _user, _down, stop.Token);
        Task<string> userGone = WatchAsync(Side.User, stop.Token);
        Task<string> targetGone = WatchAsync(Side.Target, stop.Token);
        try
        {
            Task<string> first = await Task.WhenAny(up, down, userGone, targetGone, _session.Live.Ended).ConfigureAwait(false);
            string reason = await first.ConfigureAwait(false);
            (_user.RunsInline, _session.Target.RunsInline) = (false, false);
            if (first == _session.Live.Ended || first == targetGone)
            {
                // The target first: a user who does not read must not keep it a moment longer.
                await _session.Target.DisconnectAsync(DisconnectReason.ByApplication, "session ended").ConfigureAwait(false);
                await StopAsync().ConfigureAwait(false);
                await SayFarewellAsync("session ended: " + Text.Escape(reason)).ConfigureAwait(false);
            }

            await _user.DisconnectAsync(DisconnectReason.ByApplication, "session ended: " + Text.Escape(reason)).ConfigureAwait(false);
            return reason;
        }
        finally
        {
            await _session.Target.DisconnectAsync(DisconnectReason.ByApplication, "closed").ConfigureAwait(false);
            await StopAsync().ConfigureAwait(false);
        }

        async Task StopAsync()
        {
            await stop.CancelAsync().ConfigureAwait(false);
            Task all = Task.WhenAll(up, down, userGone, targetGone);
            await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string> PumpAsync(Side from, SshTransport source, SshTransport sink, Place place, CancellationToken ct)
    {
        int inARow = 0;
        try
        {
            while (true)
            {
                place.Leg = from;
                ValueTask<ReadOnlyMemory<byte>> receiving = source.ReceiveAsync(ct);
                inARow = receiving.IsCompleted ? inARow + 1 : 0;
                ReadOnlyMemory<byte> payload = await receiving.ConfigureAwait(false);
                bool answered = false;
                try
                {
                    do
                    {
                        place.Leg = Other(from);
                        answered |= from == Side.User && payload.Span[0] is MessageId.ChannelOpen or MessageId.GlobalRequest
                            ? await AskAsync(payload.ToArray(), ct).ConfigureAwait(false)
                            : _table.Take(from, payload.Span);
                        place.Leg = from;
                    }
                    while (source.TryReceive(out payload));
                }
                catch (SshConnectionException) when (place.Leg == from || _table.Answered(from))
                {
                    place.Leg = from;
                    // What came before the end of this leg still belongs to the other one (C7).
                    await sink.FlushAsync(ct).ConfigureAwait(false);
                    throw;
                }

                place.Leg = Other(from);
                ValueTask flushing = sink.FlushAsync(ct);
                inARow = flushing.IsCompleted ? inARow : 0;
                await flushing.ConfigureAwait(false);
                if (answered)
                {
                    place.Leg = from;
                    await source.FlushAsync(ct).ConfigureAwait(false);
                }

                if (inARow >= BatchesInARow)
                {
                    inARow = 0;
                    await Task.Yield();
                }
            }
        }
        catch (SshProtocolException broken)
        {
            // Of the table: the transport has not told the sender yet. Of the transport: it has, and this does nothing.
            await source.DisconnectAsync(broken.Reason, "protocol error").ConfigureAwait(false);
            return $"the {Name(from)} broke the protocol: {Text.Escape(broken.Message)}";
        }
        catch (SshConnectionException gone) when (gone.InnerException is SshProtocolException broken)
        {
            // The other loop found it out, and this one hears of it first.
            return $"the {Name(place.Leg)} broke the protocol: {Text.Escape(broken.Message)}";
        }
        catch (SshConnectionException gone)
        {
            // Many clients hang up without a word once the target has closed their last channel.
            return gone.Reason == DisconnectReason.ByApplication || _table.IsOver ? "closed" : $"connection to the {Name(place.Leg)} lost";
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return "gateway stopped";
        }
        finally
        {
            // Whoever waits for this loop writes the session's end.
            await PoolThread.Enter();
        }
    }

    private static Side Other(Side side) => side == Side.User ? Side.Target : Side.User;

    private static string Name(Side side) => side == Side.User ? "user" : "target";

    private async ValueTask<bool> AskAsync(byte[] payload, CancellationToken ct)
    {
        if (payload[0] == MessageId.ChannelOpen)
        {
            return await OpenAsync(payload, ct).ConfigureAwait(false);
        }

        await _refused.NoteAsync(payload, ct).ConfigureAwait(false);
        return _table.Take(Side.User, payload);
    }

    private async ValueTask<bool> OpenAsync(byte[] open, CancellationToken ct)
    {
        await PoolThread.Enter();
        await _refused.NoteAsync(open, ct).ConfigureAwait(false);
        // What is refused anyway is not worth a look into the store: a flood of it must stay cheap (C2).
        string? refusal = _table.MayOpen(open) ? await WhyNoChannelAsync(ct).ConfigureAwait(false) : null;
        return _table.Take(Side.User, open, refusal);
    }

    /// <summary>Each new channel asks again: a connection that is kept open outlives no permission (C14).</summary>
    private async ValueTask<string?> WhyNoChannelAsync(CancellationToken ct)
    {
        AccessGrant grant = _session.Grant;
        try
        {
            if (await _authorizer.AuthorizeAsync(grant.Who.Id, grant.What.Reference, Capability.Connect, ct).ConfigureAwait(false) is not null)
            {
                return null;
            }

            Log.ChannelRefused(_log, _session.Live.Id);
            return "The permission to use this account has ended.";
        }
#pragma warning disable CA1031 // Whatever keeps the store from answering: no answer is no permission.
        catch (Exception fault) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.StoreFault(_log, fault);
            return "The permission to use this account cannot be checked now.";
        }
    }

    /// <summary>An end that is gone without a word is noticed, and the session ends (C12).</summary>
    private async Task<string> WatchAsync(Side side, CancellationToken ct)
    {
        // While both loops wait for the other leg, nobody reads this one.
        bool IsRead() => _up.Leg == side || _down.Leg == side;
        void Ask() => _table.Ask(side);
        SilenceWatch watch = side == Side.User
            ? new(_user, Ask, IsRead, _options.ClientAliveSeconds, _options.ClientAliveCount, _time)
            : new(_session.Target, Ask, IsRead, _options.TargetAliveSeconds, _options.TargetAliveCount, _time);
        try
        {
            await watch.RunAsync(ct).ConfigureAwait(false);
            return side == Side.User ? "connection to the user lost" : SilenceWatch.TargetIsSilent;
        }
        catch (SshException)
        {
            return $"connection to the {Name(side)} lost";
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return "gateway stopped";
        }
    }

    private async ValueTask TellAsync(string line)
    {
        try
        {
            _table.Tell(line);
            await FlushSoonAsync().ConfigureAwait(false);
        }
        catch (SshConnectionException)
        {
            // The user is gone: nobody to tell.
        }
    }

    /// <summary>
    /// Both loops have stopped. A client that is disconnected at once drops what it has not shown yet, so the channels are closed first and
    /// its own closes waited for, a moment.
    /// </summary>
    private async Task SayFarewellAsync(string line)
    {
        using CancellationTokenSource patience = new(s_lastWords, _time);
        try
        {
            int due = _table.End(line);
            await _user.FlushAsync(patience.Token).ConfigureAwait(false);
            while (due > 0)
            {
                ReadOnlyMemory<byte> payload = await _user.ReceiveAsync(patience.Token).ConfigureAwait(false);
                due -= payload.Span[0] == MessageId.ChannelClose ? 1 : 0;
            }
        }
        catch (Exception e) when (e is SshException or OperationCanceledException)
        {
            // The user is gone, or does not read: nobody to tell.
        }
    }

    /// <summary>A user who does not read must not hold up the one who speaks.</summary>
    private async Task FlushSoonAsync()
    {
        using CancellationTokenSource patience = new(s_lastWords, _time);
        try
        {
            await _user.FlushAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It stays queued.
        }

        await PoolThread.Enter();
    }

    /// <summary>Where a loop is: the leg in use. If it fails there, that end is gone; while it waits there, that end has the word.</summary>
    private sealed class Place(Side from)
    {
        private volatile Side _leg = from;

        public Side Leg
        {
            get => _leg;
            set => _leg = value;
        }
    }
}
