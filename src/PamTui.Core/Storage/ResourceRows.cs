using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Core.Storage;

internal static class ResourceRows
{
    // r.*, how many accounts the caller sees, the rotation account's name.
    private const string From = """
        FROM resources r LEFT JOIN accounts ra ON ra.id = r.rotation_account_id
        """;

    private const string Columns = """
        r.id, r.name, r.kind, r.host, r.port, r.database_name, r.tls_mode, r.tls_ca, r.trust_on_first_use, r.description,
        ra.name AS rotation_account, r.created, r.updated, r.password_length, r.password_classes, r.password_without, r.source_address
        """;

    public static async Task<Resource?> FindAsync(Tx tx, string name)
    {
        Stored? row = await tx.FirstAsync<Stored>($"SELECT {Columns}, (SELECT count(*) FROM accounts c WHERE c.resource_id = r.id) AS account_count {From} WHERE r.name = @name", new { name }).ConfigureAwait(false);
        return row is null ? null : (await CompleteAsync(tx, [row]).ConfigureAwait(false))[0];
    }

    /// <param name="condition">On r.</param>
    /// <param name="visible">On a: which accounts the caller sees and counts; null: all.</param>
    /// <param name="order">Of <see cref="ResourceOrder"/>.</param>
    public static async Task<Page<Resource>> PageAsync(Tx tx, string condition, string? visible, string order, SqlArgs args, PageRequest page)
    {
        long total = await tx.NumberAsync($"SELECT count(*) FROM resources r WHERE {condition}", args.Values).ConfigureAwait(false);
        List<Stored> rows = await tx.ListAsync<Stored>(
            $"""
            SELECT {Columns}, (SELECT count(*) FROM accounts a WHERE a.resource_id = r.id AND {visible ?? "1 = 1"}) AS account_count
            {From} WHERE {condition} ORDER BY {order} LIMIT {args.Add(page.Limit)} OFFSET {args.Add(page.Offset)}
            """,
            args.Values).ConfigureAwait(false);
        return new Page<Resource>(await CompleteAsync(tx, rows).ConfigureAwait(false), page.Offset, (int)total);
    }

    public static async Task<IReadOnlyList<string>> HostsOnPortAsync(Tx tx, int port) =>
        await tx.ListAsync<string>("SELECT DISTINCT host FROM resources WHERE port = @port ORDER BY host", new { port }).ConfigureAwait(false);

    /// <summary>The name of one that is reached there, as it is spelled; null: none.</summary>
    public static Task<string?> FindAtAsync(Tx tx, string host, int port) =>
        tx.FirstAsync<string>("SELECT name FROM resources WHERE port = @port AND lower(host) = @host ORDER BY name LIMIT 1", new { host, port });

    public static Task<long> InsertAsync(Tx tx, Resource resource) => tx.NumberAsync(
        """
        INSERT INTO resources (name, kind, host, port, database_name, tls_mode, tls_ca, trust_on_first_use, description, source_address, created, updated)
        VALUES (@Name, @kind, @Host, @Port, @Database, @tlsMode, @TlsCa, @TrustOnFirstUse, @Description, @sourceAddress, @created, @updated)
        RETURNING id
        """,
        Values(resource));

    public static Task UpdateAsync(Tx tx, Resource resource) => tx.ExecuteAsync(
        """
        UPDATE resources SET host = @Host, port = @Port, database_name = @Database, tls_mode = @tlsMode, tls_ca = @TlsCa,
            trust_on_first_use = @TrustOnFirstUse, description = @Description, updated = @updated, source_address = @sourceAddress,
            password_length = @passwordLength, password_classes = @passwordClasses, password_without = @passwordWithout,
            rotation_account_id = (SELECT id FROM accounts WHERE resource_id = @Id AND name = @RotationAccount)
        WHERE id = @Id
        """,
        Values(resource));

    public static Task DeleteAsync(Tx tx, long id) => tx.ExecuteAsync("DELETE FROM resources WHERE id = @id", new { id });

    public static Task AddHostKeyAsync(Tx tx, long resourceId, HostKeyPin pin) => AddAsync(tx, "host_keys", resourceId, pin);

    public static Task AddHostAuthorityAsync(Tx tx, long resourceId, HostKeyPin pin) => AddAsync(tx, "host_authorities", resourceId, pin);

    public static Task AddOfferedHostKeyAsync(Tx tx, long resourceId, HostKeyPin pin) => AddAsync(tx, "offered_host_keys", resourceId, pin);

    public static Task<int> DeleteHostKeyAsync(Tx tx, long resourceId, string fingerprint) => DeleteAsync(tx, "host_keys", resourceId, fingerprint);

    public static Task<int> DeleteHostAuthorityAsync(Tx tx, long resourceId, string fingerprint) => DeleteAsync(tx, "host_authorities", resourceId, fingerprint);

    public static Task<int> DeleteOfferedHostKeyAsync(Tx tx, long resourceId, string fingerprint) => DeleteAsync(tx, "offered_host_keys", resourceId, fingerprint);

    public static async Task<IReadOnlyList<string>> LinuxWithoutHostKeysAsync(Tx tx, int limit) => await tx.ListAsync<string>(
        """
        SELECT name FROM resources r WHERE kind = 'linux' AND NOT EXISTS (SELECT 1 FROM host_keys h WHERE h.resource_id = r.id)
            AND NOT EXISTS (SELECT 1 FROM host_authorities c WHERE c.resource_id = r.id) ORDER BY name LIMIT @limit
        """,
        new { limit }).ConfigureAwait(false);

    // The table's name is one of the three above, never a caller's.
    private static Task<int> AddAsync(Tx tx, string table, long resourceId, HostKeyPin pin) => tx.ExecuteAsync(
        $"""
        INSERT INTO {table} (resource_id, key_type, fingerprint, trust_source, added)
        VALUES (@resourceId, @KeyType, @Fingerprint, @TrustSource, @added)
        ON CONFLICT (resource_id, fingerprint) DO UPDATE SET key_type = CASE WHEN excluded.key_type = '' THEN {table}.key_type ELSE excluded.key_type END
        """,
        new { resourceId, pin.KeyType, pin.Fingerprint, pin.TrustSource, added = StoredTime.Of(pin.Added) });

    private static Task<int> DeleteAsync(Tx tx, string table, long resourceId, string fingerprint) => tx.ExecuteAsync(
        $"DELETE FROM {table} WHERE resource_id = @resourceId AND fingerprint = @fingerprint",
        new { resourceId, fingerprint });

    private static object Values(Resource resource) => new
    {
        resource.Id,
        resource.Name,
        kind = Words.Of(resource.Kind),
        resource.Host,
        resource.Port,
        resource.Database,
        tlsMode = Words.Of(resource.TlsMode),
        resource.TlsCa,
        TrustOnFirstUse = resource.TrustOnFirstUse ? 1 : 0,
        resource.Description,
        resource.RotationAccount,
        created = StoredTime.Of(resource.Created),
        updated = StoredTime.Of(resource.Updated),
        sourceAddress = resource.SourceAddress?.Text,
        passwordLength = resource.Passwords.Length,
        passwordClasses = StoredPasswords.Classes(resource.Passwords),
        passwordWithout = resource.Passwords.Without,
    };

    private static async Task<List<Resource>> CompleteAsync(Tx tx, List<Stored> rows)
    {
        List<long> ids = [.. rows.Select(row => row.Id)];
        if (ids.Count == 0)
        {
            return [];
        }

        Dictionary<long, Metadata> metadata = await MetadataRows.FindAsync(tx, MetadataRows.Resource, ids).ConfigureAwait(false);
        ILookup<long, HostKeyPin> pins = await PinsAsync(tx, "host_keys", ids).ConfigureAwait(false);
        ILookup<long, HostKeyPin> authorities = await PinsAsync(tx, "host_authorities", ids).ConfigureAwait(false);
        ILookup<long, HostKeyPin> offered = await PinsAsync(tx, "offered_host_keys", ids).ConfigureAwait(false);
        return
        [
            .. rows.Select(row => row.ToResource([.. pins[row.Id]], metadata.GetValueOrDefault(row.Id, Metadata.Empty)) with
            {
                HostAuthorities = [.. authorities[row.Id]],
                OfferedHostKeys = [.. offered[row.Id]],
            }),
        ];
    }

    private static async Task<ILookup<long, HostKeyPin>> PinsAsync(Tx tx, string table, List<long> ids) => (await tx.ListAsync<StoredPin>(
            $"SELECT resource_id, key_type, fingerprint, trust_source, added FROM {table} WHERE resource_id IN ({string.Join(',', ids)}) ORDER BY id").ConfigureAwait(false))
        .ToLookup(pin => pin.ResourceId, pin => new HostKeyPin(pin.KeyType, pin.Fingerprint, pin.TrustSource, StoredTime.From(pin.Added)));

    private sealed class Stored
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public string Kind { get; init; } = "";

        public string Host { get; init; } = "";

        public long Port { get; init; }

        public string? DatabaseName { get; init; }

        public string TlsMode { get; init; } = "";

        public string? TlsCa { get; init; }

        public long TrustOnFirstUse { get; init; }

        public string Description { get; init; } = "";

        public string? RotationAccount { get; init; }

        public long AccountCount { get; init; }

        public long Created { get; init; }

        public long Updated { get; init; }

        public long? PasswordLength { get; init; }

        public string? PasswordClasses { get; init; }

        public string? PasswordWithout { get; init; }

        public string? SourceAddress { get; init; }

        public Resource ToResource(IReadOnlyList<HostKeyPin> pins, Metadata metadata) => new(
            Id,
            Name,
            StoredWord.Kind(Kind),
            Host,
            (int)Port,
            DatabaseName,
            StoredWord.Parse<TlsMode>(TlsMode, Words.Of),
            TlsCa,
            pins,
            TrustOnFirstUse != 0,
            Description,
            metadata,
            RotationAccount,
            (int)AccountCount,
            StoredTime.From(Created),
            StoredTime.From(Updated))
        {
            Passwords = StoredPasswords.From(PasswordLength, PasswordClasses, PasswordWithout),
            SourceAddress = SourceAddress is null ? null : SourceAddresses.Parse(SourceAddress) is { IsOk: true } from
                ? from.Value
                : throw new VaultException($"The source address of the resource {Text.Quote(Name)} was changed outside the vault: set it again with `pamtui resource edit`."),
        };
    }

    private sealed class StoredPin
    {
        public long ResourceId { get; init; }

        public string KeyType { get; init; } = "";

        public string Fingerprint { get; init; } = "";

        public string TrustSource { get; init; } = "";

        public long Added { get; init; }
    }
}
