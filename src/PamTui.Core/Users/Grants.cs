using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Users;

/// <summary>Who may do what on which accounts. For admins; a member may ask why he himself may or may not.</summary>
public sealed class Grants
{
    /// <summary>Places that one grant lets forward to.</summary>
    public const int MaxForwards = 32;

    /// <summary>Begins a grantee that is a group.</summary>
    internal const string GroupMark = "group:";

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
        if (WhyNot(draft.Capabilities, draft.ReadOnly, draft.ForwardTo) is { } badCapabilities)
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

                if (await WhyNoForwardAsync(tx, scope.Value.ResourceId is not null, draft.ForwardTo).ConfigureAwait(false) is { } noForward)
                {
                    return noForward;
                }

                GrantDraftRow row = new(
                    grantee.Value.User,
                    grantee.Value.Group,
                    scope.Value.AccountId,
                    scope.Value.ResourceId,
                    scope.Value.Filter,
                    (long)draft.Capabilities,
                    draft.ReadOnly,
                    GrantRows.StoredPlaces(draft.ForwardTo),
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

            Capability capabilities = change.Capabilities ?? grant.Capabilities;
            IReadOnlyList<HostPort> places = change.ForwardTo ?? (capabilities.HasFlag(Capability.Forward) ? grant.ForwardTo : []);
            if ((WhyNot(capabilities, grant.ReadOnly, places)
                ?? await WhyNoForwardAsync(tx, grant.Scope == GrantScope.Resource, [.. places.Except(grant.ForwardTo)]).ConfigureAwait(false)) is { } bad)
            {
                return bad;
            }

            if (change.MovesEnd && (change.Until <= _time.GetUtcNow() || change.Until <= grant.From))
            {
                return Refusal.Invalid("The grant would end before it begins, or at once: `pamtui grant remove` takes it away.", "until");
            }

            await GrantRows.SetAsync(tx, id, capabilities, places, change.MovesEnd ? change.Until : grant.Until).ConfigureAwait(false);
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

    /// <summary>Says whether the user may forward there, and by which row.</summary>
    public Task<Result<GrantExplanation>> ExplainForwardAsync(Actor actor, string user, HostPort to, CancellationToken ct) =>
        ExplainAsync(actor, user, async (tx, _, who, now) => await GrantReasons.ExplainAsync(tx, who, to, now).ConfigureAwait(false), ct);

    /// <summary>Says yes or no, and by which row.</summary>
    public Task<Result<GrantExplanation>> ExplainAsync(Actor actor, string user, AccountRef reference, CancellationToken ct) => ExplainAsync(
        actor,
        user,
        async (tx, caller, who, now) =>
        {
            Result<Account> account = await Visibility.AccountAsync(tx, caller, reference, Visibility.Any, now).ConfigureAwait(false);
            return account.Refusal is { } none ? none : await GrantReasons.ExplainAsync(tx, who, account.Value, now).ConfigureAwait(false);
        },
        ct);

    private Task<Result<GrantExplanation>> ExplainAsync(
        Actor actor, string user, Func<Tx, Caller, User, DateTimeOffset, Task<Result<GrantExplanation>>> explain, CancellationToken ct) => _database.ReadAsync<Result<GrantExplanation>>(
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

            return await UserRows.FindAsync(tx, user).ConfigureAwait(false) is { } who
                ? await explain(tx, caller.Value, who, _time.GetUtcNow()).ConfigureAwait(false)
                : Refusal.NotFound($"There is no user {Text.Quote(user)}.");
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

    private static Refusal? WhyNot(Capability capabilities, bool readOnly, IReadOnlyList<HostPort> places)
    {
        if (capabilities == Capability.None || (capabilities & ~(Visibility.Any | Capability.Forward)) != Capability.None)
        {
            return Refusal.Invalid("A grant is for one or more of connect, manage, reveal, audit, forward.", "can");
        }

        bool forwards = capabilities.HasFlag(Capability.Forward);
        if (forwards && readOnly)
        {
            return Refusal.Invalid("Read-only and forward do not mix: of bytes that are only passed on, the gateway cannot tell what writes. Give two grants.", "can");
        }

        if (forwards != places.Count > 0)
        {
            return Refusal.Invalid(forwards ? "A grant to forward names where to, as HOST:PORT (--to wiki.corp:443)." : "Only a grant to forward (--can forward) names where to.", "to");
        }

        if (places.Count > MaxForwards || places.Distinct().Count() < places.Count)
        {
            return Refusal.Invalid($"A grant names at most {MaxForwards} places to forward to, each once.", "to");
        }

        return readOnly && (!capabilities.HasFlag(Capability.Connect) || (capabilities & (Capability.Manage | Capability.Reveal)) != Capability.None)
            ? Refusal.Invalid("A read-only grant is for connect, with or without audit: who may reveal or change a credential could write with it.", "can")
            : null;
    }

    // Of a grant that is for reading only the filter itself says that it reaches databases.
    private static async Task<Result<AccountScope>> ScopeAsync(Tx tx, GrantDraft draft)
    {
        Result<AccountScope> scope = await AccountScope.ReadAsync(tx, draft.On, "grant").ConfigureAwait(false);
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

    /// <summary>What can be seen without asking the network: the gateway looks again at what a name leads to, each time.</summary>
    private static async Task<Refusal?> WhyNoForwardAsync(Tx tx, bool isOnResource, IReadOnlyList<HostPort> places)
    {
        if (places.Count > 0 && !isOnResource)
        {
            return Refusal.Invalid("Forwarding is granted on a resource, RESOURCE or RESOURCE/*, and leads to the places that the grant names.", "filter");
        }

        foreach (HostPort place in places)
        {
            if (await ResourceRows.FindAtAsync(tx, place.Host, place.Port).ConfigureAwait(false) is { } managed)
            {
                return Refusal.Invalid($"{place} is the resource {managed} itself: what the vault manages is reached by its accounts (--can connect), never by forwarding.", "to");
            }

            if (await ResourceRows.FindAsync(tx, place.Host).ConfigureAwait(false) is not null
                || await AccountRows.FindByAliasAsync(tx, place.Host).ConfigureAwait(false) is not null
                || await AccountRows.NameIsUsedAsync(tx, place.Host).ConfigureAwait(false))
            {
                return Refusal.Invalid($"{Text.Quote(place.Host)} is a name of the vault, which as a host means an account: write the full name or the address of what is meant.", "to");
            }
        }

        return null;
    }

    private static Result<T?> Nullable<T>(Result<T> result)
        where T : class => result.Refusal is { } no ? no : result.Value;

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
