using PamTui.Core.Access;
using PamTui.Core.Connectors;
using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Rotation;

/// <summary>
/// Credentials that are replaced on the target and in the vault, with proof that the new one works. Needs manage on the account;
/// what a person must decide about two credentials is an admin's.
/// </summary>
public sealed class Rotations
{
    private readonly Database _database;
    private readonly Credentials _credentials;
    private readonly SignInCheck _check;
    private readonly Rotators _rotators;
    private readonly RotationPlans _plans;
    private readonly PasswordMaker _maker;
    private readonly Ledger _ledger;
    private readonly Hooks _hooks;
    private readonly TimeProvider _time;

    internal Rotations(Database database, Credentials credentials, SignInCheck check, Rotators rotators, RotationPlans plans, PasswordMaker maker, Ledger ledger, Hooks hooks, TimeProvider time) =>
        (_database, _credentials, _check, _rotators, _plans, _maker, _ledger, _hooks, _time) = (database, credentials, check, rotators, plans, maker, ledger, hooks, time);

    /// <summary>What a rotation would do. Signs in the way it would and asks the target whether it would take the change; changes nothing.</summary>
    /// <param name="byItself">Not by the resource's rotation account.</param>
    public async Task<Result<RotationPlan>> PlanAsync(Actor actor, AccountRef reference, bool byItself, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        Result<(RotationPlans.Judged Judged, IReadOnlyList<string> Warnings, RotationRecord? Open, Login By, Secret Current, Secret? CurrentPassphrase)> read = await _database.ReadAsync<Result<(RotationPlans.Judged, IReadOnlyList<string>, RotationRecord?, Login, Secret, Secret?)>>(
            async tx =>
            {
                Result<RotationPlans.Judged> judged = await _plans.JudgeAsync(tx, actor, reference, byItself).ConfigureAwait(false);
                if (judged.Refusal is { } no)
                {
                    return no;
                }

                RotationPlans.Judged plan = judged.Value;
                Account by = plan.By ?? plan.Account;
                (Secret main, Secret? passphrase) = await _credentials.OpenAsync(tx, by).ConfigureAwait(false);
                (Secret current, Secret? currentPassphrase) = plan.By is null ? (main.Copy(), passphrase?.Copy()) : await _credentials.OpenAsync(tx, plan.Account).ConfigureAwait(false);
                return (
                    plan,
                    await RotationPlans.WarningsAsync(tx, plan).ConfigureAwait(false),
                    await RotationRows.OpenAsync(tx, plan.Account.Id).ConfigureAwait(false),
                    new Login(by.Username, by.Credential, main, passphrase),
                    current,
                    currentPassphrase);
            },
            ct).ConfigureAwait(false);
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        (RotationPlans.Judged judged, IReadOnlyList<string> warnings, RotationRecord? open, Login login, Secret old, Secret? oldPassphrase) = read.Value;
        using Secret main = login.Main;
        using Secret? passphrase = login.Passphrase;
        using Secret current = old;
        using Secret? currentPassphrase = oldPassphrase;
        Account account = judged.Account;
        PasswordPolicy? policy = account.Credential == CredentialType.Password ? PasswordChoice.Resolve(account.Passwords, judged.Resource.Passwords) : null;
        if (policy?.Check() is { } broken)
        {
            return broken;
        }

        // Both credentials of an unfinished rotation are the ledger's; a sign-in here could only spoil what it finds out.
        CheckReport? test = open is { State: not RotationState.Planned }
            ? null
            : await TestAsync(judged.Resource, login, new CredentialChange(account.Username, judged.By is null, account.Credential, current, currentPassphrase), progress, ct).ConfigureAwait(false);
        using Secret? example = policy is null ? null : _maker.Make(policy);
        return new RotationPlan(reference, judged.Way, judged.By?.Name, Sentence(judged), policy, example?.RevealText(), warnings, open, test);
    }

    /// <summary>
    /// Replaces the credential, or finishes the rotation that was begun before. The answer tells how it came out: promoted; failed (the
    /// old one is the account's still); any other state waits for the next run, and needs-attention for a person.
    /// </summary>
    /// <remarks>The hook of the account's policy is run before it answers.</remarks>
    /// <returns>A refusal: nothing was begun, or somebody else has taken over.</returns>
    public Task<Result<RotationRecord>> RotateAsync(Actor actor, AccountRef reference, bool byItself, IProgress<RotationProgress>? progress, CancellationToken ct) =>
        RotateAsync(actor, reference, byItself, null, progress, ct);

    /// <param name="gate">Of <see cref="Ledger.BeginAsync"/>.</param>
    internal async Task<Result<RotationRecord>> RotateAsync(
        Actor actor, AccountRef reference, bool byItself, Func<Tx, Task<Refusal?>>? gate, IProgress<RotationProgress>? progress, CancellationToken ct)
    {
        Result<RotationJob> begun = await _ledger.BeginAsync(actor, reference, byItself, gate, ct).ConfigureAwait(false);
        if (begun.Refusal is { } no)
        {
            return no;
        }

        using RotationJob job = begun.Value;
        RotationWalk walk = new(_ledger, _rotators, _check, job, progress, _time, ct);
        await using (walk.ConfigureAwait(false))
        {
            return await walk.RunAsync().ConfigureAwait(false) is { } stopped ? stopped : await WithHookAsync(job, ct).ConfigureAwait(false);
        }
    }

    /// <summary>The rotations of the account, the newest first. Needs manage or audit.</summary>
    public Task<Result<Page<RotationRecord>>> ListAsync(Actor actor, AccountRef reference, PageRequest page, CancellationToken ct) => _database.ReadAsync<Result<Page<RotationRecord>>>(
        async tx =>
        {
            Result<(Resource Resource, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Capability.Manage | Capability.Audit).ConfigureAwait(false);
            return found.Refusal is { } no ? no : await RotationRows.PageAsync(tx, found.Value.Account.Id, FieldCheck.Bounded(page)).ConfigureAwait(false);
        },
        ct);

    /// <summary>Who works on the account's rotation now; null: nobody. For who sees the account.</summary>
    public Task<Result<RotationLease?>> LeaseAsync(Actor actor, AccountRef reference, CancellationToken ct) => _database.ReadAsync<Result<RotationLease?>>(
        async tx =>
        {
            Result<(Resource Resource, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Visibility.Any).ConfigureAwait(false);
            return found.Refusal is { } no
                ? no
                : await LeaseRows.FindAsync(tx, found.Value.Account.Id).ConfigureAwait(false) is { } row && StoredTime.From(row.Expires) > _time.GetUtcNow()
                    ? new RotationLease(LeaseOwner.Name(row), StoredTime.From(row.Taken), StoredTime.From(row.Expires))
                    : (RotationLease?)null;
        },
        ct);

    /// <summary>
    /// Ends a rotation that cannot end by itself: the staged or the current credential is kept, the other one dropped. It must sign in,
    /// unless <paramref name="unverified"/>. For admins.
    /// </summary>
    public async Task<Result<RotationRecord>> ResolveAsync(Actor actor, AccountRef reference, bool useStaged, bool unverified, CancellationToken ct)
    {
        Result<Caller> admin = await _database.ReadAsync(tx => Caller.AdminAsync(tx, actor, "decide between two credentials"), ct).ConfigureAwait(false);
        Result<RotationJob> begun = admin.Refusal is { } no ? no : await _ledger.ReopenAsync(actor, reference, ct).ConfigureAwait(false);
        if (begun.Refusal is { } refusal)
        {
            return refusal;
        }

        using RotationJob job = begun.Value;
        RotationWalk walk = new(_ledger, _rotators, _check, job, null, _time, ct);
        await using (walk.ConfigureAwait(false))
        {
            return await walk.ResolveAsync(useStaged, unverified).ConfigureAwait(false) is { } stopped ? stopped : await WithHookAsync(job, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the hook that the account's latest rotation owes, also one that failed too often. Needs manage.</summary>
    public async Task<Result<RotationHook>> RunHookAsync(Actor actor, AccountRef reference, CancellationToken ct)
    {
        Result<Account> found = await _database.ReadAsync<Result<Account>>(
            async tx =>
            {
                Result<(Resource Resource, Account Account)> account = await _plans.RequireAsync(tx, actor, reference, Capability.Manage).ConfigureAwait(false);
                return account.Refusal is { } no ? no : account.Value.Account;
            },
            ct).ConfigureAwait(false);
        if (found.Refusal is { } refusal)
        {
            return refusal;
        }

        return await _hooks.RunAsync(actor, found.Value.Id, again: true, ct).ConfigureAwait(false) is { } hook
            ? hook
            : Refusal.Failed($"{Text.Quote(reference.ToString())} owes no hook that could be run now: `pamtui account show {reference}` tells how the last one went.");
    }

    /// <summary>Takes the account away from a process that is stuck; one that still runs stops at its next step. For admins.</summary>
    public Task<Result<Done>> BreakLeaseAsync(Actor actor, AccountRef reference, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            Result<(Resource Resource, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Capability.Manage).ConfigureAwait(false);
            Result<Caller> admin = await Caller.AdminAsync(tx, actor, "break a lease").ConfigureAwait(false);
            return (found.Refusal ?? admin.Refusal) is { } no ? no : await _ledger.BreakLeaseAsync(tx, actor, found.Value.Account).ConfigureAwait(false);
        },
        ct);

    private async Task<RotationRecord> WithHookAsync(RotationJob job, CancellationToken ct) =>
        job.Row.State == RotationState.Promoted && await _hooks.RunAsync(job.Actor, job.Account.Id, again: false, ct).ConfigureAwait(false) is { } hook
            ? job.Row with { Hook = hook }
            : job.Row;

    private static string Sentence(RotationPlans.Judged judged)
    {
        string who = judged.By is null ? "by itself" : $"by the rotation account {judged.By.Reference}";
        string what = judged.Account.Credential == CredentialType.Password ? "the password" : "the key";
        return $"{Words.Of(judged.Account.Kind)}: {what} of {Text.Quote(judged.Account.Username)} on {Text.Escape(judged.Resource.Host)}:{judged.Resource.Port} is replaced {who}.";
    }

    private async Task<CheckReport> TestAsync(Resource resource, Login by, CredentialChange change, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        (ChangeSession? open, CheckReport report) = await _rotators.OpenAsync(resource, by, change, progress, ct).ConfigureAwait(false);
        if (open is null)
        {
            return report;
        }

        await using (open.ConfigureAwait(false))
        {
            return report with { Failure = await open.TestAsync(ct).ConfigureAwait(false) };
        }
    }
}
