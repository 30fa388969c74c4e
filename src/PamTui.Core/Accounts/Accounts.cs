using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;
using PublicHalf = PamTui.Core.Connectors.PublicHalf;
using SignInCheck = PamTui.Core.Connectors.SignInCheck;

namespace PamTui.Core.Accounts;

/// <summary>
/// Sets of credentials on resources. An admin may do all; a member what his grants say (manage: change and check; reveal: see the
/// credential), and with manage on all of a resource add accounts to it. Each change and its audit row are one transaction.
/// </summary>
public sealed class Accounts
{
    private const int MaxReason = 256;
    private const int MaxKeysListed = 1000;

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly Credentials _credentials;
    private readonly SignInCheck _check;
    private readonly AccountPlans _plans;
    private readonly KeyMaker _keys;
    private readonly TimeProvider _time;

    internal Accounts(Database database, AuditWriter audit, Credentials credentials, SignInCheck check, KeyMaker keys, TimeProvider time) =>
        (_database, _audit, _credentials, _check, _keys, _plans, _time) = (database, audit, credentials, check, keys, new AccountPlans(credentials, time), time);

    /// <summary>
    /// Signs in with the credential and saves the account when that works; with <see cref="CheckMode.Unverified"/> saves it at once.
    /// A check that fails is a value without an account: <see cref="SavedAccount.Check"/> says why and nothing was saved.
    /// </summary>
    /// <returns>Invalid for a broken rule, with its field; Failed for a name or alias that is taken.</returns>
    public async Task<Result<SavedAccount>> AddAsync(Actor actor, AccountDraft draft, CheckMode mode, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        Result<(Resource Resource, Account Account)> planned = await _database.ReadAsync(tx => _plans.PlanAddAsync(tx, actor, draft), ct).ConfigureAwait(false);
        if (planned.Refusal is { } no)
        {
            return no;
        }

        Resource resource = planned.Value.Resource;
        CheckReport? report = null;
        if (mode == CheckMode.Check)
        {
            report = await _check(resource, draft.Username, draft.Credential.Type, draft.Credential.Main, draft.Credential.Passphrase, progress, ct).ConfigureAwait(false);
            if (!report.Passed)
            {
                return new SavedAccount(null, report);
            }
        }

        Result<Account> saved = await _database.WriteAsync<Account>(
            async tx =>
            {
                // The check took seconds: who may what, what is taken and where the resource points is asked again.
                Result<(Resource Resource, Account Account)> again = await _plans.PlanAddAsync(tx, actor, draft).ConfigureAwait(false);
                if (again.Refusal is { } refusal)
                {
                    return refusal;
                }

                if (again.Value.Resource.Updated != resource.Updated || again.Value.Resource.Id != resource.Id)
                {
                    return Refusal.Failed($"The resource {Text.Quote(resource.Name)} was changed meanwhile: try again.");
                }

                Account account = again.Value.Account with
                {
                    CheckState = report is null ? CheckState.Unverified : CheckState.Verified,
                    LastChecked = report is null ? null : _time.GetUtcNow(),
                    IsVouched = again.Value.Account.IsVouched || report is not null,
                };
                long id = await AccountRows.InsertAsync(tx, account).ConfigureAwait(false);
                await _credentials.ReplaceAsync(tx, id, 1, draft.Credential.Type, draft.Credential.Main, draft.Credential.Passphrase).ConfigureAwait(false);
                await MetadataRows.ReplaceForAccountAsync(tx, id, resource.Id, draft.Metadata).ConfigureAwait(false);
                await FirstContact.PinAsync(tx, _audit, actor, again.Value.Resource, report, _time).ConfigureAwait(false);
                await _audit.AppendAsync(tx, actor, "account.add", account.Reference.ToString(), AccountAudit.Added(account)).ConfigureAwait(false);
                return (await AccountRows.FindAsync(tx, id).ConfigureAwait(false))!;
            },
            ct).ConfigureAwait(false);
        return saved.Refusal is { } failed ? failed : new SavedAccount(saved.Value, report);
    }

    /// <summary>Changes what is given; signs in first when username or credential change, unless <see cref="CheckMode.Unverified"/>.</summary>
    public async Task<Result<SavedAccount>> EditAsync(
        Actor actor,
        AccountRef reference,
        AccountChange change,
        CheckMode mode,
        IProgress<CheckProgress>? progress,
        CancellationToken ct)
    {
        bool signsInOtherwise = change.Credential is not null || change.Username is not null;
        Result<AccountEdit> planned = await _database.ReadAsync(
            tx => _plans.PlanEditAsync(tx, actor, reference, change, withSecret: mode == CheckMode.Check && signsInOtherwise),
            ct).ConfigureAwait(false);
        if (planned.Refusal is { } no)
        {
            return no;
        }

        using AccountEdit plan = planned.Value;
        bool checks = mode == CheckMode.Check && plan.SignsInOtherwise;
        CheckReport? report = null;
        if (checks)
        {
            report = await _check(plan.Resource, plan.Edited.Username, plan.Edited.Credential, plan.Main!, plan.Passphrase, progress, ct).ConfigureAwait(false);
            if (!report.Passed)
            {
                return new SavedAccount(null, report);
            }
        }

        Result<Account> saved = await _database.WriteAsync<Account>(
            async tx =>
            {
                Result<AccountEdit> again = await _plans.PlanEditAsync(tx, actor, reference, change, withSecret: false).ConfigureAwait(false);
                if (again.Refusal is { } refusal)
                {
                    return refusal;
                }

                if (again.Value.Account.Updated != plan.Account.Updated || again.Value.Resource.Updated != plan.Resource.Updated)
                {
                    return Refusal.Failed($"{Text.Quote(reference.ToString())} was changed meanwhile: look at it and try again.");
                }

                return await SaveEditAsync(tx, actor, again.Value, change, report).ConfigureAwait(false);
            },
            ct).ConfigureAwait(false);
        return saved.Refusal is { } failed ? failed : new SavedAccount(saved.Value, report);
    }

    /// <summary>Removes the account with its credential and every grant on it; live sessions end within a second.</summary>
    public Task<Result<Done>> RemoveAsync(Actor actor, AccountRef reference, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            Result<(Caller Caller, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Capability.Manage).ConfigureAwait(false);
            if ((found.Refusal ?? await RotationHold.OfAsync(tx, found.Value.Account, _time.GetUtcNow()).ConfigureAwait(false)) is { } no)
            {
                return no;
            }

            Account account = found.Value.Account;
            long grants = await GrantRows.CountOfAccountAsync(tx, account.Id).ConfigureAwait(false);
            await SecretRows.DeleteAsync(tx, Credentials.OwnerKind, account.Id).ConfigureAwait(false);
            await MetadataRows.DeleteAsync(tx, MetadataRows.Account, account.Id).ConfigureAwait(false);
            await AccountRows.DeleteAsync(tx, account.Id).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "account.remove", reference.ToString(), AccountAudit.Removed(account, grants)).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <returns>NotFound also for what a member has no grant on.</returns>
    public Task<Result<Account>> FindAsync(Actor actor, AccountRef reference, CancellationToken ct) => _database.ReadAsync<Result<Account>>(
        async tx =>
        {
            Result<(Caller Caller, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Visibility.Any).ConfigureAwait(false);
            return found.Refusal is { } no ? no : found.Value.Account;
        },
        ct);

    /// <summary>In the order of resource and name; the page and the count hold only what the caller may see.</summary>
    /// <param name="filter">The filter language; empty: all.</param>
    public Task<Result<Page<Account>>> ListAsync(Actor actor, string filter, PageRequest page, CancellationToken ct) => ListSortedAsync(actor, filter, [], page, ct);

    /// <summary>In the order of the keys, and where they are equal of resource and name; the page and the count hold only what the caller may see.</summary>
    /// <param name="filter">The filter language; empty: all.</param>
    public async Task<Result<Page<Account>>> ListSortedAsync(Actor actor, string filter, IReadOnlyList<SortKey<AccountSort>> order, PageRequest page, CancellationToken ct)
    {
        Result<FilterNode> parsed = FavouriteTerms.Parse(filter);
        if (parsed.Refusal is { } bad)
        {
            return bad;
        }

        return await _database.ReadAsync<Result<Page<Account>>>(
            async tx =>
            {
                Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
                if (caller.Refusal is { } no)
                {
                    return no;
                }

                SqlArgs args = new();
                Reach? visible = await Visibility.AccountsAsync(tx, caller.Value, Visibility.Any, _time.GetUtcNow(), args).ConfigureAwait(false);
                long owner = caller.Value.Owner;
                AccountQuery query = await AccountQueries.FilteredAsync(tx, FavouriteTerms.Of(parsed.Value, owner), visible, args).ConfigureAwait(false);
                return await AccountRows.PageAsync(tx, query, await AccountOrder.SqlAsync(tx, order, owner, args).ConfigureAwait(false), FieldCheck.Bounded(page)).ConfigureAwait(false);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>What the caller may do with the account; None: he does not see it.</summary>
    public Task<Result<Capability>> CapabilitiesAsync(Actor actor, AccountRef reference, CancellationToken ct) => _database.ReadAsync<Result<Capability>>(
        async tx =>
        {
            Result<(Caller Caller, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Visibility.Any).ConfigureAwait(false);
            return found.Refusal is { } no
                ? no
                : await Visibility.CapabilitiesAsync(tx, found.Value.Caller, found.Value.Account, _time.GetUtcNow()).ConfigureAwait(false);
        },
        ct);

    /// <summary>A new Ed25519 key for an account that is to be added. No target knows it yet, so it is added unverified, and <see cref="PublicKeyAsync"/> tells what to install there.</summary>
    public NewCredential MakeKey(AccountRef account) => new(CredentialType.PrivateKey, _keys.Make(KeyMaker.CommentFor(account, _time.GetUtcNow())));

    /// <summary>The public half of the account's private key, for who sees the account. Null: it has no private key.</summary>
    /// <returns>Invalid: the key that was stored cannot be read.</returns>
    public async Task<Result<PublicKey?>> PublicKeyAsync(Actor actor, AccountRef reference, CancellationToken ct)
    {
        Result<(Secret Main, Secret? Passphrase)?> read = await _database.ReadAsync<Result<(Secret, Secret?)?>>(
            async tx =>
            {
                Result<(Caller Caller, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Visibility.Any).ConfigureAwait(false);
                return found.Refusal is { } no
                    ? no
                    : found.Value.Account.Credential == CredentialType.PrivateKey
                        ? await _credentials.OpenAsync(tx, found.Value.Account).ConfigureAwait(false)
                        : ((Secret, Secret?)?)null;
            },
            ct).ConfigureAwait(false);
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        if (read.Value is not { } stored)
        {
            return (PublicKey?)null;
        }

        using Secret main = stored.Main;
        using Secret? passphrase = stored.Passphrase;
        Result<PublicKey> half = PublicHalf.Of(main, passphrase);
        return half.Refusal is { } unreadable ? unreadable : half.Value;
    }

    /// <summary>Signs in with the stored credential and keeps how it went. Needs connect or manage.</summary>
    public async Task<Result<CheckReport>> CheckAsync(Actor actor, AccountRef reference, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        Result<AccountEdit> planned = await _database.ReadAsync(tx => _plans.PlanCheckAsync(tx, actor, reference), ct).ConfigureAwait(false);
        if (planned.Refusal is { } no)
        {
            return no;
        }

        using AccountEdit plan = planned.Value;
        CheckReport report = await _check(plan.Resource, plan.Account.Username, plan.Account.Credential, plan.Main!, plan.Passphrase, progress, ct).ConfigureAwait(false);
        if (report.Failure is { Cause: CheckCause.Cancelled })
        {
            return report;
        }

        // How it went is kept also when the caller has gone meanwhile; not when the account or its resource is another by now.
        return await _database.WriteAsync<CheckReport>(
            async tx =>
            {
                Account? now = await AccountRows.FindAsync(tx, plan.Account.Id).ConfigureAwait(false);
                Resource? resource = await ResourceRows.FindAsync(tx, plan.Account.Resource).ConfigureAwait(false);
                if (now?.Updated != plan.Account.Updated || resource?.Updated != plan.Resource.Updated)
                {
                    return report;
                }

                if (BesideRotation(plan.Account, now, report) is { } beside)
                {
                    await _audit.AppendAsync(tx, actor, "account.check", reference.ToString(), AccountAudit.Checked(beside)).ConfigureAwait(false);
                    return beside;
                }

                await AccountRows.SetCheckAsync(tx, plan.Account.Id, report, _time.GetUtcNow()).ConfigureAwait(false);
                await FirstContact.PinAsync(tx, _audit, actor, resource!, report, _time).ConfigureAwait(false);
                await _audit.AppendAsync(tx, actor, "account.check", reference.ToString(), AccountAudit.Checked(report)).ConfigureAwait(false);
                return report;
            },
            CancellationToken.None).ConfigureAwait(false);
    }

    // A rotation that is not over has two credentials, and the target may have taken the one that was not tried: that says nothing about the account.
    private static CheckReport? BesideRotation(Account before, Account now, CheckReport report)
    {
        bool beside = before.Rotation.IsUnfinished || now.Rotation.IsUnfinished || before.Rotation != now.Rotation;
        return beside && report.Failure is { } failure && AccountHealth.Of(report) == HealthState.Rejected
            ? report with { Failure = failure with { Message = $"{failure.Message} A rotation of the account is not over, so the target may have its new credential already: `pamtui account rotate {now.Reference}` brings it to its end." } }
            : null;
    }

    /// <summary>The credential itself. Needs reveal and a reason; the audit row is on the disk before anybody sees it.</summary>
    public async Task<Result<RevealedCredential>> RevealAsync(Actor actor, AccountRef reference, string reason, CancellationToken ct)
    {
        if (reason.Trim().Length is 0 or > MaxReason)
        {
            return Refusal.Invalid($"Say why in 1 to {MaxReason} characters: it is kept in the audit.", "reason");
        }

        return await _database.WriteAsync<RevealedCredential>(
            async tx =>
            {
                Result<(Caller Caller, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Capability.Reveal).ConfigureAwait(false);
                if (found.Refusal is { } no)
                {
                    return no;
                }

                Account account = found.Value.Account;
                if (account.Credential == CredentialType.Certificate)
                {
                    return Refusal.Failed($"{Text.Quote(reference.ToString())} has no credential to show: each session has a certificate of its own, made for it by the gateway's SSH CA.");
                }

                await AccountRows.SetRevealedAsync(tx, account.Id, _time.GetUtcNow()).ConfigureAwait(false);
                await _audit.AppendAsync(tx, actor, "account.reveal", reference.ToString(), AuditDetails.Of(("reason", reason))).ConfigureAwait(false);
                (Secret main, Secret? passphrase) = await _credentials.OpenAsync(tx, account).ConfigureAwait(false);
                return new RevealedCredential(account.Username, account.Credential, main, passphrase);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>The audit rows about the account, the newest first. Needs manage or audit.</summary>
    public Task<Result<Page<AuditRow>>> HistoryAsync(Actor actor, AccountRef reference, PageRequest page, CancellationToken ct) => _database.ReadAsync<Result<Page<AuditRow>>>(
        async tx =>
        {
            Result<(Caller Caller, Account Account)> found = await _plans.RequireAsync(tx, actor, reference, Capability.Manage | Capability.Audit).ConfigureAwait(false);
            if (found.Refusal is { } no)
            {
                return no;
            }

            return await AuditRows.OfTargetAsync(tx, reference.ToString(), FieldCheck.Bounded(page)).ConfigureAwait(false);
        },
        ct);

    /// <summary>Replaces all pairs of the account at once.</summary>
    public async Task<Result<Account>> SetMetadataAsync(Actor actor, AccountRef reference, Metadata metadata, CancellationToken ct)
    {
        Result<SavedAccount> saved = await EditAsync(actor, reference, new AccountChange { Metadata = metadata }, CheckMode.Unverified, null, ct).ConfigureAwait(false);
        return saved.Refusal is { } no ? no : saved.Value.Account!;
    }

    /// <summary>The keys in use on accounts (their resources' included) that the caller sees, in order; at most 1000.</summary>
    public Task<Result<IReadOnlyList<string>>> MetadataKeysAsync(Actor actor, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<string>>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            SqlArgs args = new();
            Reach? visible = await Visibility.AccountsAsync(tx, caller.Value, Visibility.Any, _time.GetUtcNow(), args).ConfigureAwait(false);
            return Result.Ok(await MetadataRows.KeysAsync(tx, visible?.All.Set, args, MaxKeysListed).ConfigureAwait(false));
        },
        ct);

    private async Task<Result<Account>> SaveEditAsync(Tx tx, Actor actor, AccountEdit plan, AccountChange change, CheckReport? report)
    {
        Account account = plan.Account;
        Account edited = plan.Edited;
        if (report is not null)
        {
            edited = edited with { CheckState = CheckState.Verified, LastChecked = _time.GetUtcNow(), LastCheckError = null, IsVouched = true };
        }
        else if (plan.SignsInOtherwise)
        {
            edited = edited with { CheckState = CheckState.Unverified };
        }

        // A member who may manage an account must not move it into the reach of a grant by filter, his own or another's.
        IReadOnlyList<Grant> filters = plan.Caller.IsAdmin ? [] : await GrantRows.WithFilterAsync(tx).ConfigureAwait(false);
        IReadOnlyList<Grant> before = await GrantRows.ReachingAsync(tx, filters, account).ConfigureAwait(false);
        await AccountRows.UpdateAsync(tx, edited).ConfigureAwait(false);
        if (change.Metadata is not null)
        {
            await MetadataRows.ReplaceForAccountAsync(tx, account.Id, account.ResourceId, edited.Metadata).ConfigureAwait(false);
        }

        IReadOnlyList<Grant> after = await GrantRows.ReachingAsync(tx, filters, account).ConfigureAwait(false);
        if (before.Select(grant => grant.Id).Except(after.Select(grant => grant.Id)).Any() || after.Count != before.Count)
        {
            return Refusal.NotAllowed("This change would alter who may use the account, as grants by filter look at what it changes: an admin must make it.");
        }

        if (change.Credential is { } credential)
        {
            long version = await AccountRows.NextCredentialVersionAsync(tx, account.Id).ConfigureAwait(false);
            await _credentials.ReplaceAsync(tx, account.Id, version, credential.Type, credential.Main, credential.Passphrase).ConfigureAwait(false);
        }

        await FirstContact.PinAsync(tx, _audit, actor, plan.Resource, report, _time).ConfigureAwait(false);
        await _audit.AppendAsync(tx, actor, "account.edit", account.Reference.ToString(), AccountAudit.Edited(account, edited, change.Credential is not null)).ConfigureAwait(false);
        return (await AccountRows.FindAsync(tx, account.Id).ConfigureAwait(false))!;
    }
}
