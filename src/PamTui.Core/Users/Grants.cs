using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Users;

/// <summary>A grant as it is asked for.</summary>
/// <param name="Grantee">A user's name, or "group:NAME".</param>
/// <param name="Target">"RESOURCE/ACCOUNT", "RESOURCE/*", or a filter.</param>
/// <param name="From">Null: from now on.</param>
/// <param name="Until">The first moment at which it no longer holds; null: no end.</param>
public sealed record GrantDraft(string Grantee, string Target, Capability Capabilities, DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    /// <summary>Who connects by it may only read: for databases, and only with connect, audit. It never changes: another one is another grant.</summary>
    public bool ReadOnly { get; init; }
}

/// <summary>What is to change of a grant.</summary>
/// <param name="Capabilities">All it lets its people do from now on; null: what it did.</param>
/// <param name="MovesEnd">It ends at <paramref name="Until"/> from now on.</param>
/// <param name="Until">The first moment at which it no longer holds, later than now; null: no end.</param>
public sealed record GrantChange(Capability? Capabilities, bool MovesEnd = false, DateTimeOffset? Until = null);

/// <summary>Why a user may, or may not, do something with an account.</summary>
/// <param name="Capabilities">Everything he may do with it now.</param>
/// <param name="Sentence">The answer in words.</param>
/// <param name="Reasons">His grants and his groups', each with what it says about the account.</param>
public sealed record GrantExplanation(string User, AccountRef Account, Capability Capabilities, string Sentence, IReadOnlyList<GrantReason> Reasons);

/// <param name="Holds">It reaches the account and holds now.</param>
public sealed record GrantReason(Grant Grant, bool Holds, string Why);

/// <summary>Who may do what on which accounts. For admins; a member may ask why he himself may or may not.</summary>
public sealed class Grants
{
    private const string GroupMark = "group:";

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly TimeProvider _time;

    internal Grants(Database database, AuditWriter audit, TimeProvider time) => (_database, _audit, _time) = (database, audit, time);

    /// <summary>
    /// A filter of a grant looks at fields and metadata only: a bare word always means "has this key", and text search and the
    /// check's state are refused, so that what a grant reaches changes only when the accounts do.
    /// </summary>
    public async Task<Result<Grant>> AddAsync(Actor actor, GrantDraft draft, CancellationToken ct)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (WhyNot(draft.Capabilities, draft.ReadOnly) is { } badCapabilities)
        {
            return badCapabilities;
        }

        if (draft.Until is { } until && until <= (draft.From ?? now))
        {
            return Refusal.Invalid("The grant would end before it begins.", "until");
        }

        return await AdminAsync<Grant>(
            actor,
            "give grants",
            async tx =>
            {
                Result<(long? User, long? Group)> grantee = await GranteeAsync(tx, draft.Grantee).ConfigureAwait(false);
                if (grantee.Refusal is { } nobody)
                {
                    return nobody;
                }

                Result<AccountScope> scope = await ScopeAsync(tx, draft).ConfigureAwait(false);
                if (scope.Refusal is { } noTarget)
                {
                    return noTarget;
                }

                GrantDraftRow row = new(
                    grantee.Value.User,
                    grantee.Value.Group,
                    scope.Value.AccountId,
                    scope.Value.ResourceId,
                    scope.Value.Filter,
                    (long)draft.Capabilities,
                    draft.ReadOnly,
                    StoredTime.Of(draft.From ?? now),
                    StoredTime.Of(draft.Until),
                    actor.Name);
                Grant grant = (await GrantRows.FindAsync(tx, await GrantRows.InsertAsync(tx, row).ConfigureAwait(false)).ConfigureAwait(false))!;
                await _audit.AppendAsync(tx, actor, "grant.add", grant.Target, Details(grant)).ConfigureAwait(false);
                return grant;
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>In the order they were made, ended ones too.</summary>
    public Task<Result<Page<Grant>>> ListAsync(Actor actor, PageRequest page, CancellationToken ct) => _database.ReadAsync<Result<Page<Grant>>>(
        async tx => (await Caller.AdminAsync(tx, actor, "list grants").ConfigureAwait(false)).Refusal is { } no
            ? no
            : await GrantRows.PageAsync(tx, FieldCheck.Bounded(page)).ConfigureAwait(false),
        ct);

    /// <summary>In the order they were made. A member may ask for his own and his groups' (<see cref="GrantQuery.OfUser"/>), admins for all.</summary>
    /// <returns>NotFound: there is no such account or resource, or none that the caller may see.</returns>
    public async Task<Result<Page<Grant>>> SearchAsync(Actor actor, GrantQuery query, PageRequest page, CancellationToken ct)
    {
        Result<FilterNode> filter = FilterSubject.Grant.Parse(query.Filter, "A grant");
        return filter.Refusal is { } bad
            ? bad
            : await _database.ReadAsync(tx => SearchAsync(tx, actor, query, filter.Value, page), ct).ConfigureAwait(false);
    }

    /// <summary>What a grant on this would reach now.</summary>
    /// <param name="target">As in <see cref="GrantDraft"/>; of a grant that is there, its <see cref="Grant.Target"/>.</param>
    /// <param name="first">How many of the accounts are named, at most <see cref="PageRequest.MaxLimit"/>.</param>
    /// <returns>What <see cref="AddAsync"/> would refuse of the target.</returns>
    public Task<Result<GrantReach>> PreviewAsync(Actor actor, string target, int first, CancellationToken ct) => _database.ReadAsync<Result<GrantReach>>(
        async tx =>
        {
            if ((await Caller.AdminAsync(tx, actor, "see what a grant reaches").ConfigureAwait(false)).Refusal is { } no)
            {
                return no;
            }

            Result<AccountScope> scope = await AccountScope.ReadAsync(tx, target, "grant").ConfigureAwait(false);
            return scope.Refusal is { } bad
                ? bad
                : await GrantRows.ReachedAsync(tx, scope.Value.AccountId, scope.Value.ResourceId, scope.Value.Filter, Math.Clamp(first, 0, PageRequest.MaxLimit)).ConfigureAwait(false);
        },
        ct);

    /// <summary>Gives a grant another end, or lets its people do other things; live sessions that it no longer carries end.</summary>
    public Task<Result<Grant>> EditAsync(Actor actor, long id, GrantChange change, CancellationToken ct) => AdminAsync<Grant>(
        actor,
        "change grants",
        async tx =>
        {
            if (await GrantRows.FindAsync(tx, id).ConfigureAwait(false) is not { } grant)
            {
                return Refusal.NotFound($"There is no grant {id}.");
            }

            if (WhyNot(change.Capabilities ?? grant.Capabilities, grant.ReadOnly) is { } bad)
            {
                return bad;
            }

            if (change.MovesEnd && (change.Until <= _time.GetUtcNow() || change.Until <= grant.From))
            {
                return Refusal.Invalid("The grant would end before it begins, or at once: `pamtui grant remove` takes it away.", "until");
            }

            await GrantRows.SetAsync(tx, id, change.Capabilities ?? grant.Capabilities, change.MovesEnd ? change.Until : grant.Until).ConfigureAwait(false);
            Grant edited = (await GrantRows.FindAsync(tx, id).ConfigureAwait(false))!;
            await _audit.AppendAsync(tx, actor, "grant.edit", grant.Target, Details(edited)).ConfigureAwait(false);
            return edited;
        },
        ct);

    /// <summary>Takes a grant away; live sessions that stood on it end within a second.</summary>
    public Task<Result<Done>> RemoveAsync(Actor actor, long id, CancellationToken ct) => AdminAsync<Done>(
        actor,
        "take grants away",
        async tx =>
        {
            if (await GrantRows.FindAsync(tx, id).ConfigureAwait(false) is not { } grant)
            {
                return Refusal.NotFound($"There is no grant {id}.");
            }

            await GrantRows.DeleteAsync(tx, id).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "grant.remove", grant.Target, Details(grant)).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <summary>Says yes or no, and by which row.</summary>
    public Task<Result<GrantExplanation>> ExplainAsync(Actor actor, string user, AccountRef reference, CancellationToken ct) => _database.ReadAsync<Result<GrantExplanation>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            if (!caller.Value.IsAdmin && caller.Value.User!.Name != user)
            {
                return Refusal.NotAllowed("Only an admin may ask about other users.");
            }

            if (await UserRows.FindAsync(tx, user).ConfigureAwait(false) is not { } who)
            {
                return Refusal.NotFound($"There is no user {Text.Quote(user)}.");
            }

            DateTimeOffset now = _time.GetUtcNow();
            Result<Account> account = await Visibility.AccountAsync(tx, caller.Value, reference, Visibility.Any, now).ConfigureAwait(false);
            return account.Refusal is { } none ? none : await ExplainAsync(tx, who, account.Value, now).ConfigureAwait(false);
        },
        ct);

    private async Task<Result<Page<Grant>>> SearchAsync(Tx tx, Actor actor, GrantQuery query, FilterNode filter, PageRequest page)
    {
        Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
        if (caller.Refusal is { } no)
        {
            return no;
        }

        if (!caller.Value.IsAdmin && query.OfUser != caller.Value.User!.Name)
        {
            return Refusal.NotAllowed("Only an admin may list the grants of others.");
        }

        DateTimeOffset now = _time.GetUtcNow();
        Result<Account?> account = query.Account is { } reference ? Nullable(await Visibility.AccountAsync(tx, caller.Value, reference, Visibility.Any, now).ConfigureAwait(false)) : (Account?)null;
        if (account.Refusal is { } noAccount)
        {
            return noAccount;
        }

        Result<Resource?> resource = (query.Account?.Resource ?? query.Resource) is { } name ? Nullable(await Visibility.ResourceAsync(tx, caller.Value, name, now).ConfigureAwait(false)) : (Resource?)null;
        return resource.Refusal is { } noResource
            ? noResource
            : await GrantRows.PageAsync(tx, query, filter, resource.Value, account.Value, now, FieldCheck.Bounded(page)).ConfigureAwait(false);
    }

    private static Refusal? WhyNot(Capability capabilities, bool readOnly)
    {
        if (capabilities == Capability.None || (capabilities & ~Visibility.Any) != Capability.None)
        {
            return Refusal.Invalid("A grant is for one or more of connect, manage, reveal, audit.", "can");
        }

        return readOnly && (!capabilities.HasFlag(Capability.Connect) || (capabilities & (Capability.Manage | Capability.Reveal)) != Capability.None)
            ? Refusal.Invalid("A read-only grant is for connect, with or without audit: who may reveal or change a credential could write with it.", "can")
            : null;
    }

    // Of a grant that is for reading only the filter itself says that it reaches databases.
    private static async Task<Result<AccountScope>> ScopeAsync(Tx tx, GrantDraft draft)
    {
        Result<AccountScope> scope = await AccountScope.ReadAsync(tx, draft.Target, "grant").ConfigureAwait(false);
        if (!scope.IsOk || !draft.ReadOnly)
        {
            return scope;
        }

        if (scope.Value.Filter is { } filter)
        {
            return scope.Value with { Filter = Filter.Parse($"({filter}) kind!=linux").Value.ToString() };
        }

        ResourceKind kind = scope.Value.AccountId is { } account
            ? (await AccountRows.FindAsync(tx, account).ConfigureAwait(false))!.Kind
            : (await ResourceRows.FindAsync(tx, draft.Target[..^2]).ConfigureAwait(false))!.Kind;
        return kind == ResourceKind.Linux
            ? Refusal.Invalid($"Read-only holds for databases only: on {Text.Quote(draft.Target)}, a Linux system, the gateway cannot tell what writes. Grant an account there that may only read.", "readOnly")
            : scope;
    }

    private static async Task<GrantExplanation> ExplainAsync(Tx tx, User user, Account account, DateTimeOffset now)
    {
        IReadOnlyList<Grant> grants = await GrantRows.OfUserAsync(tx, user.Id).ConfigureAwait(false);
        HashSet<long> reaching = [.. (await GrantRows.ReachingAsync(tx, grants, account).ConfigureAwait(false)).Select(grant => grant.Id)];
        List<GrantReason> reasons = [.. grants.Select(grant => Reason(grant, reaching.Contains(grant.Id), now))];
        Capability sum = user switch
        {
            { Disabled: true } => Capability.None,
            { Role: Role.Admin } => Visibility.Any,
            _ => reasons.Where(reason => reason.Holds).Aggregate(Capability.None, (all, reason) => all | reason.Grant.Capabilities),
        };
        string name = Text.Escape(user.Name);
        string sentence = user switch
        {
            { Disabled: true } => $"No: {name} is disabled.",
            { Role: Role.Admin } => $"Yes: {name} is an admin and may do everything.",
            _ when sum == Capability.None => $"No: {Text.Escape(user.Name)} has no grant that reaches {account.Reference} now.",
            _ => $"Yes: {name} may {Shown(sum)}{(IsReadOnly(reasons) ? ", for reading only," : "")} by {string.Join(" and ", reasons.Where(reason => reason.Holds).Select(reason => "grant " + reason.Grant.Id))}.",
        };
        return new GrantExplanation(user.Name, account.Reference, sum, sentence, reasons);
    }

    private static Result<T?> Nullable<T>(Result<T> result)
        where T : class => result.Refusal is { } no ? no : result.Value;

    private static GrantReason Reason(Grant grant, bool reaches, DateTimeOffset now) => (reaches, grant) switch
    {
        (false, _) => new GrantReason(grant, false, "does not reach this account"),
        (_, { From: var from }) when from > now => new GrantReason(grant, false, $"begins only at {from:u}"),
        (_, { Until: { } until }) when until <= now => new GrantReason(grant, false, $"ended at {until:u}"),
        _ => new GrantReason(grant, true, $"lets {(grant.Grantee.StartsWith(GroupMark, StringComparison.Ordinal) ? "the members of " + grant.Grantee[GroupMark.Length..] : grant.Grantee)} {grant.Rights}"),
    };

    // One grant that lets connect without that word is enough for more.
    private static bool IsReadOnly(IReadOnlyList<GrantReason> reasons)
    {
        IEnumerable<Grant> connecting = reasons.Where(reason => reason.Holds && reason.Grant.Capabilities.HasFlag(Capability.Connect)).Select(reason => reason.Grant);
        return connecting.Any() && connecting.All(grant => grant.ReadOnly);
    }

    private static string Shown(Capability capabilities) =>
        string.Join(", ", Enum.GetValues<Capability>().Where(one => one != Capability.None && capabilities.HasFlag(one)).Select(Words.Of));

    private static string Details(Grant grant) => AuditDetails.Of(
        ("grant", grant.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("to", grant.Grantee),
        ("can", grant.Rights),
        ("from", grant.From.ToString("u")),
        ("until", grant.Until?.ToString("u")));

    private static async Task<Result<(long? User, long? Group)>> GranteeAsync(Tx tx, string grantee)
    {
        if (grantee.StartsWith(GroupMark, StringComparison.Ordinal))
        {
            string name = grantee[GroupMark.Length..];
            return await GroupRows.FindAsync(tx, name).ConfigureAwait(false) is { } group
                ? ((long?)null, group.Id)
                : Refusal.NotFound($"There is no group {Text.Quote(name)}.");
        }

        return await UserRows.FindAsync(tx, grantee).ConfigureAwait(false) is { } user
            ? (user.Id, (long?)null)
            : Refusal.NotFound($"There is no user {Text.Quote(grantee)}.");
    }

    private Task<Result<T>> AdminAsync<T>(Actor actor, string what, Func<Tx, Task<Result<T>>> work, CancellationToken ct) => _database.WriteAsync<T>(
        async tx => (await Caller.AdminAsync(tx, actor, what).ConfigureAwait(false)).Refusal is { } no ? no : await work(tx).ConfigureAwait(false),
        ct);
}
