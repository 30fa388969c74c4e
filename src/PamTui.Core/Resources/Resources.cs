using System.Globalization;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Resources;

/// <summary>
/// Systems to reach. Admins change them; a member sees those on which he has a grant. Each use case reads afresh who asks, and each
/// change and its audit row are one transaction.
/// </summary>
public sealed class Resources
{
    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly IdentityProbe _probe;
    private readonly TimeProvider _time;

    internal Resources(Database database, AuditWriter audit, IdentityProbe probe, TimeProvider time) =>
        (_database, _audit, _probe, _time) = (database, audit, probe, time);

    /// <returns>Invalid for a broken rule, with its field; Failed for a name that is taken.</returns>
    public async Task<Result<Resource>> AddAsync(Actor actor, ResourceDraft draft, CancellationToken ct)
    {
        Result<Resource> built = ResourceBuilder.Build(draft, Now());
        if (built.Refusal is { } bad)
        {
            return bad;
        }

        Resource resource = built.Value;
        return await AdminAsync<Resource>(
            actor,
            "add resources",
            async tx =>
            {
                if (await ResourceRows.FindAsync(tx, draft.Name).ConfigureAwait(false) is not null)
                {
                    return Refusal.Failed($"There is a resource {Text.Quote(draft.Name)} already.", "name");
                }

                long id = await ResourceRows.InsertAsync(tx, resource).ConfigureAwait(false);
                foreach (HostKeyPin pin in resource.HostKeys)
                {
                    await ResourceRows.AddHostKeyAsync(tx, id, pin).ConfigureAwait(false);
                }

                foreach (HostKeyPin authority in resource.HostAuthorities)
                {
                    await ResourceRows.AddHostAuthorityAsync(tx, id, authority).ConfigureAwait(false);
                }

                await MetadataRows.ReplaceForResourceAsync(tx, id, draft.Metadata).ConfigureAwait(false);
                await _audit.AppendAsync(tx, actor, "resource.add", draft.Name, ResourceAudit.Added(resource)).ConfigureAwait(false);
                return (await ResourceRows.FindAsync(tx, draft.Name).ConfigureAwait(false))!;
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>
    /// Changes what is given. Another host, port, database or TLS setting marks the accounts unverified, as nobody has signed in
    /// there with them; host key pins stay, so another machine at the new address is refused until somebody accepts its key.
    /// </summary>
    public Task<Result<Resource>> EditAsync(Actor actor, string name, ResourceChange change, CancellationToken ct) => WithResourceAsync<Resource>(
        actor,
        name,
        "change resources",
        async (tx, old) =>
        {
            Result<SourceAddresses?> from = change.SourceAddress is { } given ? SourceAddresses.ParseOptional(given) : old.SourceAddress;
            if (from.Refusal is { } noNetwork)
            {
                return noNetwork;
            }

            Resource edited = old with
            {
                Host = change.Host ?? old.Host,
                Port = change.Port ?? old.Port,
                Database = change.Database is null ? old.Database : ResourceBuilder.Filled(change.Database),
                TlsMode = change.TlsMode ?? old.TlsMode,
                TlsCa = change.TlsCa is null ? old.TlsCa : ResourceBuilder.Filled(change.TlsCa),
                TrustOnFirstUse = change.TrustOnFirstUse ?? old.TrustOnFirstUse,
                Description = change.Description ?? old.Description,
                Metadata = change.Metadata ?? old.Metadata,
                Passwords = change.Passwords is { } passwords ? old.Passwords.With(passwords) : old.Passwords,
                SourceAddress = from.Value,
                RotationAccount = change.RotationAccount is null ? old.RotationAccount : ResourceBuilder.Filled(change.RotationAccount),
                Updated = Now(),
            };
            if ((ResourceRules.Check(edited) ?? PasswordChoice.Resolve(PasswordChoice.None, edited.Passwords).Check()) is { } broken)
            {
                return broken;
            }

            if (edited.RotationAccount is { } rotation && await AccountRows.FindAsync(tx, new AccountRef(name, rotation)).ConfigureAwait(false) is null)
            {
                return Refusal.Invalid($"The resource {Text.Quote(name)} has no account {Text.Quote(rotation)}.", "rotationAccount");
            }

            await ResourceRows.UpdateAsync(tx, edited).ConfigureAwait(false);
            if (change.Metadata is not null)
            {
                await MetadataRows.ReplaceForResourceAsync(tx, old.Id, edited.Metadata).ConfigureAwait(false);
            }

            bool moved = (old.Host, old.Port, old.Database, old.TlsMode, old.TlsCa) != (edited.Host, edited.Port, edited.Database, edited.TlsMode, edited.TlsCa);
            int unverified = moved ? await AccountRows.MarkUnverifiedAsync(tx, old.Id, Now()).ConfigureAwait(false) : 0;
            await _audit.AppendAsync(tx, actor, "resource.edit", name, ResourceAudit.Edited(old, edited, unverified)).ConfigureAwait(false);
            return (await ResourceRows.FindAsync(tx, name).ConfigureAwait(false))!;
        },
        ct);

    /// <summary>Removes the resource with its accounts, their credentials and every grant on them; live sessions end within a second.</summary>
    public Task<Result<Done>> RemoveAsync(Actor actor, string name, CancellationToken ct) => WithResourceAsync<Done>(
        actor,
        name,
        "remove resources",
        async (tx, resource) =>
        {
            if (await RotationHold.OfAsync(tx, resource, Now()).ConfigureAwait(false) is { } held)
            {
                return held;
            }

            IReadOnlyList<long> accounts = await AccountRows.IdsOfAsync(tx, resource.Id).ConfigureAwait(false);
            long grants = await GrantRows.CountOfResourceAsync(tx, resource.Id).ConfigureAwait(false);
            foreach (long account in accounts)
            {
                await SecretRows.DeleteAsync(tx, "account", account).ConfigureAwait(false);
                await MetadataRows.DeleteAsync(tx, MetadataRows.Account, account).ConfigureAwait(false);
            }

            await MetadataRows.DeleteAsync(tx, MetadataRows.Resource, resource.Id).ConfigureAwait(false);
            await ResourceRows.DeleteAsync(tx, resource.Id).ConfigureAwait(false);
            string details = AuditDetails.Of(
                ("accounts", accounts.Count.ToString(CultureInfo.InvariantCulture)),
                ("grants", grants.ToString(CultureInfo.InvariantCulture)));
            await _audit.AppendAsync(tx, actor, "resource.remove", name, details).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <returns>NotFound also for what a member has no grant on.</returns>
    public Task<Result<Resource>> FindAsync(Actor actor, string name, CancellationToken ct) => _database.ReadAsync<Result<Resource>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            return caller.Refusal is { } no ? no : await Visibility.ResourceAsync(tx, caller.Value, name, Now()).ConfigureAwait(false);
        },
        ct);

    /// <summary>
    /// Goes as far as a stranger may: resolve, connect, host key or TLS, in at most 10 s; no credential is involved and nothing is kept.
    /// An unknown or other host key is a failed report with <see cref="CheckReport.HostKey"/> set. Of a resource that trusts the first key
    /// it passes and pins none: that is for the first account that signs in, as nobody may be using it. For who sees the resource.
    /// </summary>
    public async Task<Result<CheckReport>> CheckAsync(Actor actor, string name, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        Result<Resource> found = await FindAsync(actor, name, ct).ConfigureAwait(false);
        if (found.Refusal is { } no)
        {
            return no;
        }

        CheckReport report = await _probe(found.Value, progress, ct).ConfigureAwait(false);
        return report with { IsUnpinned = report is { Passed: true, HostKey: not null } && !found.Value.IsKnown };
    }

    /// <summary>In name order; the page and the counts hold only what the caller may see.</summary>
    /// <param name="filter">The filter language, asked of the resources' own fields and metadata.</param>
    public Task<Result<Page<Resource>>> ListAsync(Actor actor, string filter, PageRequest page, CancellationToken ct) => ListSortedAsync(actor, filter, [], page, ct);

    /// <summary>In the order of the keys, and where they are equal of names.</summary>
    /// <param name="filter">The filter language; empty: all.</param>
    public async Task<Result<Page<Resource>>> ListSortedAsync(Actor actor, string filter, IReadOnlyList<SortKey<ResourceSort>> order, PageRequest page, CancellationToken ct)
    {
        Result<FilterNode> parsed = Filter.Parse(filter);
        if (parsed.Refusal is { } bad)
        {
            return bad;
        }

        return await _database.ReadAsync<Result<Page<Resource>>>(
            async tx =>
            {
                Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
                if (caller.Refusal is { } no)
                {
                    return no;
                }

                SqlArgs args = new();
                string condition = await FilterSql.ForListAsync(tx, parsed.Value, FilterSubject.Resource, args).ConfigureAwait(false);
                Reach? visible = await Visibility.AccountsAsync(tx, caller.Value, Visibility.Any, Now(), args).ConfigureAwait(false);
                if (!caller.Value.IsAdmin)
                {
                    condition += " AND " + GrantRows.ResourceIsSeen(caller.Value.User!.Id, visible!.All.Probe, Now(), args);
                }

                string sorted = await ResourceOrder.SqlAsync(tx, order, visible?.All.Probe, args).ConfigureAwait(false);
                return await ResourceRows.PageAsync(tx, condition, visible?.All.Probe, sorted, args, FieldCheck.Bounded(page)).ConfigureAwait(false);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Pins a host key beside those that are there. The accounts are unverified then: nobody has signed in to a machine with this key.</summary>
    /// <param name="trustSource">"option", "known_hosts", "accepted by NAME".</param>
    public Task<Result<Resource>> PinHostKeyAsync(Actor actor, string name, SeenHostKey key, string trustSource, CancellationToken ct) => WithResourceAsync<Resource>(
        actor,
        name,
        "pin host keys",
        async (tx, resource) =>
        {
            HostKeyPin pin = new(key.KeyType, key.Fingerprint, trustSource, Now());
            Resource pinned = resource with { HostKeys = [.. resource.HostKeys.Where(old => old.Fingerprint != key.Fingerprint), pin] };
            if (ResourceRules.Check(pinned) is { } broken)
            {
                return broken;
            }

            await ResourceRows.AddHostKeyAsync(tx, resource.Id, pin).ConfigureAwait(false);
            await ResourceRows.DeleteOfferedHostKeyAsync(tx, resource.Id, pin.Fingerprint).ConfigureAwait(false);
            int unverified = await KnownAnewAsync(tx, resource).ConfigureAwait(false);
            string details = AuditDetails.Of(("type", key.KeyType), ("fingerprint", key.Fingerprint), ("trust", trustSource), ("unverified", ResourceAudit.Some(unverified)));
            await _audit.AppendAsync(tx, actor, "resource.host-key.pin", name, details).ConfigureAwait(false);
            return (await ResourceRows.FindAsync(tx, name).ConfigureAwait(false))!;
        },
        ct);

    /// <summary>Trusts a CA for host certificates of this resource, beside the pins and CAs that are there. The accounts are unverified then.</summary>
    public async Task<Result<Resource>> PinHostAuthorityAsync(Actor actor, string name, HostAuthority authority, CancellationToken ct)
    {
        Result<IReadOnlyList<HostKeyPin>> read = ResourceBuilder.Authorities([authority], Now());
        if (read.Refusal is { } bad)
        {
            return bad;
        }

        HostKeyPin pin = read.Value[0];
        return await WithResourceAsync<Resource>(
            actor,
            name,
            "trust CAs of host keys",
            async (tx, resource) =>
            {
                Resource pinned = resource with { HostAuthorities = [.. resource.HostAuthorities.Where(old => old.Fingerprint != pin.Fingerprint), pin] };
                if (ResourceRules.Check(pinned) is { } broken)
                {
                    return broken;
                }

                await ResourceRows.AddHostAuthorityAsync(tx, resource.Id, pin).ConfigureAwait(false);
                int unverified = await KnownAnewAsync(tx, resource).ConfigureAwait(false);
                string details = AuditDetails.Of(("type", pin.KeyType), ("fingerprint", pin.Fingerprint), ("trust", pin.TrustSource), ("unverified", ResourceAudit.Some(unverified)));
                await _audit.AppendAsync(tx, actor, "resource.host-ca.pin", name, details).ConfigureAwait(false);
                return (await ResourceRows.FindAsync(tx, name).ConfigureAwait(false))!;
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Pins a key that the target itself has offered and proven; an admin's word for it is all that was missing. It is the machine it was.</summary>
    /// <param name="fingerprint">"SHA256:…"</param>
    public Task<Result<Resource>> AcceptOfferedHostKeyAsync(Actor actor, string name, string fingerprint, CancellationToken ct) => WithResourceAsync<Resource>(
        actor,
        name,
        "pin host keys",
        async (tx, resource) =>
        {
            if (resource.OfferedHostKeys.FirstOrDefault(key => key.Fingerprint == fingerprint) is not { } offered)
            {
                return Refusal.NotFound($"The resource {Text.Quote(name)} was offered no host key {Text.Quote(fingerprint)}.");
            }

            HostKeyPin pin = offered with { TrustSource = "offered by the target, accepted by " + actor.Name, Added = Now() };
            if (ResourceRules.Check(resource with { HostKeys = [.. resource.HostKeys, pin] }) is { } broken)
            {
                return broken;
            }

            await ResourceRows.AddHostKeyAsync(tx, resource.Id, pin).ConfigureAwait(false);
            await ResourceRows.DeleteOfferedHostKeyAsync(tx, resource.Id, fingerprint).ConfigureAwait(false);
            string details = AuditDetails.Of(("type", pin.KeyType), ("fingerprint", pin.Fingerprint), ("trust", pin.TrustSource));
            await _audit.AppendAsync(tx, actor, "resource.host-key.pin", name, details).ConfigureAwait(false);
            return (await ResourceRows.FindAsync(tx, name).ConfigureAwait(false))!;
        },
        ct);

    /// <summary>
    /// The gateway's: keys that a target, known by a pinned key, has proven to hold as well (OpenSSH's hostkeys-00). They are kept for an admin to
    /// see, and trusted by nobody. What is pinned or known already changes nothing, so a target cannot fill the audit.
    /// </summary>
    /// <returns>How many were new.</returns>
    public async Task<int> NoteOfferedHostKeysAsync(string name, IReadOnlyList<SeenHostKey> keys, CancellationToken ct)
    {
        Result<int> noted = await _database.WriteAsync<int>(
            async tx =>
            {
                int count = 0;
                if (await ResourceRows.FindAsync(tx, name).ConfigureAwait(false) is not { } resource)
                {
                    return 0;
                }

                foreach (SeenHostKey key in keys)
                {
                    HostKeyPin pin = new(key.KeyType, key.Fingerprint, "offered by the target", Now());
                    bool known = resource.HostKeys.Concat(resource.OfferedHostKeys).Any(old => old.Fingerprint == key.Fingerprint);
                    if (known || ResourceRules.CheckPin(pin) is not null || resource.OfferedHostKeys.Count + count >= ResourceRules.MaxOfferedKeys)
                    {
                        continue;
                    }

                    await ResourceRows.AddOfferedHostKeyAsync(tx, resource.Id, pin).ConfigureAwait(false);
                    await _audit.AppendAsync(tx, Actor.System, "resource.host-key.offered", name, AuditDetails.Of(("type", key.KeyType), ("fingerprint", key.Fingerprint))).ConfigureAwait(false);
                    count++;
                }

                return count;
            },
            ct).ConfigureAwait(false);
        return noted.Value;
    }

    /// <summary>Forgets a pinned key, a CA, or a key that was offered. But for the last, the accounts are unverified then.</summary>
    /// <param name="fingerprint">"SHA256:…"</param>
    public Task<Result<Resource>> RemoveHostKeyAsync(Actor actor, string name, string fingerprint, CancellationToken ct) => WithResourceAsync<Resource>(
        actor,
        name,
        "remove host keys",
        async (tx, resource) =>
        {
            int trusted = await ResourceRows.DeleteHostKeyAsync(tx, resource.Id, fingerprint).ConfigureAwait(false)
                + await ResourceRows.DeleteHostAuthorityAsync(tx, resource.Id, fingerprint).ConfigureAwait(false);
            int offered = await ResourceRows.DeleteOfferedHostKeyAsync(tx, resource.Id, fingerprint).ConfigureAwait(false);
            if (trusted + offered == 0)
            {
                return Refusal.NotFound($"The resource {Text.Quote(name)} has no host key {Text.Quote(fingerprint)}.");
            }

            int unverified = trusted == 0 ? 0 : await KnownAnewAsync(tx, resource).ConfigureAwait(false);
            await _audit.AppendAsync(tx, actor, "resource.host-key.remove", name, AuditDetails.Of(("fingerprint", fingerprint), ("unverified", ResourceAudit.Some(unverified)))).ConfigureAwait(false);
            return (await ResourceRows.FindAsync(tx, name).ConfigureAwait(false))!;
        },
        ct);

    // The machine is told by other keys than before: scheduled sign-ins wait for a check that a person asks for, and one under way counts for nothing.
    private async Task<int> KnownAnewAsync(Tx tx, Resource resource)
    {
        await ResourceRows.UpdateAsync(tx, resource with { Updated = Now() }).ConfigureAwait(false);
        return await AccountRows.MarkUnverifiedAsync(tx, resource.Id, Now()).ConfigureAwait(false);
    }

    private DateTimeOffset Now() => _time.GetUtcNow();

    private Task<Result<T>> AdminAsync<T>(Actor actor, string what, Func<Tx, Task<Result<T>>> work, CancellationToken ct) => _database.WriteAsync<T>(
        async tx => (await Caller.AdminAsync(tx, actor, what).ConfigureAwait(false)).Refusal is { } no ? no : await work(tx).ConfigureAwait(false),
        ct);

    private Task<Result<T>> WithResourceAsync<T>(Actor actor, string name, string what, Func<Tx, Resource, Task<Result<T>>> work, CancellationToken ct) => _database.WriteAsync<T>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            // A member learns "not found" about what he does not see, "not allowed" about what he does.
            Result<Resource> resource = await Visibility.ResourceAsync(tx, caller.Value, name, Now()).ConfigureAwait(false);
            if (resource.Refusal is { } none)
            {
                return none;
            }

            return caller.Value.IsAdmin ? await work(tx, resource.Value).ConfigureAwait(false) : Refusal.NotAllowed($"Only an admin may {what}.");
        },
        ct);
}

/// <summary>A look at who answers at a resource: what the connectors do.</summary>
internal delegate Task<CheckReport> IdentityProbe(Resource resource, IProgress<CheckProgress>? progress, CancellationToken ct);
