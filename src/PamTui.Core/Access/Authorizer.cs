using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Access;

/// <summary>What a login's account part stands for.</summary>
public abstract record LoginTarget
{
    public sealed record Found(AccessGrant Grant) : LoginTarget;

    /// <param name="Candidates">What the user may connect to under that name; at most <see cref="Authorizer.MaxCandidates"/>.</param>
    public sealed record Ambiguous(IReadOnlyList<AccountRef> Candidates) : LoginTarget;

    /// <summary>Unknown and forbidden alike.</summary>
    public sealed record None : LoginTarget;
}

/// <summary>
/// The one place that decides who may use which account. Every way in asks here, and asks again for each channel; each answer is
/// read afresh from the store.
/// </summary>
public sealed class Authorizer
{
    public const int MaxCandidates = 20;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal Authorizer(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <returns>Null: no such user or account, or no grant. The capability must be exactly one.</returns>
    public Task<AccessGrant?> AuthorizeAsync(long userId, AccountRef account, Capability capability, CancellationToken ct) =>
        _database.ReadAsync(tx => AskAsync(tx, userId, account, capability), ct);

    /// <summary>An alias that the user may connect to; else the account of that name, of the resource when one is named.</summary>
    public Task<LoginTarget> ResolveAsync(long userId, string accountOrAlias, string? resource, CancellationToken ct) => _database.ReadAsync<LoginTarget>(
        async tx =>
        {
            if (!Names.IsValid(accountOrAlias) || (resource is not null && !Names.IsValid(resource)))
            {
                return new LoginTarget.None();
            }

            if (resource is not null)
            {
                return await AskAsync(tx, userId, new AccountRef(resource, accountOrAlias), Capability.Connect).ConfigureAwait(false) is { } grant
                    ? new LoginTarget.Found(grant)
                    : new LoginTarget.None();
            }

            DateTimeOffset now = _time.GetUtcNow();
            if (await UserRows.FindAsync(tx, userId).ConfigureAwait(false) is not { Disabled: false } user)
            {
                return new LoginTarget.None();
            }

            // An alias that the user may not use is, to him, not there; so the name of an account may follow.
            if (await AccountRows.FindByAliasAsync(tx, accountOrAlias).ConfigureAwait(false) is { } aliased
                && await AccessDecision.AskAsync(tx, user, aliased, Capability.Connect, now).ConfigureAwait(false) is { } byAlias)
            {
                return new LoginTarget.Found(byAlias);
            }

            return await ByNameAsync(tx, user, accountOrAlias, now).ConfigureAwait(false);
        },
        ct);

    /// <summary>Raw TCP to a place, spelled as a grant that holds now spells it.</summary>
    /// <returns>Null: no such user, or no grant; also for an admin, who needs one as everybody does.</returns>
    public Task<ForwardGrant?> AuthorizeForwardAsync(long userId, HostPort to, CancellationToken ct) =>
        _database.ReadAsync(tx => ForwardGrant.AskAsync(tx, userId, to, _time.GetUtcNow()), ct);

    /// <summary>The kind of the resource, when the user may connect to any account of it. Null: unknown and forbidden alike.</summary>
    public Task<ResourceKind?> ReachesAsync(long userId, string resource, CancellationToken ct) => _database.ReadAsync<ResourceKind?>(
        async tx =>
        {
            if (!Names.IsValid(resource)
                || await ResourceRows.FindAsync(tx, resource).ConfigureAwait(false) is not { } found
                || await UserRows.FindAsync(tx, userId).ConfigureAwait(false) is not { Disabled: false } user)
            {
                return null;
            }

            SqlArgs args = new();
            string visible = user.Role == Role.Admin
                ? "1 = 1"
                : (await GrantRows.ReachAsync(tx, user.Id, Capability.Connect, _time.GetUtcNow(), args).ConfigureAwait(false)).All.Probe;
            return await AccountRows.CountOfResourceAsync(tx, found.Id, visible, args).ConfigureAwait(false) > 0 ? found.Kind : null;
        },
        ct);

    private static async Task<LoginTarget> ByNameAsync(Tx tx, User user, string name, DateTimeOffset now)
    {
        SqlArgs args = new();
        Reach? visible = user.Role == Role.Admin ? null : await GrantRows.ReachAsync(tx, user.Id, Capability.Connect, now, args).ConfigureAwait(false);
        IReadOnlyList<Account> accounts = await AccountRows.NamedAsync(tx, name, visible?.All.Probe, args, MaxCandidates).ConfigureAwait(false);
        if (accounts.Count > 1)
        {
            return new LoginTarget.Ambiguous([.. accounts.Select(account => account.Reference)]);
        }

        return accounts.Count == 1 && await AccessDecision.AskAsync(tx, user, accounts[0], Capability.Connect, now).ConfigureAwait(false) is { } grant
            ? new LoginTarget.Found(grant)
            : new LoginTarget.None();
    }

    private async Task<AccessGrant?> AskAsync(Tx tx, long userId, AccountRef reference, Capability capability)
    {
        User? user = await UserRows.FindAsync(tx, userId).ConfigureAwait(false);
        Account? account = await AccountRows.FindAsync(tx, reference).ConfigureAwait(false);
        return user is null || account is null ? null : await AccessDecision.AskAsync(tx, user, account, capability, _time.GetUtcNow()).ConfigureAwait(false);
    }
}
