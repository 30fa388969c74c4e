using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Sessions;

/// <summary>
/// Decides which live sessions must end. Every change of the vault moves the head of the audit chain, so while that stands still
/// only time can end a session, and each was told until when it may run.
/// </summary>
internal sealed class EndingWatch
{
    private readonly Lock _lock = new();
    private Dictionary<long, DateTimeOffset> _until = [];
    private string _head = "";

    public async Task<IReadOnlyList<(long Id, string Reason)>> AskAsync(Tx tx, IReadOnlyCollection<long> liveIds, DateTimeOffset now)
    {
        string head = await VaultRow.HeadAsync(tx).ConfigureAwait(false) ?? "";
        Dictionary<long, DateTimeOffset> known;
        lock (_lock)
        {
            known = head == _head ? _until : [];
        }

        Dictionary<long, DateTimeOffset> until = [];
        List<long> asked = [];
        foreach (long id in liveIds)
        {
            if (known.TryGetValue(id, out DateTimeOffset end) && now < end)
            {
                until[id] = end;
            }
            else
            {
                asked.Add(id);
            }
        }

        List<(long Id, string Reason)> endings = [];
        Dictionary<long, SessionRow> rows = [];
        foreach (long[] some in asked.Chunk(500))
        {
            (await SessionRows.FindAsync(tx, some).ConfigureAwait(false)).ForEach(row => rows[row.Id] = row);
        }

        foreach (long id in asked)
        {
            (string? reason, DateTimeOffset end) = await AskAsync(tx, rows.GetValueOrDefault(id), now).ConfigureAwait(false);
            if (reason is not null)
            {
                endings.Add((id, reason));
            }
            else
            {
                until[id] = end;
            }
        }

        lock (_lock)
        {
            (_head, _until) = (head, until);
        }

        return endings;
    }

    private static async Task<(string? Reason, DateTimeOffset Until)> AskAsync(Tx tx, SessionRow? row, DateTimeOffset now)
    {
        if (row is null || row.Ended is not null)
        {
            return (row?.EndReason ?? "its row is gone", default);
        }

        if (row.KillReason is { } killed)
        {
            return (killed, default);
        }

        User? user = await UserRows.FindAsync(tx, row.UserId).ConfigureAwait(false);
        if (user is not { Disabled: false })
        {
            return (user is null ? "user removed" : "user disabled", default);
        }

        if (row.ForwardTo is { } place)
        {
            return HostPort.Parse(place) is { IsOk: true } to && await ForwardGrant.AskAsync(tx, user.Id, to.Value, now).ConfigureAwait(false) is { } forward
                ? (null, forward.Until ?? DateTimeOffset.MaxValue)
                : (await WhyGoneAsync(tx, row, now).ConfigureAwait(false), default);
        }

        if (await AccountRows.FindAsync(tx, row.AccountId).ConfigureAwait(false) is not { } account)
        {
            return ("account removed", default);
        }

        AccessGrant? grant = await AccessDecision.AskAsync(tx, user, account, Capability.Connect, now).ConfigureAwait(false);
        if (grant is not null)
        {
            return grant.ReadOnly && !row.ReadOnly ? ("grant is for reading only now", default) : (null, grant.Until ?? DateTimeOffset.MaxValue);
        }

        return (await WhyGoneAsync(tx, row, now).ConfigureAwait(false), default);
    }

    private static async Task<string> WhyGoneAsync(Tx tx, SessionRow row, DateTimeOffset now) =>
        row.GrantId is { } id && await GrantRows.FindAsync(tx, id).ConfigureAwait(false) is { Until: { } end } && end <= now ? "grant ended" : "grant revoked";
}
