using System.Globalization;
using System.Security.Cryptography;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Rotation;

/// <summary>
/// The steps of rotations, each one transaction with its audit row, written before the next thing is done. Every step asks whether
/// the account is still held by this job and still the one it was; when not, nothing is written and the job stops.
/// </summary>
internal sealed class Ledger(Database database, AuditWriter audit, Credentials credentials, RotationPlans plans, PasswordMaker passwords, KeyMaker keys, LeaseOwner owner, TimeProvider time)
{
    /// <summary>Longer than any one thing that is done between two steps, each of which renews it.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(2);

    private const int MaxTwins = 100;

    private const string Action = "account.rotate.";

    /// <summary>Takes the lease and begins a rotation, or takes up the one that is not over.</summary>
    /// <param name="gate">Asked inside the transaction whether it may begin; null: a person wants it, so earlier failures count no more.</param>
    public Task<Result<RotationJob>> BeginAsync(Actor actor, AccountRef reference, bool byItself, Func<Tx, Task<Refusal?>>? gate, CancellationToken ct) =>
        TakeUpAsync(actor, reference, byItself, onlyUnfinished: false, gate, ct);

    /// <summary>Takes the lease and the rotation that is not over; a refusal when there is none whose new credential is sealed.</summary>
    public Task<Result<RotationJob>> ReopenAsync(Actor actor, AccountRef reference, CancellationToken ct) => TakeUpAsync(actor, reference, byItself: true, onlyUnfinished: true, null, ct);

    /// <summary>Makes the new credential and seals it: from here on the target may hear of it.</summary>
    public async Task<Refusal?> StageAsync(RotationJob job)
    {
        Result<Secret> fresh = Make(job);
        if (fresh.Refusal is { } broken)
        {
            return broken;
        }

        Secret made = fresh.Value;
        Refusal? refusal = await StepAsync(job, RotationState.Staged, null, tx => credentials.StageAsync(tx, job.Account.Id, job.Row.NewVersion, job.Account.Credential, made)).ConfigureAwait(false);
        if (refusal is null)
        {
            job.Staged = made;
        }
        else
        {
            made.Dispose();
        }

        return refusal;
    }

    public Task<Refusal?> AppliedAsync(RotationJob job) => StepAsync(job, RotationState.Applied, null, _ => Task.CompletedTask);

    public Task<Refusal?> VerifiedAsync(RotationJob job) => StepAsync(job, RotationState.Verified, null, _ => Task.CompletedTask);

    /// <summary>The new credential becomes the account's, the old one is gone, and so is the lease.</summary>
    public Task<Refusal?> PromoteAsync(RotationJob job) => StepAsync(
        job,
        RotationState.Promoted,
        null,
        async tx =>
        {
            DateTimeOffset now = time.GetUtcNow();
            Account account = (await AccountRows.FindAsync(tx, job.Account.Id).ConfigureAwait(false))!;
            await credentials.PromoteAsync(tx, account, job.Row.NewVersion).ConfigureAwait(false);
            await AccountRows.SetRotatedAsync(tx, account.Id, now, job.Row.NewVersion).ConfigureAwait(false);
            await AccountRows.UpdateAsync(tx, account with { CheckState = CheckState.Verified, LastChecked = now, LastCheckError = null, Updated = now }).ConfigureAwait(false);
            foreach (Account twin in await AccountRows.SameIdentityAsync(tx, account, job.Resource, MaxTwins).ConfigureAwait(false))
            {
                await AccountRows.UpdateAsync(tx, twin with { CheckState = CheckState.Unverified }).ConfigureAwait(false);
                await audit.AppendAsync(tx, job.Actor, "account.edit", twin.Reference.ToString(), AuditDetails.Of(("check", "unverified"), ("because", "rotation of " + account.Reference))).ConfigureAwait(false);
            }

            if ((await PolicyRows.ForAsync(tx, account).ConfigureAwait(false))?.Terms.Hook is not null)
            {
                await RotationRows.DropHooksAsync(tx, account.Id).ConfigureAwait(false);
                await RotationRows.SetHookAsync(tx, job.Row.Id, new RotationHook(HookState.Pending, 0, null, null, null)).ConfigureAwait(false);
            }

            await LeaseRows.DeleteAsync(tx, account.Id, job.Lease).ConfigureAwait(false);
        });

    /// <summary>The old credential stays, the new one is gone, and so is the lease.</summary>
    public Task<Refusal?> FailAsync(RotationJob job, string why) => StepAsync(
        job,
        RotationState.Failed,
        why,
        async tx =>
        {
            await Credentials.DropStagedAsync(tx, job.Account).ConfigureAwait(false);
            await LeaseRows.DeleteAsync(tx, job.Account.Id, job.Lease).ConfigureAwait(false);
        });

    /// <summary>Neither of the two works: both are kept for a person.</summary>
    public Task<Refusal?> AskForAttentionAsync(RotationJob job, string why) => StepAsync(
        job, RotationState.NeedsAttention, why, tx => LeaseRows.DeleteAsync(tx, job.Account.Id, job.Lease));

    /// <summary>Nothing is decided: the state stays with the reason, and the next run goes on from it.</summary>
    public Task<Refusal?> PauseAsync(RotationJob job, string why) => StepAsync(
        job, job.Row.State, why, tx => LeaseRows.DeleteAsync(tx, job.Account.Id, job.Lease));

    /// <summary>Whether this job still holds the account, right before the target is told something; renews it.</summary>
    public async Task<Refusal?> HoldAsync(RotationJob job)
    {
        Result<Done> held = await database.WriteAsync<Done>(
            async tx => await HoldAsync(tx, job).ConfigureAwait(false) is { } lost ? lost : default(Done),
            CancellationToken.None).ConfigureAwait(false);
        return held.Refusal;
    }

    /// <summary>Takes an account away from whoever holds it. The caller has been asked for his right.</summary>
    public async Task<Result<Done>> BreakLeaseAsync(Tx tx, Actor actor, Account account)
    {
        if (await LeaseRows.FindAsync(tx, account.Id).ConfigureAwait(false) is not { } row)
        {
            return Refusal.Failed($"Nobody holds {Text.Quote(account.Reference.ToString())}: there is no lease to break.");
        }

        await LeaseRows.DeleteAsync(tx, account.Id).ConfigureAwait(false);
        await audit.AppendAsync(tx, actor, Action + "break-lease", account.Reference.ToString(), AuditDetails.Of(("owner", LeaseOwner.Name(row)))).ConfigureAwait(false);
        return default(Done);
    }

    /// <summary>
    /// The program itself was to rotate the account and could not even begin: that counts as a failure, or it would be tried every
    /// round. False: another process has it, or has done it.
    /// </summary>
    public async Task<bool> RefusedAsync(Actor actor, Account account, string why, Func<Tx, Task<Refusal?>> gate)
    {
        Result<bool> counted = await database.WriteAsync<bool>(
            async tx =>
            {
                if (await TakeAsync(tx, account).ConfigureAwait(false) is not { IsOk: true } lease || await gate(tx).ConfigureAwait(false) is not null)
                {
                    return Refusal.Failed("It is not this process' to do.");
                }

                await LeaseRows.DeleteAsync(tx, account.Id, lease.Value).ConfigureAwait(false);
                await AccountRows.CountFailureAsync(tx, account.Id, time.GetUtcNow(), why).ConfigureAwait(false);
                await audit.AppendAsync(tx, actor, Action + "refused", account.Reference.ToString(), AuditDetails.Of(("because", why))).ConfigureAwait(false);
                return true;
            },
            CancellationToken.None).ConfigureAwait(false);
        return counted.IsOk;
    }

    /// <summary>The lease's token; a refusal that says who has it.</summary>
    public async Task<Result<string>> TakeAsync(Tx tx, Account account)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (await LeaseRows.FindAsync(tx, account.Id).ConfigureAwait(false) is { } held && StoredTime.From(held.Expires) > now && !owner.IsGone(held))
        {
            return Refusal.Failed(
                $"{Text.Quote(account.Reference.ToString())} is being rotated by {Text.Escape(LeaseOwner.Name(held))} since {StoredTime.From(held.Taken):u}: wait for it; an admin may end its lease with `pamtui account rotation break-lease`.");
        }

        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await LeaseRows.PutAsync(tx, new LeaseRow
        {
            AccountId = account.Id,
            Token = token,
            Node = owner.Node,
            Place = owner.Place,
            Process = owner.Process,
            ProcessStarted = owner.Started,
            Taken = StoredTime.Of(now),
            Expires = StoredTime.Of(now + LeaseTime),
        }).ConfigureAwait(false);
        return token;
    }

    /// <summary>Somebody rotates an account of the resource now.</summary>
    public async Task<bool> IsAtWorkAsync(Tx tx, long resourceId) =>
        (await LeaseRows.OfResourceAsync(tx, resourceId, time.GetUtcNow()).ConfigureAwait(false)).Exists(row => !owner.IsGone(row));

    private Result<Secret> Make(RotationJob job)
    {
        if (job.Account.Credential == CredentialType.PrivateKey)
        {
            return keys.Make(KeyMaker.CommentFor(job.Account.Reference, time.GetUtcNow()));
        }

        PasswordPolicy policy = PasswordChoice.Resolve(job.Account.Passwords, job.Resource.Passwords);
        return policy.Check() is { } broken ? broken : passwords.Make(policy);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private Task<Result<RotationJob>> TakeUpAsync(Actor actor, AccountRef reference, bool byItself, bool onlyUnfinished, Func<Tx, Task<Refusal?>>? gate, CancellationToken ct) => database.WriteAsync<RotationJob>(
        async tx =>
        {
            Result<RotationPlans.Judged> judged = await plans.JudgeAsync(tx, actor, reference, byItself).ConfigureAwait(false);
            if (judged.Refusal is { } no)
            {
                return no;
            }

            (Resource resource, Account account) = (judged.Value.Resource, judged.Value.Account);
            Result<string> lease = await TakeAsync(tx, account).ConfigureAwait(false);
            if ((lease.Refusal ?? (gate is null ? null : await gate(tx).ConfigureAwait(false))) is { } held)
            {
                return held;
            }

            if (gate is null)
            {
                await AccountRows.ForgetFailuresAsync(tx, account.Id).ConfigureAwait(false);
            }

            RotationRecord? row = await RotationRows.OpenAsync(tx, account.Id).ConfigureAwait(false);
            if (onlyUnfinished && row is null or { State: RotationState.Planned })
            {
                return Refusal.Failed($"{Text.Quote(reference.ToString())} has one credential in the vault: there is nothing to decide.");
            }

            Account? by = row is null ? judged.Value.By : await RotationPlans.ByOfAsync(tx, account, row).ConfigureAwait(false);
            if (row is null)
            {
                long version = await AccountRows.CredentialVersionAsync(tx, account.Id).ConfigureAwait(false);
                row = new RotationRecord(
                    0, account.Id, RotationState.Planned, judged.Value.Way, by?.Name, actor.Name, time.GetUtcNow(), null, null, null, null, null, version, version + 1);
                row = row with { Id = await RotationRows.InsertAsync(tx, row).ConfigureAwait(false) };
                await AccountRows.SetRotationAsync(tx, account.Id, row.State, null).ConfigureAwait(false);
                await TellAsync(tx, actor, account, row, ("way", Words.Of(row.Way)), ("by", by?.Name)).ConfigureAwait(false);
            }
            else
            {
                await audit.AppendAsync(
                    tx, actor, Action + "resume", reference.ToString(), AuditDetails.Of(("rotation", Number(row.Id)), ("state", Words.Of(row.State)))).ConfigureAwait(false);
            }

            (Secret current, Secret? passphrase) = await credentials.OpenAsync(tx, account).ConfigureAwait(false);
            (Secret? byMain, Secret? byPassphrase) = by is null ? (null, null) : await credentials.OpenAsync(tx, by).ConfigureAwait(false);
            return new RotationJob(actor, resource, account, row, lease.Value, by, current, passphrase, byMain, byPassphrase)
            {
                Staged = row.State == RotationState.Planned ? null : await credentials.OpenStagedAsync(tx, account, row.NewVersion).ConfigureAwait(false),
            };
        },
        ct);

    private async Task<Refusal?> StepAsync(RotationJob job, RotationState state, string? error, Func<Tx, Task> work)
    {
        DateTimeOffset now = time.GetUtcNow();
        RotationRecord row = job.Row with
        {
            State = state,
            Error = error,
            Staged = state == RotationState.Staged && job.Row.State == RotationState.Planned ? now : job.Row.Staged,
            Applied = state == RotationState.Applied ? now : job.Row.Applied,
            Verified = state == RotationState.Verified ? now : job.Row.Verified,
            Ended = state is RotationState.Promoted or RotationState.Failed ? now : null,
        };

        // What the target has been told must be written down, whoever has gone away meanwhile.
        Result<Done> done = await database.WriteAsync<Done>(
            async tx =>
            {
                if (await HoldAsync(tx, job).ConfigureAwait(false) is { } lost)
                {
                    return lost;
                }

                await work(tx).ConfigureAwait(false);
                await RotationRows.UpdateAsync(tx, row).ConfigureAwait(false);
                await AccountRows.SetRotationAsync(tx, job.Account.Id, state, error).ConfigureAwait(false);
                if (error is not null)
                {
                    await AccountRows.CountFailureAsync(tx, job.Account.Id, now, error).ConfigureAwait(false);
                }

                await TellAsync(tx, job.Actor, job.Account, row, ("because", error)).ConfigureAwait(false);
                return default(Done);
            },
            CancellationToken.None).ConfigureAwait(false);
        if (done.IsOk)
        {
            job.Row = row;
        }

        return done.Refusal;
    }

    private async Task<Refusal?> HoldAsync(Tx tx, RotationJob job)
    {
        string named = Text.Quote(job.Account.Reference.ToString());
        if (!await LeaseRows.RenewAsync(tx, job.Account.Id, job.Lease, time.GetUtcNow() + LeaseTime).ConfigureAwait(false))
        {
            return Refusal.Failed($"The lease on {named} was broken or taken over: whoever holds it now goes on with the rotation.");
        }

        RotationRecord? row = await RotationRows.FindAsync(tx, job.Row.Id).ConfigureAwait(false);
        Account? account = await AccountRows.FindAsync(tx, job.Account.Id).ConfigureAwait(false);
        Resource? resource = await ResourceRows.FindAsync(tx, job.Account.Resource).ConfigureAwait(false);
        if (row?.State != job.Row.State || row.Ended is not null)
        {
            return Refusal.Failed($"The rotation of {named} was carried on or resolved by somebody else meanwhile.");
        }

        if (account is null || resource is null || account.Username != job.Account.Username || account.Credential != job.Account.Credential || Place(resource) != Place(job.Resource)
            || await AccountRows.CredentialVersionAsync(tx, account.Id).ConfigureAwait(false) != job.Row.OldVersion)
        {
            return Refusal.Failed($"{named} or its resource was changed meanwhile: look at it and rotate again.");
        }

        return null;

        static (string, int, string?, TlsMode, string?) Place(Resource resource) => (resource.Host, resource.Port, resource.Database, resource.TlsMode, resource.TlsCa);
    }

    private Task TellAsync(Tx tx, Actor actor, Account account, RotationRecord row, params ReadOnlySpan<(string Key, string? Value)> more) => audit.AppendAsync(
        tx,
        actor,
        Action + Words.Of(row.State),
        account.Reference.ToString(),
        AuditDetails.Of([("rotation", Number(row.Id)), .. more]));
}
