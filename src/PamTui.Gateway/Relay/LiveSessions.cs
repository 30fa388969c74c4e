using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using PamTui.Core.Sessions;

namespace PamTui.Gateway.Relay;

/// <summary>
/// All sessions of this gateway, and the one loop that asks the store each second which of them must end (C13): a kill, a revoked grant or a
/// disabled user may come from any process, and they meet only there. The same loop says that this gateway lives, and closes what a dead one left.
/// </summary>
internal sealed class LiveSessions(Sessions sessions, string node, TimeProvider time, ILogger log)
{
    private const int RoundsPerReport = 5;
    private const int RoundsPerBeat = 15;
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, LiveSession> _all = new();

    public int Count => _all.Count;

    public IReadOnlyCollection<LiveSession> All => [.. _all.Values];

    public void Add(LiveSession session) => _all[session.Id] = session;

    public void Remove(LiveSession session) => _all.TryRemove(session.Id, out _);

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
                if (round % RoundsPerBeat == 0 && await sessions.BeatAsync(node, ct).ConfigureAwait(false) is > 0 and int left)
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
