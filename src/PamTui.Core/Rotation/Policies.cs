using System.Globalization;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Rotation;

/// <summary>
/// When credentials change by themselves. For admins. A hook is a program that the gateway runs: who came in over SSH sets one only
/// if the operator allows it (<see cref="CoreOptions.HooksOverSsh"/>).
/// </summary>
public sealed class Policies
{
    private const int OrderStep = 10;
    private const int MaxOrder = 1_000_000;

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly bool _hooksOverSsh;
    private readonly TimeProvider _time;

    internal Policies(Database database, AuditWriter audit, bool hooksOverSsh, TimeProvider time) => (_database, _audit, _hooksOverSsh, _time) = (database, audit, hooksOverSsh, time);

    public Task<Result<RotationPolicy>> AddAsync(Actor actor, PolicyDraft draft, CancellationToken ct) => AdminAsync<RotationPolicy>(
        actor,
        "add rotation policies",
        async tx =>
        {
            if ((Names.Check(draft.Name, "policy", "name") ?? Broken(draft) ?? HookRefused(actor, null, draft.Terms.Hook)) is { } broken)
            {
                return broken;
            }

            if (await PolicyRows.FindAsync(tx, draft.Name).ConfigureAwait(false) is not null)
            {
                return Refusal.Failed($"There is a policy {Text.Quote(draft.Name)} already.", "name");
            }

            if (await PolicyRows.CountAsync(tx).ConfigureAwait(false) >= PolicyRows.Max)
            {
                return Refusal.Failed($"There are {PolicyRows.Max} policies already: let one reach more accounts by RESOURCE/* or a filter.");
            }

            Result<PolicyRow> row = await RowAsync(tx, draft).ConfigureAwait(false);
            if (row.Refusal is { } no)
            {
                return no;
            }

            await PolicyRows.InsertAsync(tx, row.Value).ConfigureAwait(false);
            return await TellAsync(tx, actor, "policy.add", draft.Name).ConfigureAwait(false);
        },
        ct);

    /// <param name="change">Makes the policy as it shall be from the policy as it is, inside the transaction; the name stays.</param>
    public Task<Result<RotationPolicy>> EditAsync(Actor actor, string name, Func<PolicyDraft, PolicyDraft> change, CancellationToken ct) => AdminAsync<RotationPolicy>(
        actor,
        "change rotation policies",
        async tx =>
        {
            if (await PolicyRows.FindAsync(tx, name).ConfigureAwait(false) is not { } old)
            {
                return None(name);
            }

            PolicyDraft draft = change(new PolicyDraft(old.Name, old.Order, old.Target, old.Terms));
            if ((Broken(draft) ?? HookRefused(actor, old.Terms.Hook, draft.Terms.Hook)) is { } broken)
            {
                return broken;
            }

            Result<PolicyRow> row = await RowAsync(tx, draft).ConfigureAwait(false);
            if (row.Refusal is { } no)
            {
                return no;
            }

            await PolicyRows.UpdateAsync(tx, old.Name, row.Value).ConfigureAwait(false);
            return await TellAsync(tx, actor, "policy.edit", old.Name).ConfigureAwait(false);
        },
        ct);

    public Task<Result<Done>> RemoveAsync(Actor actor, string name, CancellationToken ct) => AdminAsync<Done>(
        actor,
        "remove rotation policies",
        async tx =>
        {
            if (await PolicyRows.FindAsync(tx, name).ConfigureAwait(false) is not { } policy)
            {
                return None(name);
            }

            await PolicyRows.DeleteAsync(tx, policy.Id).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "policy.remove", policy.Name, Details(policy)).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <summary>All of them, in their order.</summary>
    public Task<Result<IReadOnlyList<RotationPolicy>>> ListAsync(Actor actor, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<RotationPolicy>>>(
        async tx => (await Caller.AdminAsync(tx, actor, "list rotation policies").ConfigureAwait(false)).Refusal is { } no
            ? no
            : Result.Ok(await PolicyRows.AllAsync(tx).ConfigureAwait(false)),
        ct);

    /// <summary>The policy, and how many accounts it holds for.</summary>
    public Task<Result<(RotationPolicy Policy, long Accounts)>> FindAsync(Actor actor, string name, CancellationToken ct) => _database.ReadAsync<Result<(RotationPolicy, long)>>(
        async tx =>
        {
            if ((await Caller.AdminAsync(tx, actor, "see rotation policies").ConfigureAwait(false)).Refusal is { } no)
            {
                return no;
            }

            return await PolicyRows.FindAsync(tx, name).ConfigureAwait(false) is { } policy ? (policy, await PolicyRows.CountAsync(tx, name).ConfigureAwait(false)) : None(name);
        },
        ct);

    private static Refusal None(string name) => Refusal.NotFound($"There is no policy {Text.Quote(name)}.");

    private static Refusal? Broken(PolicyDraft draft) => draft switch
    {
        { Order: < 1 or > MaxOrder } => Refusal.Invalid($"The order is a number from 1 to {MaxOrder}.", "order"),
        { Terms: { Interval: var interval } } when interval < RotationTerms.MinInterval || interval > RotationTerms.MaxInterval =>
            Refusal.Invalid($"The interval is {Duration.Of(RotationTerms.MinInterval)} at least and {Duration.Of(RotationTerms.MaxInterval)} at most.", "every"),
        { Terms: { Jitter: var jitter, Interval: var interval } } when jitter < TimeSpan.Zero || jitter > interval => Refusal.Invalid("The jitter is at most the interval.", "jitter"),
        { Terms.AfterReveal: { } wait } when wait < TimeSpan.Zero || wait > RotationTerms.MaxInterval => Refusal.Invalid($"The time after a reveal is at most {Duration.Of(RotationTerms.MaxInterval)}.", "after-reveal"),
        _ => null,
    };

    private static string Details(RotationPolicy policy) => AuditDetails.Of(
        ("order", policy.Order.ToString(CultureInfo.InvariantCulture)),
        ("on", policy.Target),
        ("enabled", policy.Terms.Enabled ? "yes" : "no"),
        ("every", Duration.Of(policy.Terms.Interval)),
        ("window", policy.Terms.Window?.Text),
        ("jitter", Duration.Of(policy.Terms.Jitter)),
        ("sessions", policy.Terms.WaitsForSessions ? "wait" : "go-on"),
        ("by-itself", policy.Terms.ByItself ? "yes" : null),
        ("after-reveal", policy.Terms.AfterReveal is { } wait ? Duration.Of(wait) : null),
        ("hook", policy.Terms.Hook?.ToString()));

    // Whoever sets a hook runs a program as the gateway: that is more than any right inside the vault.
    private Refusal? HookRefused(Actor actor, HookCommand? old, HookCommand? hook)
    {
        if (hook is null || hook.Equals(old))
        {
            return null;
        }

        return actor.UserId is not null && !_hooksOverSsh
            ? Refusal.NotAllowed("A hook is a program that the gateway runs, so it is set at the gateway's own machine; the setting Rotation:HooksOverSsh allows it from elsewhere.")
            : HookProgram.WhyNot(hook.Words[0]) is { } unsafeProgram ? Refusal.Invalid(unsafeProgram, "hook") : null;
    }

    private async Task<Result<PolicyRow>> RowAsync(Tx tx, PolicyDraft draft)
    {
        Result<AccountScope> scope = await AccountScope.ReadAsync(tx, draft.Target, "policy").ConfigureAwait(false);
        if (scope.Refusal is { } no)
        {
            return no;
        }

        int order = draft.Order ?? (int)Math.Min(MaxOrder, await PolicyRows.LastOrderAsync(tx).ConfigureAwait(false) + OrderStep);
        return await PolicyRows.FindAsync(tx, order).ConfigureAwait(false) is { } other && other.Name != draft.Name
            ? Refusal.Failed($"The policy {Text.Quote(other.Name)} has the order {order}: of two that reach an account the lower one holds, so no two have the same.", "order")
            : new PolicyRow(draft.Name, order, scope.Value.AccountId, scope.Value.ResourceId, scope.Value.Filter, draft.Terms, _time.GetUtcNow());
    }

    private async Task<RotationPolicy> TellAsync(Tx tx, Actor actor, string action, string name)
    {
        RotationPolicy policy = (await PolicyRows.FindAsync(tx, name).ConfigureAwait(false))!;
        await _audit.AppendAsync(tx, actor, action, policy.Name, Details(policy)).ConfigureAwait(false);
        return policy;
    }

    private Task<Result<T>> AdminAsync<T>(Actor actor, string what, Func<Tx, Task<Result<T>>> work, CancellationToken ct) => _database.WriteAsync<T>(
        async tx => (await Caller.AdminAsync(tx, actor, what).ConfigureAwait(false)).Refusal is { } no ? no : await work(tx).ConfigureAwait(false),
        ct);
}
