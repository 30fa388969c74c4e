using System.Globalization;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Certificates;
using PamTui.Core.Connectors;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Authorities;

/// <summary>
/// The keys of the gateway's SSH CA. A key is made, targets come to trust it beside the old one, an admin makes it the one that signs, and
/// the old one is retired once nobody needs it. Only for admins; each change and its audit row are one transaction.
/// </summary>
public sealed class Authorities
{
    private const string AuditTarget = "ssh-ca";
    private const int MaxTried = 1000;
    private const int TargetsAtOnce = 8;

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly CertificateAuthority _authority;
    private readonly Credentials _credentials;
    private readonly AuthorityInstall _install;
    private readonly Func<string?, Connectors.Connectors> _signingBy;
    private readonly TimeProvider _time;

    internal Authorities(Database database, AuditWriter audit, CertificateAuthority authority, Credentials credentials, AuthorityInstall install, Func<string?, Connectors.Connectors> signingBy, TimeProvider time) =>
        (_database, _audit, _authority, _credentials, _install, _signingBy, _time) = (database, audit, authority, credentials, install, signingBy, time);

    /// <summary>Makes the CA. Failed when there is one.</summary>
    public Task<Result<SshAuthority>> InitAsync(Actor actor, CancellationToken ct) => AdminAsync(
        actor,
        "make the SSH CA",
        async tx => await AuthorityRows.InStateAsync(tx, AuthorityState.Current).ConfigureAwait(false) is { } there
            ? Refusal.Failed($"There is an SSH CA already, {there.Fingerprint}: `pamtui ca rotate` makes the next key.")
            : await MakeAsync(tx, actor, "ca.init", AuthorityState.Current).ConfigureAwait(false),
        ct);

    /// <summary>Every key there was, the newest first.</summary>
    public Task<Result<IReadOnlyList<SshAuthority>>> ListAsync(Actor actor, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<SshAuthority>>>(
        async tx => (await Caller.AdminAsync(tx, actor, "see the SSH CA").ConfigureAwait(false)).Refusal is { } no
            ? no
            : Result.Ok(await AuthorityRows.ListAsync(tx).ConfigureAwait(false)),
        ct);

    /// <summary>Makes the key that is to sign next. Targets should trust it before <see cref="ActivateAsync"/>; until then it signs nothing.</summary>
    public Task<Result<SshAuthority>> RotateAsync(Actor actor, CancellationToken ct) => AdminAsync(
        actor,
        "change the SSH CA",
        async tx =>
        {
            if (await AuthorityRows.InStateAsync(tx, AuthorityState.Current).ConfigureAwait(false) is null)
            {
                return Refusal.Failed("There is no SSH CA yet: `pamtui ca init` makes it.");
            }

            return await AuthorityRows.InStateAsync(tx, AuthorityState.Next).ConfigureAwait(false) is { } waiting
                ? Refusal.Failed($"The next key is there already, {waiting.Fingerprint}: `pamtui ca activate` lets it sign, `pamtui ca retire {waiting.Fingerprint}` takes it away.")
                : await MakeAsync(tx, actor, "ca.rotate", AuthorityState.Next).ConfigureAwait(false);
        },
        ct);

    /// <summary>
    /// Signs in to accounts with certificates by a key that need not sign yet: which targets trust it? Nothing is changed, the accounts'
    /// health neither; the audit says that it was tried, and of each certificate.
    /// </summary>
    /// <param name="fingerprint">"SHA256:…" of a key that is not retired; null: the next one.</param>
    /// <param name="only">This account alone; null: all that have certificates, 1000 at most.</param>
    /// <param name="tried">Told of each as it ends.</param>
    public async Task<Result<IReadOnlyList<TriedAccount>>> TryAsync(Actor actor, string? fingerprint, AccountRef? only, IProgress<TriedAccount>? tried, CancellationToken ct)
    {
        Result<TrialPlan> planned = await _database.WriteAsync<TrialPlan>(tx => PlanTrialAsync(tx, actor, fingerprint, only), ct).ConfigureAwait(false);
        return planned.Refusal is { } no ? no : Result.Ok(await TryAsync(planned.Value, tried, ct).ConfigureAwait(false));
    }

    /// <summary>
    /// From now on this key signs; the one before stays trusted, and may be made current again, until it is retired. First every account
    /// with certificates is signed in to by it, and one that fails keeps it from signing: without that, no session of it would begin any more.
    /// </summary>
    /// <param name="fingerprint">"SHA256:…" of a key that is not retired; null: the next one.</param>
    /// <param name="untried">Let it sign without, as somebody wishes who knows what that does.</param>
    public async Task<Result<SshAuthority>> ActivateAsync(Actor actor, string? fingerprint, bool untried, CancellationToken ct)
    {
        if (untried)
        {
            return await AdminAsync(actor, "change the SSH CA", tx => ActivateAsync(tx, actor, fingerprint, null), ct).ConfigureAwait(false);
        }

        Result<TrialPlan> planned = await _database.WriteAsync<TrialPlan>(
            async tx => await PlanTrialAsync(tx, actor, fingerprint, only: null).ConfigureAwait(false) switch
            {
                { IsOk: true, Value.Key: { State: AuthorityState.Current } signing } => SignsAlready(signing),
                Result<TrialPlan> plan => plan,
            },
            ct).ConfigureAwait(false);
        if (planned.Refusal is { } no)
        {
            return no;
        }

        IReadOnlyList<TriedAccount> tried = await TryAsync(planned.Value, null, ct).ConfigureAwait(false);
        return TriedAccount.WhyNot(tried) is { } untrusted
            ? Refusal.Failed($"{untrusted.Message} Nothing was changed: `pamtui ca test` says why of each, `pamtui resource trust-ca RESOURCE` says how a target comes to trust it, and --force lets it sign all the same.")
            : await AdminAsync(actor, "change the SSH CA", tx => ActivateAsync(tx, actor, planned.Value.Key.Fingerprint, tried), ct).ConfigureAwait(false);
    }

    /// <summary>Destroys the private half of a key that does not sign, and takes it off the lines that targets should trust.</summary>
    public Task<Result<SshAuthority>> RetireAsync(Actor actor, string fingerprint, CancellationToken ct) => AdminAsync(
        actor,
        "change the SSH CA",
        async tx =>
        {
            if (await AuthorityRows.FindAsync(tx, fingerprint).ConfigureAwait(false) is not { } authority)
            {
                return Refusal.NotFound($"The SSH CA has no key {Text.Quote(fingerprint)}.");
            }

            if (authority.State is AuthorityState.Current or AuthorityState.Retired)
            {
                return Refusal.Failed(authority.State == AuthorityState.Current
                    ? $"{fingerprint} is the key that signs: let another one sign first (`pamtui ca rotate`, then `pamtui ca activate`)."
                    : $"{fingerprint} is retired already.");
            }

            await CertificateAuthority.ForgetAsync(tx, authority).ConfigureAwait(false);
            await AuthorityRows.SetRetiredAsync(tx, authority.Id, _time.GetUtcNow()).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "ca.retire", AuditTarget, AuditDetails.Of(("fingerprint", fingerprint), ("was", Words.Of(authority.State)))).ConfigureAwait(false);
            return (await AuthorityRows.FindAsync(tx, fingerprint).ConfigureAwait(false))!;
        },
        ct);

    /// <summary>
    /// The keys that a target should trust: the one that signs first, then those before and after it. Makes the CA when there is none yet.
    /// </summary>
    public async Task<Result<IReadOnlyList<SshAuthority>>> TrustedAsync(Actor actor, string resource, CancellationToken ct) => await _database.WriteAsync<IReadOnlyList<SshAuthority>>(
        async tx =>
        {
            Result<(Resource Resource, IReadOnlyList<SshAuthority> Keys)> trusted = await TrustedAsync(tx, actor, resource).ConfigureAwait(false);
            return trusted.Refusal is { } no ? no : Result.Ok(trusted.Value.Keys);
        },
        ct).ConfigureAwait(false);

    /// <summary>
    /// Brings the keys to the target by the resource's rotation account, which is root there or may use sudo: writes their file, names it in
    /// sshd's configuration if nothing else is named there, tests that and reloads. What does not work out is put back. The audit says so before.
    /// </summary>
    public async Task<Result<Done>> InstallAsync(Actor actor, string resource, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        Result<InstallPlan> planned = await _database.WriteAsync<InstallPlan>(tx => PlanInstallAsync(tx, actor, resource), ct).ConfigureAwait(false);
        if (planned.Refusal is { } no)
        {
            return no;
        }

        using InstallPlan plan = planned.Value;
        CheckFailure? failure = await _install.RunAsync(plan.Resource, plan.By, plan.Keys, progress, ct).ConfigureAwait(false);
        Result<Done> kept = await _database.WriteAsync<Done>(
            async tx =>
            {
                await _audit.AppendAsync(tx, actor, "resource.trust-ca.end", resource, AuditDetails.Of(("result", failure is null ? "trusted" : "failed"), ("cause", failure?.Cause.ToString()))).ConfigureAwait(false);
                return default(Done);
            },
            CancellationToken.None).ConfigureAwait(false);
        return failure is null ? kept : Refusal.Failed(failure.Message);
    }

    private static Refusal SignsAlready(SshAuthority key) => Refusal.Failed($"{key.Fingerprint} is the key that signs already.");

    private static async Task<Result<SshAuthority>> ChooseAsync(Tx tx, string? fingerprint)
    {
        SshAuthority? chosen = fingerprint is null
            ? await AuthorityRows.InStateAsync(tx, AuthorityState.Next).ConfigureAwait(false)
            : await AuthorityRows.FindAsync(tx, fingerprint).ConfigureAwait(false);
        return chosen switch
        {
            null when fingerprint is null => Refusal.NotFound("There is no next key of the SSH CA: `pamtui ca rotate` makes it."),
            null => Refusal.NotFound($"The SSH CA has no key {Text.Quote(fingerprint)}."),
            { State: AuthorityState.Retired } => Refusal.Failed($"{chosen.Fingerprint} is retired, its private half is destroyed: `pamtui ca rotate` makes a new key."),
            _ => chosen,
        };
    }

    private async Task<Result<TrialPlan>> PlanTrialAsync(Tx tx, Actor actor, string? fingerprint, AccountRef? only)
    {
        if ((await Caller.AdminAsync(tx, actor, "try the SSH CA").ConfigureAwait(false)).Refusal is { } no)
        {
            return no;
        }

        Result<SshAuthority> key = await ChooseAsync(tx, fingerprint).ConfigureAwait(false);
        if (key.Refusal is { } none)
        {
            return none;
        }

        IReadOnlyList<Account> accounts = only is null
            ? await AccountRows.OfCredentialAsync(tx, CredentialType.Certificate, MaxTried + 1).ConfigureAwait(false)
            : await AccountRows.FindAsync(tx, only).ConfigureAwait(false) is { } named ? [named] : [];
        if (only is not null && accounts is not [{ Credential: CredentialType.Certificate }])
        {
            return Refusal.NotFound($"There is no account {Text.Quote(only.ToString())} with certificates.");
        }

        if (accounts.Count > MaxTried)
        {
            return Refusal.Failed($"More than {MaxTried} accounts have certificates: try some of them by name (`pamtui ca test RESOURCE/NAME`).");
        }

        List<(Resource, Account)> where = [];
        foreach (Account account in accounts)
        {
            where.Add(((await ResourceRows.FindAsync(tx, account.Resource).ConfigureAwait(false))!, account));
        }

        await _audit.AppendAsync(tx, actor, "ca.test", only?.ToString() ?? AuditTarget, AuditDetails.Of(
            ("fingerprint", key.Value.Fingerprint), ("accounts", accounts.Count.ToString(CultureInfo.InvariantCulture)))).ConfigureAwait(false);
        return new TrialPlan(key.Value, where);
    }

    // By the number of targets at once; the accounts of one target after another.
    private async Task<IReadOnlyList<TriedAccount>> TryAsync(TrialPlan plan, IProgress<TriedAccount>? tried, CancellationToken ct)
    {
        Connectors.Connectors connectors = _signingBy(plan.Key.Fingerprint);
        await using (connectors.ConfigureAwait(false))
        {
            List<TriedAccount> all = [];
            Lock gate = new();
            await Parallel.ForEachAsync(
                plan.Accounts.GroupBy(one => $"{one.Resource.Host}:{one.Resource.Port}", StringComparer.OrdinalIgnoreCase),
                new ParallelOptions { MaxDegreeOfParallelism = TargetsAtOnce, CancellationToken = ct },
                async (ofTarget, stop) =>
                {
                    foreach ((Resource resource, Account account) in ofTarget)
                    {
                        using Secret nothing = Secret.From([]);
                        TriedAccount one = new(account.Reference, await connectors.CheckAsync(resource, account.Username, CredentialType.Certificate, nothing, null, null, stop).ConfigureAwait(false));
                        stop.ThrowIfCancellationRequested();
                        lock (gate)
                        {
                            all.Add(one);
                        }

                        tried?.Report(one);
                    }
                }).ConfigureAwait(false);
            return [.. all.OrderBy(one => one.Account.ToString(), StringComparer.Ordinal)];
        }
    }

    /// <param name="tried">What signed in by the key; null: it is not asked.</param>
    private async Task<Result<SshAuthority>> ActivateAsync(Tx tx, Actor actor, string? fingerprint, IReadOnlyList<TriedAccount>? tried)
    {
        Result<SshAuthority> found = await ChooseAsync(tx, fingerprint).ConfigureAwait(false);
        if (found.Refusal is { } no)
        {
            return no;
        }

        SshAuthority chosen = found.Value;
        if (chosen.State == AuthorityState.Current)
        {
            return SignsAlready(chosen);
        }

        if (tried is not null && await UntriedAsync(tx, tried).ConfigureAwait(false) is { } added)
        {
            return Refusal.Failed($"{Text.Quote(added.ToString())} came to have certificates while the others were tried: `pamtui ca activate` again.");
        }

        SshAuthority? before = await AuthorityRows.InStateAsync(tx, AuthorityState.Current).ConfigureAwait(false);
        if (before is not null)
        {
            await AuthorityRows.SetRetiringAsync(tx, before.Id).ConfigureAwait(false);
        }

        await AuthorityRows.SetCurrentAsync(tx, chosen.Id, _time.GetUtcNow()).ConfigureAwait(false);
        string details = AuditDetails.Of(
            ("fingerprint", chosen.Fingerprint), ("before", before?.Fingerprint), ("tried", tried?.Count.ToString(CultureInfo.InvariantCulture) ?? "no"));
        await _audit.AppendAsync(tx, actor, "ca.activate", AuditTarget, details).ConfigureAwait(false);
        return (await AuthorityRows.FindAsync(tx, chosen.Fingerprint).ConfigureAwait(false))!;
    }

    private static async Task<AccountRef?> UntriedAsync(Tx tx, IReadOnlyList<TriedAccount> tried)
    {
        HashSet<AccountRef> known = [.. tried.Select(one => one.Account)];
        return (await AccountRows.OfCredentialAsync(tx, CredentialType.Certificate, MaxTried + 1).ConfigureAwait(false)).Select(account => account.Reference).FirstOrDefault(one => !known.Contains(one));
    }

    private async Task<Result<InstallPlan>> PlanInstallAsync(Tx tx, Actor actor, string resource)
    {
        Result<(Resource Resource, IReadOnlyList<SshAuthority> Keys)> trusted = await TrustedAsync(tx, actor, resource).ConfigureAwait(false);
        if (trusted.Refusal is { } no)
        {
            return no;
        }

        if (trusted.Value.Resource.RotationAccount is not { } by || await AccountRows.FindAsync(tx, new AccountRef(resource, by)).ConfigureAwait(false) is not { } account)
        {
            return Refusal.Failed($"{Text.Quote(resource)} has no rotation account that could do it: name one that is root there or may use sudo (`pamtui resource edit {resource} --rotation-account ACCOUNT`).");
        }

        string details = AuditDetails.Of(("by", account.Name), ("keys", string.Join(' ', trusted.Value.Keys.Select(key => key.Fingerprint))));
        await _audit.AppendAsync(tx, actor, "resource.trust-ca", resource, details).ConfigureAwait(false);
        (Secret main, Secret? passphrase) = await _credentials.OpenAsync(tx, account).ConfigureAwait(false);
        return new InstallPlan(trusted.Value.Resource, new Login(account.Username, account.Credential, main, passphrase), trusted.Value.Keys);
    }

    private async Task<Result<(Resource Resource, IReadOnlyList<SshAuthority> Keys)>> TrustedAsync(Tx tx, Actor actor, string resource)
    {
        if ((await Caller.AdminAsync(tx, actor, "see the SSH CA").ConfigureAwait(false)).Refusal is { } no)
        {
            return no;
        }

        if (await ResourceRows.FindAsync(tx, resource).ConfigureAwait(false) is not { } found)
        {
            return Visibility.NoResource(resource);
        }

        if (found.Kind != ResourceKind.Linux)
        {
            return Refusal.Failed($"{Text.Quote(resource)} is a {Words.Of(found.Kind)} server: certificates of SSH are for linux resources.");
        }

        if (await AuthorityRows.InStateAsync(tx, AuthorityState.Current).ConfigureAwait(false) is null)
        {
            await MakeAsync(tx, actor, "ca.init", AuthorityState.Current).ConfigureAwait(false);
        }

        return (found, [.. (await AuthorityRows.ListAsync(tx).ConfigureAwait(false)).Where(key => key.IsTrusted).OrderByDescending(key => key.State == AuthorityState.Current)]);
    }

    private async Task<SshAuthority> MakeAsync(Tx tx, Actor actor, string action, AuthorityState state)
    {
        SshAuthority made = await _authority.MakeAsync(tx, state).ConfigureAwait(false);
        await _audit.AppendAsync(tx, actor, action, AuditTarget, AuditDetails.Of(("fingerprint", made.Fingerprint), ("state", Words.Of(state)))).ConfigureAwait(false);
        return made;
    }

    private Task<Result<SshAuthority>> AdminAsync(Actor actor, string what, Func<Tx, Task<Result<SshAuthority>>> work, CancellationToken ct) => _database.WriteAsync<SshAuthority>(
        async tx => (await Caller.AdminAsync(tx, actor, what).ConfigureAwait(false)).Refusal is { } no ? no : await work(tx).ConfigureAwait(false),
        ct);
}
