using System.Globalization;
using System.Text.Json;
using PamTui.Core.Filters;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>Rotation policies, in their order. There are few of them (<see cref="Max"/>), so all are read.</summary>
internal static class PolicyRows
{
    public const int Max = 200;

    private const string Select = """
        SELECT p.id, p.name, p.position, p.account_id, p.resource_id, a.resource AS account_resource, a.name AS account_name, r.name AS resource_name, p.filter,
            p.enabled, p.interval_seconds, p.open_hours, p.jitter_seconds, p.waits_for_sessions, p.by_itself, p.after_reveal_seconds, p.hook, p.created, p.updated
        FROM rotation_policies p
        LEFT JOIN accounts a ON a.id = p.account_id
        LEFT JOIN resources r ON r.id = p.resource_id
        """;

    public static async Task<RotationPolicy?> FindAsync(Tx tx, string name) => (await tx.FirstAsync<Stored>($"{Select} WHERE p.name = @name", new { name }).ConfigureAwait(false))?.ToPolicy();

    public static async Task<RotationPolicy?> FindAsync(Tx tx, int order) => (await tx.FirstAsync<Stored>($"{Select} WHERE p.position = @order", new { order }).ConfigureAwait(false))?.ToPolicy();

    public static async Task<IReadOnlyList<RotationPolicy>> AllAsync(Tx tx) => [.. (await StoredAsync(tx).ConfigureAwait(false)).Select(row => row.ToPolicy())];

    /// <summary>The policy that holds for the account, or null.</summary>
    public static async Task<RotationPolicy?> ForAsync(Tx tx, Account account)
    {
        foreach (Stored row in await StoredAsync(tx).ConfigureAwait(false))
        {
            if (row.AccountId == account.Id || row.ResourceId == account.ResourceId || (row.Filter is not null && await FilterReachesAsync(tx, row, account.Id).ConfigureAwait(false)))
            {
                return row.ToPolicy();
            }
        }

        return null;
    }

    /// <summary>
    /// Accounts whose credential is older than the policy that holds for them, or was seen by somebody, so that they may be due: the
    /// oldest first. Windows, jitter, attempts and sessions are the caller's to look at.
    /// </summary>
    /// <param name="maxFailures">Accounts with so many are left out, like those that need attention: a person must look.</param>
    /// <param name="wanted">Policies to ask for; another's accounts are not read.</param>
    public static async Task<IReadOnlyList<(long AccountId, RotationPolicy Policy)>> CandidatesAsync(Tx tx, Func<RotationPolicy, bool> wanted, int maxFailures, DateTimeOffset now, int limit)
    {
        List<(long, RotationPolicy)> found = [];
        List<Stored> before = [];
        foreach (Stored row in await StoredAsync(tx).ConfigureAwait(false))
        {
            RotationPolicy policy = row.ToPolicy();
            if (policy.Terms.Enabled && wanted(policy))
            {
                foreach (string age in Ages(policy.Terms))
                {
                    SqlArgs args = new();
                    string reached = Condition(row, args);
                    string earlier = string.Concat(before.Select(one => $" AND NOT {Condition(one, args)}"));
                    string at = age.Replace("@now", args.Add(StoredTime.Of(now)), StringComparison.Ordinal)
                        .Replace("@before", args.Add(StoredTime.Of(now - policy.Terms.Interval)), StringComparison.Ordinal);
                    List<long> ids = await tx.ListAsync<long>(
                        $"""
                        SELECT a.id FROM accounts a
                        WHERE {at} AND a.rotation_failures < {args.Add(maxFailures)} AND coalesce(a.rotation_state, '') <> 'needs-attention' AND a.credential <> 'certificate'
                            AND {reached}{earlier}
                        ORDER BY coalesce(a.rotated, a.created), a.id LIMIT {args.Add(limit)}
                        """,
                        args.Values).ConfigureAwait(false);
                    found.AddRange(ids.Select(id => (id, policy)));
                }
            }

            before.Add(row);
        }

        return [.. found.DistinctBy(one => one.Item1)];
    }

    /// <summary>How many accounts the policy holds for.</summary>
    public static async Task<long> CountAsync(Tx tx, string name)
    {
        SqlArgs args = new();
        List<Stored> all = await StoredAsync(tx).ConfigureAwait(false);
        int at = all.FindIndex(row => row.Name == name);
        string earlier = string.Concat(all.Take(at).Select(one => $" AND NOT {Condition(one, args)}"));
        return await tx.NumberAsync($"SELECT count(*) FROM accounts a WHERE {Condition(all[at], args)}{earlier}", args.Values).ConfigureAwait(false);
    }

    /// <summary>
    /// Of accounts "a": when the policy that holds wants the credential replaced, windows, jitter and failures apart. After every time
    /// for those that no policy replaces.
    /// </summary>
    public static async Task<string> DueAsync(Tx tx, SqlArgs args)
    {
        List<Stored> all = await StoredAsync(tx).ConfigureAwait(false);
        string cases = string.Concat(all.Select(row => $" WHEN {Condition(row, args)} THEN {Due(row, args)}"));
        return all.Count == 0 ? long.MaxValue.ToString(CultureInfo.InvariantCulture) : $"CASE WHEN a.credential = 'certificate' THEN {long.MaxValue}{cases} ELSE {long.MaxValue} END";
    }

    public static Task<long> LastOrderAsync(Tx tx) => tx.NumberAsync("SELECT coalesce(max(position), 0) FROM rotation_policies");

    public static Task<long> CountAsync(Tx tx) => tx.NumberAsync("SELECT count(*) FROM rotation_policies");

    public static Task InsertAsync(Tx tx, PolicyRow row) => tx.ExecuteAsync(
        """
        INSERT INTO rotation_policies (name, position, account_id, resource_id, filter, enabled, interval_seconds, open_hours, jitter_seconds, waits_for_sessions,
            by_itself, after_reveal_seconds, hook, created, updated)
        VALUES (@Name, @Order, @AccountId, @ResourceId, @Filter, @Enabled, @interval, @window, @jitter, @WaitsForSessions, @ByItself, @afterReveal, @hook, @now, @now)
        """,
        Values(row));

    /// <summary>The policy of this name.</summary>
    public static Task UpdateAsync(Tx tx, string name, PolicyRow row) => tx.ExecuteAsync(
        """
        UPDATE rotation_policies SET position = @Order, account_id = @AccountId, resource_id = @ResourceId, filter = @Filter, enabled = @Enabled,
            interval_seconds = @interval, open_hours = @window, jitter_seconds = @jitter, waits_for_sessions = @WaitsForSessions, by_itself = @ByItself,
            after_reveal_seconds = @afterReveal, hook = @hook, updated = @now
        WHERE name = @Name
        """,
        Values(row with { Name = name }));

    public static Task DeleteAsync(Tx tx, long id) => tx.ExecuteAsync("DELETE FROM rotation_policies WHERE id = @id", new { id });

    private static Task<List<Stored>> StoredAsync(Tx tx) => tx.ListAsync<Stored>($"{Select} ORDER BY p.position LIMIT {Max}");

    // Each by an index of its own.
    private static string[] Ages(RotationTerms terms) => terms.AfterReveal is null
        ? ["coalesce(a.rotated, a.created) <= @before"]
        : ["coalesce(a.rotated, a.created) <= @before", "a.revealed <= @now AND a.revealed > coalesce(a.rotated, 0)"];

    private static string Due(Stored row, SqlArgs args)
    {
        if (!row.Enabled)
        {
            return long.MaxValue.ToString(CultureInfo.InvariantCulture);
        }

        // Of two numbers SQLite's min() gives the lesser; PostgreSQL's word for it is least().
        string byAge = $"coalesce(a.rotated, a.created) + {args.Add(row.IntervalSeconds * TimeSpan.MicrosecondsPerSecond)}";
        return row.AfterRevealSeconds is { } seconds
            ? $"CASE WHEN a.revealed > coalesce(a.rotated, 0) THEN min({byAge}, a.revealed + {args.Add(seconds * TimeSpan.MicrosecondsPerSecond)}) ELSE {byAge} END"
            : byAge;
    }

    // True or false, never NULL, as NOT of it is asked.
    private static string Condition(Stored row, SqlArgs args) => row switch
    {
        { AccountId: { } account } => $"a.id = {args.Add(account)}",
        { ResourceId: { } resource } => $"a.resource_id = {args.Add(resource)}",
        { Filter: { } filter } when Filters.Filter.Parse(filter) is { IsOk: true } parsed => FilterSql.ForGrant(FilterMeaning.ForGrant(parsed.Value), args, FilterShape.Probe),

        // A filter that this program does not parse (a newer one wrote it) reaches nothing.
        _ => "1 = 0",
    };

    private static async Task<bool> FilterReachesAsync(Tx tx, Stored row, long accountId)
    {
        SqlArgs args = new();
        string id = args.Add(accountId);
        return await tx.NumberAsync($"SELECT count(*) FROM accounts a WHERE a.id = {id} AND {Condition(row, args)}", args.Values).ConfigureAwait(false) == 1;
    }

    private static object Values(PolicyRow row) => new
    {
        row.Name,
        row.Order,
        row.AccountId,
        row.ResourceId,
        row.Filter,
        row.Terms.Enabled,
        interval = (long)row.Terms.Interval.TotalSeconds,
        window = row.Terms.Window?.Text,
        jitter = (long)row.Terms.Jitter.TotalSeconds,
        row.Terms.WaitsForSessions,
        row.Terms.ByItself,
        afterReveal = (long?)row.Terms.AfterReveal?.TotalSeconds,
        hook = row.Terms.Hook is { } hook ? JsonSerializer.Serialize([.. hook.Words], StoredJson.Default.StringArray) : null,
        now = StoredTime.Of(row.Now),
    };

    private sealed class Stored
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public long Position { get; init; }

        public long? AccountId { get; init; }

        public long? ResourceId { get; init; }

        public string? AccountResource { get; init; }

        public string? AccountName { get; init; }

        public string? ResourceName { get; init; }

        public string? Filter { get; init; }

        public bool Enabled { get; init; }

        public long IntervalSeconds { get; init; }

        public string? OpenHours { get; init; }

        public long JitterSeconds { get; init; }

        public bool WaitsForSessions { get; init; }

        public bool ByItself { get; init; }

        public long? AfterRevealSeconds { get; init; }

        public string? Hook { get; init; }

        public long Created { get; init; }

        public long Updated { get; init; }

        public RotationPolicy ToPolicy()
        {
            (GrantScope scope, string target) = AccountName is not null
                ? (GrantScope.Account, AccountResource + "/" + AccountName)
                : ResourceName is not null ? (GrantScope.Resource, ResourceName + "/*") : (GrantScope.Filter, Filter ?? "");
            RotationTerms terms = new(
                Enabled,
                TimeSpan.FromSeconds(IntervalSeconds),
                OpenHours is null ? null : RotationWindow.Stored(OpenHours),
                TimeSpan.FromSeconds(JitterSeconds),
                WaitsForSessions,
                ByItself,
                AfterRevealSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                Hook is null ? null : HookCommand.From(JsonSerializer.Deserialize(Hook, StoredJson.Default.StringArray) ?? []) is { IsOk: true } hook
                    ? hook.Value
                    : throw new Vault.VaultException($"The hook of the policy {Text.Quote(Name)} was changed outside the vault."));
            return new RotationPolicy(Id, Name, (int)Position, scope, target, terms, StoredTime.From(Created), StoredTime.From(Updated));
        }
    }
}

/// <summary>A policy as it is written: one scope, by id.</summary>
internal sealed record PolicyRow(string Name, int Order, long? AccountId, long? ResourceId, string? Filter, RotationTerms Terms, DateTimeOffset Now);
