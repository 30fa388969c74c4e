using PamTui.Core.Access;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Rotation;
using PamTui.Core.Storage;

namespace PamTui.Core;

/// <summary>Why an account needs somebody to look at it; the worst first.</summary>
public enum AttentionKind
{
    /// <summary>Neither of two credentials signs in.</summary>
    TwoCredentials,

    /// <summary>The target does not let it in.</summary>
    Rejected,

    /// <summary>Its rotation failed too often and is not tried any more.</summary>
    RotationStopped,

    /// <summary>The last sign-in did not reach the target.</summary>
    Unreachable,

    /// <summary>The last attempts to rotate it failed; it is tried again.</summary>
    RotationFailing,

    /// <summary>The credential is older than its policy allows.</summary>
    RotationOverdue,

    /// <summary>A policy holds, its time has passed, and it was never rotated.</summary>
    NeverRotated,

    /// <summary>Nobody has signed in with the credential as it is.</summary>
    Unverified,
}

/// <summary>The accounts with one trouble.</summary>
/// <param name="Filter">What finds them in a list of accounts; null: no filter does.</param>
/// <param name="Count">All of them; of rotations at least so many, as no more are looked at.</param>
/// <param name="First">The first few, in the order of resource and name.</param>
public sealed record AttentionGroup(AttentionKind Kind, string? Filter, int Count, IReadOnlyList<Account> First);

/// <summary>What needs attention among the accounts that the caller sees. Each account may be in several groups.</summary>
public sealed class Attention
{
    /// <summary>The most that a group shows.</summary>
    public const int MaxFirst = 100;

    private const int MaxExamined = 1000;

    private static readonly (AttentionKind Kind, string Filter)[] s_filters =
    [
        (AttentionKind.TwoCredentials, "rotation=needs-attention"),
        (AttentionKind.Rejected, "health=rejected"),
        (AttentionKind.Unreachable, "health=unreachable"),
        (AttentionKind.Unverified, "checkState=unverified"),
    ];

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal Attention(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>The groups that have an account, the worst first.</summary>
    /// <param name="first">So many accounts of each.</param>
    public Task<Result<IReadOnlyList<AttentionGroup>>> ListAsync(Actor actor, int first, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<AttentionGroup>>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            return caller.Refusal is { } no ? no : Result.Ok(await FindAsync(tx, caller.Value, Math.Clamp(first, 1, MaxFirst), _time.GetUtcNow()).ConfigureAwait(false));
        },
        ct);

    internal static async Task<IReadOnlyList<AttentionGroup>> FindAsync(Tx tx, Caller caller, int first, DateTimeOffset now)
    {
        List<AttentionGroup> groups = [];
        foreach ((AttentionKind kind, string filter) in s_filters)
        {
            SqlArgs args = new();
            Reach? visible = await Visibility.AccountsAsync(tx, caller, Visibility.Any, now, args).ConfigureAwait(false);
            AccountQuery query = await AccountQueries.FilteredAsync(tx, Filter.Parse(filter).Value, visible, args).ConfigureAwait(false);
            Page<Account> page = await AccountRows.PageAsync(tx, query, AccountOrder.Usual, new PageRequest(0, first)).ConfigureAwait(false);
            groups.Add(new AttentionGroup(kind, filter, page.Total, page.Items));
        }

        await AddRotationsAsync(tx, caller, groups, first, now).ConfigureAwait(false);
        return [.. groups.Where(group => group.Count > 0).OrderBy(group => group.Kind)];
    }

    private static async Task AddRotationsAsync(Tx tx, Caller caller, List<AttentionGroup> groups, int first, DateTimeOffset now)
    {
        IReadOnlyList<Account> failing = await SeenAsync(tx, caller, await AccountRows.FailingAsync(tx, MaxExamined).ConfigureAwait(false), now).ConfigureAwait(false);
        Add(AttentionKind.RotationStopped, failing.Where(IsStopped));
        Add(AttentionKind.RotationFailing, failing.Where(account => !IsStopped(account) && account.Rotation.State != RotationState.NeedsAttention));

        IReadOnlyList<(long AccountId, RotationPolicy Policy)> candidates = await PolicyRows.CandidatesAsync(tx, _ => true, RotationTimes.MaxTries, now, MaxExamined).ConfigureAwait(false);
        Dictionary<long, RotationPolicy> policies = candidates.ToDictionary(one => one.AccountId, one => one.Policy);
        List<Account> late =
        [
            .. (await SeenAsync(tx, caller, [.. policies.Keys], now).ConfigureAwait(false)).Where(account => RotationTimes.IsOverdue(account, policies[account.Id], now)),
        ];
        Add(AttentionKind.RotationOverdue, late.Where(account => account.Rotation.Last is not null));
        Add(AttentionKind.NeverRotated, late.Where(account => account.Rotation.Last is null));

        void Add(AttentionKind kind, IEnumerable<Account> accounts)
        {
            List<Account> all = [.. accounts];
            groups.Add(new AttentionGroup(kind, null, all.Count, [.. all.Take(first)]));
        }
    }

    // One that was begun is tried until it is over.
    private static bool IsStopped(Account account) => account.Rotation.Failures >= RotationTimes.MaxTries && !account.Rotation.IsUnfinished;

    private static async Task<IReadOnlyList<Account>> SeenAsync(Tx tx, Caller caller, IReadOnlyCollection<long> ids, DateTimeOffset now)
    {
        SqlArgs args = new();
        Reach? visible = await Visibility.AccountsAsync(tx, caller, Visibility.Any, now, args).ConfigureAwait(false);
        return await AccountRows.FindAsync(tx, ids, visible?.All.Probe, args).ConfigureAwait(false);
    }
}
