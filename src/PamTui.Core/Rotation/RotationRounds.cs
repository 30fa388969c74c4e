using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Rotation;

/// <summary>An account that a round takes up, and why.</summary>
/// <param name="Unfinished">A rotation that was begun is brought to its end.</param>
public sealed record DueRotation(AccountRef Account, string? Policy, bool Unfinished);

/// <summary>How a round dealt with one account.</summary>
/// <param name="Row">The rotation; null: it could not begin, or only its hook was run.</param>
/// <param name="Hook">The hook as it is now.</param>
/// <param name="Error">Why it did not come to its end, in one sentence.</param>
public sealed record RoundOutcome(AccountRef Account, RotationRecord? Row, RotationHook? Hook, string? Error);

/// <summary>
/// What is due, done: rotations whose policy wants them now, those that a crash or an unreachable target left, and hooks that are owed.
/// Any number of processes may go round at once: whether an account is due is asked again in the transaction that takes its lease.
/// </summary>
public sealed class RotationRounds
{
    private const int MaxAccounts = 1000;

    private readonly Database _database;
    private readonly Rotations _rotations;
    private readonly RotationPlans _plans;
    private readonly Ledger _ledger;
    private readonly Hooks _hooks;
    private readonly TimeProvider _time;

    internal RotationRounds(Database database, Rotations rotations, RotationPlans plans, Ledger ledger, Hooks hooks, TimeProvider time) =>
        (_database, _rotations, _plans, _ledger, _hooks, _time) = (database, rotations, plans, ledger, hooks, time);

    /// <summary>What a round would take up now. For admins.</summary>
    public Task<Result<IReadOnlyList<DueRotation>>> DueAsync(Actor actor, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<DueRotation>>>(
        async tx => (await Caller.AdminAsync(tx, actor, "see what is due").ConfigureAwait(false)).Refusal is { } no
            ? no
            : Result.Ok<IReadOnlyList<DueRotation>>([.. (await FindAsync(tx).ConfigureAwait(false)).Select(due => new DueRotation(due.Account.Reference, due.Policy?.Name, due.Account.Rotation.IsUnfinished))]),
        ct);

    /// <summary>
    /// One round: at most <paramref name="atOnce"/> accounts at once, and one of a resource at a time, other processes included: a resource
    /// that another one is at is left to it. For admins and the program itself.
    /// </summary>
    /// <param name="ended">Told of each account as it ends.</param>
    public async Task<Result<IReadOnlyList<RoundOutcome>>> RunAsync(Actor actor, int atOnce, IProgress<RoundOutcome>? ended, CancellationToken ct)
    {
        Result<(IReadOnlyList<Due> Due, IReadOnlyList<Account> Hooks)> found = await _database.ReadAsync<Result<(IReadOnlyList<Due>, IReadOnlyList<Account>)>>(
            async tx => (await Caller.AdminAsync(tx, actor, "rotate what is due").ConfigureAwait(false)).Refusal is { } no
                ? no
                : (await FindAsync(tx).ConfigureAwait(false), await FindHooksAsync(tx).ConfigureAwait(false)),
            ct).ConfigureAwait(false);
        if (found.Refusal is { } refusal)
        {
            return refusal;
        }

        List<RoundOutcome> outcomes = [];
        Lock gate = new();
        IEnumerable<(Account Account, Func<CancellationToken, Task<RoundOutcome?>> Work)> work =
        [
            .. found.Value.Hooks.Select(account => (account, (Func<CancellationToken, Task<RoundOutcome?>>)(stop => HookAsync(actor, account, stop)))),
            .. found.Value.Due.Select(due => (due.Account, (Func<CancellationToken, Task<RoundOutcome?>>)(stop => RotateAsync(actor, due, stop)))),
        ];
        await Parallel.ForEachAsync(
            work.GroupBy(one => one.Account.ResourceId),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct },
            async (ofResource, stop) =>
            {
                ResourceTurn turn = new(_database, _ledger, _time, ofResource.Key);
                try
                {
                    foreach ((_, Func<CancellationToken, Task<RoundOutcome?>> run) in ofResource)
                    {
                        if (!await turn.HoldAsync(stop).ConfigureAwait(false))
                        {
                            return;
                        }

                        if (await run(stop).ConfigureAwait(false) is { } outcome)
                        {
                            lock (gate)
                            {
                                outcomes.Add(outcome);
                            }

                            ended?.Report(outcome);
                        }
                    }
                }
                finally
                {
                    await turn.ReleaseAsync().ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        return Result.Ok<IReadOnlyList<RoundOutcome>>(outcomes);
    }

    /// <summary>What comes next for the account, by which policy. For who sees the account; its hook is for who may manage or audit it.</summary>
    public Task<Result<RotationOutlook>> OutlookAsync(Actor actor, AccountRef reference, CancellationToken ct) => _database.ReadAsync<Result<RotationOutlook>>(
        async tx =>
        {
            Result<(Resource Resource, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Visibility.Any).ConfigureAwait(false);
            if (found.Refusal is { } no)
            {
                return no;
            }

            Account account = found.Value.Account;
            DateTimeOffset now = _time.GetUtcNow();
            RotationHook? hook = (await RotationRows.LatestWithHookAsync(tx, account.Id).ConfigureAwait(false))?.Hook;
            bool mayReadHook = (await _plans.RequireAsync(tx, actor, reference, Capability.Manage | Capability.Audit).ConfigureAwait(false)).IsOk;
            RotationPolicy? policy = await PolicyRows.ForAsync(tx, account).ConfigureAwait(false);
            (RotationOutlookState state, DateTimeOffset? next) = RotationTimes.Of(account, policy, await SessionRows.IsAccountInUseAsync(tx, account.Id, now).ConfigureAwait(false), now);
            return new RotationOutlook(
                policy,
                state,
                next,
                account.Rotation.Failures,
                RotationTimes.IsOverdue(account, policy, now),
                (int)await RotationRows.CountAsync(tx, account.Id).ConfigureAwait(false),
                mayReadHook ? hook : null);
        },
        ct);

    private async Task<IReadOnlyList<Due>> FindAsync(Tx tx)
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<Due> due = [];
        HashSet<long> seen = [];
        foreach (long id in await RotationRows.UnfinishedAccountsAsync(tx, MaxAccounts).ConfigureAwait(false))
        {
            await AddAsync(id, null).ConfigureAwait(false);
        }

        bool IsOpen(RotationPolicy policy) => policy.Terms.Window is not { } window || (window.From(now) is { } open && open.Opens <= now);
        foreach ((long id, RotationPolicy policy) in await PolicyRows.CandidatesAsync(tx, IsOpen, RotationTimes.MaxTries, now, MaxAccounts).ConfigureAwait(false))
        {
            await AddAsync(id, policy).ConfigureAwait(false);
        }

        return due;

        async Task AddAsync(long id, RotationPolicy? policy)
        {
            if (seen.Add(id) && await AccountRows.FindAsync(tx, id).ConfigureAwait(false) is { } account && await IsDueAsync(tx, account, policy, now).ConfigureAwait(false))
            {
                due.Add(new Due(account, policy));
            }
        }
    }

    private async Task<IReadOnlyList<Account>> FindHooksAsync(Tx tx)
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<Account> accounts = [];
        foreach (RotationRecord row in await RotationRows.WithHookAsync(tx, HookState.Pending, MaxAccounts).ConfigureAwait(false))
        {
            if (Hooks.Next(row.Hook!) <= now && await AccountRows.FindAsync(tx, row.AccountId).ConfigureAwait(false) is { } account)
            {
                accounts.Add(account);
            }
        }

        return accounts;
    }

    private static async Task<bool> IsDueAsync(Tx tx, Account account, RotationPolicy? policy, DateTimeOffset now) =>
        RotationTimes.Of(account, policy, await SessionRows.IsAccountInUseAsync(tx, account.Id, now).ConfigureAwait(false), now).State == RotationOutlookState.Due;

    private async Task<RoundOutcome?> RotateAsync(Actor actor, Due due, CancellationToken ct)
    {
        AccountRef reference = due.Account.Reference;
        Result<RotationRecord> row;
        try
        {
            row = await _rotations.RotateAsync(actor, reference, due.Policy?.Terms.ByItself == true, StillDueAsync, null, ct).ConfigureAwait(false);
        }
        catch (VaultException damaged)
        {
            // One account whose row was changed outside the vault must not hold up the others.
            row = Refusal.Failed(damaged.Message);
        }

        if (row.Refusal is not { } no)
        {
            return new RoundOutcome(reference, row.Value, row.Value.Hook, row.Value.State == RotationState.Promoted ? null : row.Value.Error);
        }

        return await _ledger.RefusedAsync(actor, due.Account, no.Message, StillDueAsync).ConfigureAwait(false) ? new RoundOutcome(reference, null, null, no.Message) : null;

        // Another process may have done it, or a person may have changed what makes it due, since the list was read.
        async Task<Refusal?> StillDueAsync(Tx tx) =>
            await AccountRows.FindAsync(tx, due.Account.Id).ConfigureAwait(false) is { } account
            && await IsDueAsync(tx, account, await PolicyRows.ForAsync(tx, account).ConfigureAwait(false), _time.GetUtcNow()).ConfigureAwait(false)
                ? null
                : Refusal.Failed($"{Text.Quote(reference.ToString())} is not due any more.");
    }

    private async Task<RoundOutcome?> HookAsync(Actor actor, Account account, CancellationToken ct)
    {
        try
        {
            return await _hooks.RunAsync(actor, account.Id, again: false, ct).ConfigureAwait(false) is { } hook ? new RoundOutcome(account.Reference, null, hook, hook.Error) : null;
        }
        catch (VaultException damaged)
        {
            return new RoundOutcome(account.Reference, null, null, damaged.Message);
        }
    }

    private sealed record Due(Account Account, RotationPolicy? Policy);
}
