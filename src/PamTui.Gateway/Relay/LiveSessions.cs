using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Sessions;

namespace PamTui.Gateway.Relay;

/// <summary>
/// All sessions of this gateway from their row's first word to its last, and the one loop that asks the store each second which of them must end (C13): a kill, a revoked grant or a
/// disabled user may come from any process, and they meet only there. The same loop says that this gateway lives, and closes what a dead one left.
/// </summary>
/// <param name="listeners">Where this gateway listens now.</param>
internal sealed class LiveSessions(Sessions sessions, Forwards forwards, string node, Func<IReadOnlyList<IPEndPoint>> listeners, TimeProvider time, ILogger log)
{
    private const int RoundsPerReport = 5;
    private const int RoundsPerBeat = 15;
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, LiveSession> _all = new();
    private volatile bool _draining;

    public int Count => _all.Count;

    public IReadOnlyCollection<LiveSession> All => [.. _all.Values];

    /// <summary>From now on nothing new is opened.</summary>
    public void Drain() => _draining = true;

    /// <summary>To be asked before a target is dialled; null: a session may be opened.</summary>
    public Refusal? WhyNoMore() => _draining ? Refusal.Failed("The gateway is stopping and opens no new sessions; try again in a moment.") : null;

    /// <summary>The target has let the account in: the row is written, and from now on the session can be ended. Nothing passes without a row.</summary>
    /// <param name="source">The user's address.</param>
    /// <param name="number">The one that the certificate of the sign-in has given; null: the next.</param>
    public async Task<Result<LiveSession>> StartAsync(AccessGrant grant, string source, long? number, CancellationToken ct)
    {
        Result<long> row = await sessions.StartAsync(grant, source, node, number, ct).ConfigureAwait(false);
        return row.Refusal is { } gone ? gone : Opened(row.Value, grant.Who, source, grant.What.Reference.ToString());
    }

    /// <summary>The place has been dialled; as above.</summary>
    /// <param name="address">What was dialled.</param>
    public async Task<Result<LiveSession>> StartAsync(ForwardGrant grant, string source, string address, CancellationToken ct)
    {
        Result<long> row = await forwards.StartAsync(grant, source, node, address, ct).ConfigureAwait(false);
        return row.Refusal is { } gone ? gone : Opened(row.Value, grant.Who, source, grant.Resource + " to " + grant.To);
    }

    /// <summary>Its legs are closed: the row gets its end. Runs to its end whatever was cancelled, and never fails.</summary>
    public async Task EndAsync(LiveSession session, string reason)
    {
        _all.TryRemove(session.Id, out _);
        (long bytesIn, long bytesOut) = session.Bytes();
        Log.SessionEnded(log, session.Id, Text.Escape(reason), bytesIn, bytesOut);
        try
        {
            await sessions.EndAsync(session.Id, reason, bytesIn, bytesOut, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The legs are closed already; a row left live is closed by the next start's recovery.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.EndNotStored(log, fault, session.Id);
        }
    }

    public void EndAll(string reason)
    {
        foreach (LiveSession session in _all.Values)
        {
            session.End(reason);
        }
    }

    public Task TellAllAsync(string line) => Task.WhenAll(_all.Values.Select(session => session.Tell(line).AsTask()));

    public async Task RunAsync(CancellationToken ct)
    {
        using PeriodicTimer timer = new(s_round, time);
        for (int round = 1; await timer.WaitForNextTickAsync(ct).ConfigureAwait(false); round++)
        {
            try
            {
                if (round % RoundsPerBeat == 0 && await sessions.BeatAsync(node, listeners(), ct).ConfigureAwait(false) is > 0 and int left)
                {
                    Log.ClosedForLost(log, left);
                }

                await EndWhatMustAsync(ct).ConfigureAwait(false);
                if (round % RoundsPerReport == 0)
                {
                    await ReportAsync(ct).ConfigureAwait(false);
                }
            }
#pragma warning disable CA1031 // Top of the loop: a store that cannot be read now may be again in a second, and the loop must be there then.
            catch (Exception fault) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.StoreFault(log, fault);
            }
        }
    }

    private LiveSession Opened(long id, User who, string source, string target)
    {
        LiveSession session = new(id);
        _all[id] = session;
        Log.SessionOpened(log, id, who.Name, source, target);
        return session;
    }

    private async Task EndWhatMustAsync(CancellationToken ct)
    {
        if (_all.IsEmpty)
        {
            return;
        }

        foreach ((long id, string reason) in await sessions.EndingsAsync([.. _all.Keys], ct).ConfigureAwait(false))
        {
            if (_all.TryGetValue(id, out LiveSession? session))
            {
                session.End(reason);
            }
        }
    }

    private async Task ReportAsync(CancellationToken ct)
    {
        // One write for all of them, and none while no byte moves.
        List<(LiveSession Session, (long In, long Out) Bytes)> moved = [.. _all.Values.Select(session => (session, session.Bytes())).Where(one => one.Item2 != one.session.Reported)];
        await sessions.ReportBytesAsync([.. moved.Select(one => (one.Session.Id, one.Bytes.In, one.Bytes.Out))], ct).ConfigureAwait(false);
        moved.ForEach(one => one.Session.Reported = one.Bytes);
    }
}
