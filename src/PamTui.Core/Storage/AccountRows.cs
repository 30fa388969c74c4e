using PamTui.Core.Model;

namespace PamTui.Core.Storage;

internal static class AccountRows
{
    private const string Columns = """
        a.id, a.resource_id, a.resource, a.kind, a.name, a.username, a.credential, a.credential_version, a.alias, a.privilege, a.description,
        a.check_state, a.last_checked, a.last_check_error, a.created, a.updated, a.rotation_state, a.rotation_error, a.rotated,
        a.rotation_failures, a.rotation_failed, a.revealed, a.health, a.health_since, a.vouched,
        a.password_length, a.password_classes, a.password_without, a.last_used
        """;

    public static Task<Account?> FindAsync(Tx tx, AccountRef reference) =>
        OneAsync(tx, "a.resource = @Resource AND a.name = @Account", reference);

    public static Task<Account?> FindAsync(Tx tx, long id) => OneAsync(tx, "a.id = @id", new { id });

    public static Task<Account?> FindByAliasAsync(Tx tx, string alias) => OneAsync(tx, "a.alias = @alias", new { alias });

    public static Task<long> CredentialVersionAsync(Tx tx, long id) => tx.NumberAsync("SELECT credential_version FROM accounts WHERE id = @id", new { id });

    public static async Task<bool> NameIsUsedAsync(Tx tx, string name) =>
        await tx.NumberAsync("SELECT EXISTS (SELECT 1 FROM accounts WHERE name = @name)", new { name }).ConfigureAwait(false) == 1;

    /// <param name="order">Of <see cref="AccountOrder"/>.</param>
    public static async Task<Page<Account>> PageAsync(Tx tx, AccountQuery query, string order, PageRequest page)
    {
        (long total, List<long> ids) = await query.CountAsync(tx).ConfigureAwait(false);
        List<Stored> rows = total == 0 ? [] : await tx.ListAsync<Stored>(PageSql(query, total == ids.Count ? ids : null, order, page), query.Args.Values).ConfigureAwait(false);
        return new Page<Account>(await CompleteAsync(tx, rows).ConfigureAwait(false), page.Offset, (int)total);
    }

    /// <param name="ids">All that match; null: too many.</param>
    public static string PageSql(AccountQuery query, IReadOnlyList<long>? ids, string order, PageRequest page)
    {
        string part = $"ORDER BY {order} LIMIT {query.Args.Add(page.Limit)} OFFSET {query.Args.Add(page.Offset)}";
        return ids is not null ? $"SELECT {Columns} FROM accounts a WHERE a.id IN ({string.Join(',', ids)}) {part}"
            : order == AccountOrder.Usual ? $"SELECT {Columns} FROM {query.Ordered} {part}"

            // An order may have to be made: of numbers and what is sorted by, not of whole rows.
            : $"SELECT {Columns} FROM accounts a WHERE a.id IN (SELECT a.id FROM {query.Ordered} {part}) ORDER BY {order}";
    }

    /// <param name="visible">A condition on "a" from the permissions; null: all.</param>
    public static Task<IReadOnlyList<Account>> NamedAsync(Tx tx, string name, string? visible, SqlArgs args, int limit) =>
        WhereAsync(tx, $"a.name = {args.Add(name)} AND {visible ?? "1 = 1"}", args, limit);

    /// <summary>In the order of resource and name.</summary>
    public static Task<IReadOnlyList<Account>> FindAsync(Tx tx, IReadOnlyCollection<long> ids) => FindAsync(tx, ids, null, new SqlArgs());

    /// <summary>Those of them that the permissions let through, in the order of resource and name.</summary>
    /// <param name="visible">A condition on "a"; null: all.</param>
    public static async Task<IReadOnlyList<Account>> FindAsync(Tx tx, IReadOnlyCollection<long> ids, string? visible, SqlArgs args) => ids.Count == 0
        ? []
        : await WhereAsync(tx, $"a.id IN ({string.Join(',', ids)}) AND {visible ?? "1 = 1"}", args, ids.Count).ConfigureAwait(false);

    /// <summary>Those whose last attempts to rotate failed, the most often failed first.</summary>
    public static Task<List<long>> FailingAsync(Tx tx, int limit) =>
        tx.ListAsync<long>("SELECT a.id FROM accounts a WHERE a.rotation_failures > 0 ORDER BY a.rotation_failures DESC LIMIT @limit", new { limit });

    /// <param name="visible">A condition on "a" from the permissions.</param>
    public static Task<long> CountOfResourceAsync(Tx tx, long resourceId, string visible, SqlArgs args) =>
        tx.NumberAsync($"SELECT count(*) FROM accounts a WHERE a.resource_id = {args.Add(resourceId)} AND {visible}", args.Values);

    public static Task<IReadOnlyList<Account>> OfCredentialAsync(Tx tx, CredentialType type, int limit)
    {
        SqlArgs args = new();
        return WhereAsync(tx, $"a.credential = {args.Add(Words.Of(type))}", args, limit);
    }

    private static async Task<IReadOnlyList<Account>> WhereAsync(Tx tx, string condition, SqlArgs args, int limit) =>
        await CompleteAsync(
            tx,
            await tx.ListAsync<Stored>($"SELECT {Columns} FROM accounts a WHERE {condition} ORDER BY a.resource, a.name LIMIT {args.Add(limit)}", args.Values).ConfigureAwait(false))
            .ConfigureAwait(false);

    public static Task<long> InsertAsync(Tx tx, Account account) => tx.NumberAsync(
        """
        INSERT INTO accounts (resource_id, resource, kind, name, username, credential, credential_version, alias, privilege, description,
            check_state, last_checked, last_check_error, created, updated, health, health_since, vouched)
        VALUES (@ResourceId, @Resource, @kind, @Name, @Username, @credential, 1, @Alias, @Privilege, @Description,
            @checkState, @lastChecked, @LastCheckError, @created, @updated, CASE @checkState WHEN 'verified' THEN 'healthy' ELSE 'unknown' END, @created, @IsVouched)
        RETURNING id
        """,
        Values(account));

    public static Task UpdateAsync(Tx tx, Account account) => tx.ExecuteAsync(
        """
        UPDATE accounts SET username = @Username, credential = @credential, alias = @Alias, privilege = @Privilege, description = @Description,
            check_state = @checkState, last_checked = @lastChecked, last_check_error = @LastCheckError, updated = @updated, vouched = @IsVouched,
            password_length = @passwordLength, password_classes = @passwordClasses, password_without = @passwordWithout,
            health = CASE @checkState WHEN 'verified' THEN 'healthy' WHEN 'unverified' THEN 'unknown' ELSE health END,
            health_since = CASE WHEN health = CASE @checkState WHEN 'verified' THEN 'healthy' WHEN 'unverified' THEN 'unknown' ELSE health END THEN health_since ELSE @updated END
        WHERE id = @Id
        """,
        Values(account));

    /// <summary>The version the next credential is sealed for.</summary>
    public static Task<long> NextCredentialVersionAsync(Tx tx, long id) => tx.NumberAsync(
        "UPDATE accounts SET credential_version = credential_version + 1 WHERE id = @id RETURNING credential_version",
        new { id });

    /// <summary>How a sign-in with the stored credential went.</summary>
    public static Task SetCheckAsync(Tx tx, long id, CheckReport report, DateTimeOffset at) => tx.ExecuteAsync(
        """
        UPDATE accounts SET check_state = @state, last_checked = @at, last_check_error = @error, vouched = vouched OR @state = 'verified',
            health = @health, health_since = CASE WHEN health = @health THEN health_since ELSE @at END
        WHERE id = @id
        """,
        new
        {
            id,
            state = Words.Of(report.Passed ? CheckState.Verified : CheckState.Failed),
            at = StoredTime.Of(at),
            error = report.Failure?.Message,
            health = Words.Of(AccountHealth.Of(report)),
        });

    public static Task SetRotationAsync(Tx tx, long id, RotationState state, string? error) => tx.ExecuteAsync(
        "UPDATE accounts SET rotation_state = @state, rotation_error = @error WHERE id = @id",
        new { id, state = Words.Of(state), error });

    public static Task SetRotatedAsync(Tx tx, long id, DateTimeOffset at, long credentialVersion) => tx.ExecuteAsync(
        "UPDATE accounts SET rotated = @at, credential_version = @credentialVersion, rotation_failures = 0, rotation_failed = NULL WHERE id = @id",
        new { id, at = StoredTime.Of(at), credentialVersion });

    /// <summary>An attempt to rotate did not get there.</summary>
    public static Task CountFailureAsync(Tx tx, long id, DateTimeOffset at, string error) => tx.ExecuteAsync(
        "UPDATE accounts SET rotation_failures = rotation_failures + 1, rotation_failed = @at, rotation_error = @error WHERE id = @id",
        new { id, at = StoredTime.Of(at), error });

    public static Task ForgetFailuresAsync(Tx tx, long id) => tx.ExecuteAsync("UPDATE accounts SET rotation_failures = 0, rotation_failed = NULL WHERE id = @id", new { id });

    public static Task SetRevealedAsync(Tx tx, long id, DateTimeOffset at) => tx.ExecuteAsync("UPDATE accounts SET revealed = @at WHERE id = @id", new { id, at = StoredTime.Of(at) });

    /// <summary>Other accounts that sign in as the same user of the same server by the same kind of credential, in whatever resource and database.</summary>
    public static async Task<IReadOnlyList<Account>> SameIdentityAsync(Tx tx, Account account, Resource resource, int limit)
    {
        SqlArgs args = new();
        string resources = $"SELECT r.id FROM resources r WHERE r.kind = {args.Add(Words.Of(resource.Kind))} AND lower(r.host) = lower({args.Add(resource.Host)}) AND r.port = {args.Add(resource.Port)}";
        return await WhereAsync(tx, $"a.username = {args.Add(account.Username)} AND a.credential = {args.Add(Words.Of(account.Credential))} AND a.id <> {args.Add(account.Id)} AND a.resource_id IN ({resources})", args, limit).ConfigureAwait(false);
    }

    public static Task<int> MarkUnverifiedAsync(Tx tx, long resourceId, DateTimeOffset at) => tx.ExecuteAsync(
        "UPDATE accounts SET check_state = 'unverified', health = 'unknown', health_since = @at WHERE resource_id = @resourceId",
        new { resourceId, at = StoredTime.Of(at) });

    public static Task DeleteAsync(Tx tx, long id) => tx.ExecuteAsync("DELETE FROM accounts WHERE id = @id", new { id });

    public static async Task<IReadOnlyList<long>> IdsOfAsync(Tx tx, long resourceId) =>
        await tx.ListAsync<long>("SELECT id FROM accounts WHERE resource_id = @resourceId", new { resourceId }).ConfigureAwait(false);

    private static async Task<Account?> OneAsync(Tx tx, string condition, object args)
    {
        Stored? row = await tx.FirstAsync<Stored>($"SELECT {Columns} FROM accounts a WHERE {condition}", args).ConfigureAwait(false);
        return row?.ToAccount(await MetadataRows.FindAsync(tx, MetadataRows.Account, row.Id).ConfigureAwait(false));
    }

    private static async Task<List<Account>> CompleteAsync(Tx tx, List<Stored> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        Dictionary<long, Metadata> metadata =
            await MetadataRows.FindAsync(tx, MetadataRows.Account, [.. rows.Select(row => row.Id)]).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToAccount(metadata.GetValueOrDefault(row.Id, Metadata.Empty)))];
    }

    private static object Values(Account account) => new
    {
        account.Id,
        account.ResourceId,
        account.Resource,
        kind = Words.Of(account.Kind),
        account.Name,
        account.Username,
        credential = Words.Of(account.Credential),
        account.Alias,
        account.Privilege,
        account.Description,
        checkState = Words.Of(account.CheckState),
        lastChecked = StoredTime.Of(account.LastChecked),
        account.LastCheckError,
        account.IsVouched,
        created = StoredTime.Of(account.Created),
        updated = StoredTime.Of(account.Updated),
        passwordLength = account.Passwords.Length,
        passwordClasses = StoredPasswords.Classes(account.Passwords),
        passwordWithout = account.Passwords.Without,
    };

    private sealed class Stored
    {
        public long Id { get; init; }

        public long ResourceId { get; init; }

        public string Resource { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Name { get; init; } = "";

        public string Username { get; init; } = "";

        public string Credential { get; init; } = "";

        public string? Alias { get; init; }

        public string Privilege { get; init; } = "";

        public string Description { get; init; } = "";

        public string CheckState { get; init; } = "";

        public long? LastChecked { get; init; }

        public string? LastCheckError { get; init; }

        public long Created { get; init; }

        public long Updated { get; init; }

        public string? RotationState { get; init; }

        public string? RotationError { get; init; }

        public long? Rotated { get; init; }

        public long RotationFailures { get; init; }

        public long? RotationFailed { get; init; }

        public long? Revealed { get; init; }

        public bool Vouched { get; init; }

        public string Health { get; init; } = "";

        public long? HealthSince { get; init; }

        public long? PasswordLength { get; init; }

        public string? PasswordClasses { get; init; }

        public string? PasswordWithout { get; init; }

        public long? LastUsed { get; init; }

        public Account ToAccount(Metadata metadata) => new(
            Id,
            ResourceId,
            Resource,
            StoredWord.Kind(Kind),
            Name,
            Username,
            StoredWord.Parse<CredentialType>(Credential, Words.Of),
            Alias,
            Privilege,
            Description,
            metadata,
            StoredWord.Parse<CheckState>(CheckState, Words.Of),
            StoredTime.From(LastChecked),
            LastCheckError,
            StoredTime.From(Created),
            StoredTime.From(Updated))
        {
            Health = new AccountHealth(StoredWord.Parse<HealthState>(Health, Words.Of), StoredTime.From(HealthSince)),
            Rotation = new AccountRotation(RotationState is null ? null : StoredWord.Parse<RotationState>(RotationState, Words.Of), StoredTime.From(Rotated), RotationError)
            {
                Failures = (int)RotationFailures,
                Failed = StoredTime.From(RotationFailed),
                Revealed = StoredTime.From(Revealed),
            },
            Passwords = StoredPasswords.From(PasswordLength, PasswordClasses, PasswordWithout),
            IsVouched = Vouched,
            LastUsed = StoredTime.From(LastUsed),
        };
    }
}
