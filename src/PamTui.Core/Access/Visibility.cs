using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Access;

/// <summary>What a caller may see and do. To a member, what no grant of his reaches does not exist.</summary>
internal static class Visibility
{
    /// <summary>What can be done with accounts. To forward has nothing to do with them, and shows none.</summary>
    public const Capability Any = Capability.Connect | Capability.Manage | Capability.Reveal | Capability.Audit;

    /// <summary>Behind the resource's name in the target of a grant.</summary>
    private const string Whole = "/*";

    /// <summary>Null: all of them.</summary>
    public static async Task<Reach?> AccountsAsync(Tx tx, Caller caller, Capability wanted, DateTimeOffset now, SqlArgs args) => caller.IsAdmin
        ? null
        : await GrantRows.ReachAsync(tx, caller.User!.Id, wanted, now, args).ConfigureAwait(false);

    /// <summary>The account if the caller may do <paramref name="wanted"/> with it. Not found and not visible have the same words.</summary>
    public static async Task<Result<Account>> AccountAsync(Tx tx, Caller caller, AccountRef reference, Capability wanted, DateTimeOffset now)
    {
        if (await AccountRows.FindAsync(tx, reference).ConfigureAwait(false) is not { } account)
        {
            return NoAccount(reference);
        }

        Capability has = await CapabilitiesAsync(tx, caller, account, now).ConfigureAwait(false);
        if (has == Capability.None)
        {
            return NoAccount(reference);
        }

        return (has & wanted) != Capability.None
            ? account
            : Refusal.NotAllowed($"You may use {Text.Quote(reference.ToString())}, but no grant of yours lets you {Verb(wanted)} it.");
    }

    /// <summary>Everything the caller may do with the account now.</summary>
    public static async Task<Capability> CapabilitiesAsync(Tx tx, Caller caller, Account account, DateTimeOffset now)
    {
        if (caller.IsAdmin)
        {
            return Any;
        }

        IReadOnlyList<Grant> reaching = await GrantRows.ReachingAsync(
            tx,
            await GrantRows.OfUserAsync(tx, caller.User!.Id).ConfigureAwait(false),
            account).ConfigureAwait(false);
        return reaching
            .Where(grant => grant.From <= now && (grant.Until is not { } until || now < until))
            .Aggregate(Capability.None, (sum, grant) => sum | (grant.Capabilities & Any));
    }

    /// <summary>The resource if the caller sees it: a member does when he sees an account of it or has a grant on all of it.</summary>
    public static async Task<Result<Resource>> ResourceAsync(Tx tx, Caller caller, string name, DateTimeOffset now)
    {
        if (await ResourceRows.FindAsync(tx, name).ConfigureAwait(false) is not { } resource)
        {
            return NoResource(name);
        }

        if (caller.IsAdmin)
        {
            return resource;
        }

        SqlArgs args = new();
        Reach visible = await GrantRows.ReachAsync(tx, caller.User!.Id, Any, now, args).ConfigureAwait(false);
        long accounts = await AccountRows.CountOfResourceAsync(tx, resource.Id, visible.All.Probe, args).ConfigureAwait(false);
        return accounts > 0 || await OnWholeResourceAsync(tx, caller, name, now).ConfigureAwait(false) != Capability.None
            ? resource with { AccountCount = (int)accounts }
            : NoResource(name);
    }

    /// <summary>What the caller's grants on RESOURCE/* let him do.</summary>
    public static async Task<Capability> OnWholeResourceAsync(Tx tx, Caller caller, string name, DateTimeOffset now) =>
        caller.IsAdmin
            ? Any
            : (await OnWholeResourcesAsync(tx, caller.User!, now).ConfigureAwait(false))
                .Where(grant => grant.Target == name + Whole)
                .Aggregate(Capability.None, (sum, grant) => sum | grant.Capabilities);

    /// <summary>A condition on sessions "s": the caller's own, those on accounts that he may audit, and what was forwarded by resources that he may audit as a whole. Null: all of them.</summary>
    public static async Task<string?> SessionsAsync(Tx tx, Caller caller, DateTimeOffset now, SqlArgs args)
    {
        if (caller.IsAdmin)
        {
            return null;
        }

        Reach accounts = await GrantRows.ReachAsync(tx, caller.User!.Id, Capability.Audit, now, args).ConfigureAwait(false);
        IEnumerable<Grant> resources = await OnWholeResourcesAsync(tx, caller.User, now).ConfigureAwait(false);
        return SessionRows.OwnOr(
            caller.User.Id, accounts.All.Set, [.. resources.Where(grant => grant.Capabilities.HasFlag(Capability.Audit)).Select(grant => grant.Target[..^Whole.Length])], args);
    }

    public static Refusal NoSession(long id) => Refusal.NotFound($"There is no session {id}, or none that you may see.");

    public static Refusal NoAccount(AccountRef reference) => Refusal.NotFound($"There is no account {Text.Quote(reference.ToString())}, or none that you may see.");

    public static Refusal NoResource(string name) => Refusal.NotFound($"There is no resource {Text.Quote(name)}, or none that you may see.");

    private static async Task<IEnumerable<Grant>> OnWholeResourcesAsync(Tx tx, User user, DateTimeOffset now) =>
        (await GrantRows.OfUserAsync(tx, user.Id).ConfigureAwait(false))
            .Where(grant => grant.Scope == GrantScope.Resource && grant.From <= now && (grant.Until is not { } until || now < until));

    private static string Verb(Capability wanted) => wanted switch
    {
        Capability.Connect => "connect to",
        Capability.Manage => "change",
        Capability.Connect | Capability.Manage => "check",
        Capability.Reveal => "see the credential of",
        _ => "see the history of",
    };
}
