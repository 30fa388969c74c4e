using PamTui.Core.Filters;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

internal static class GrantRows
{
    private const string From = """
        FROM grants g
        LEFT JOIN users u ON u.id = g.user_id
        LEFT JOIN groups p ON p.id = g.group_id
        LEFT JOIN accounts a ON a.id = g.account_id
        LEFT JOIN resources r ON r.id = g.resource_id
        """;

    private const string Select = """
        SELECT g.id, u.name AS user_name, p.name AS group_name, a.resource AS account_resource, a.name AS account_name, r.name AS resource_name,
            g.filter, g.capabilities, g.read_only, g.forward_to, g.from_at, g.until_at, g.created_by
        """ + " " + From;

    private const string OfUser = "(g.user_id = @userId OR g.group_id IN (SELECT m.group_id FROM members m WHERE m.user_id = @userId))";

    public static async Task<Grant?> FindAsync(Tx tx, long id) =>
        (await tx.FirstAsync<Stored>($"{Select} WHERE g.id = @id", new { id }).ConfigureAwait(false))?.ToGrant();

    /// <summary>In the order they were made.</summary>
    public static Task<Page<Grant>> PageAsync(Tx tx, PageRequest page) => PageAsync(tx, ["1 = 1"], new SqlArgs(), page);

    /// <summary>In the order they were made.</summary>
    /// <param name="filter">Of the query, parsed.</param>
    /// <param name="resource">The query's resource, or its account's; null: neither is asked for.</param>
    /// <param name="account">The query's account; null: none is asked for.</param>
    public static async Task<Page<Grant>> PageAsync(Tx tx, GrantQuery query, FilterNode filter, Resource? resource, Account? account, DateTimeOffset now, PageRequest page)
    {
        SqlArgs args = new();
        List<string> conditions = [await FilterSql.ForListAsync(tx, filter, FilterSubject.Grant, args).ConfigureAwait(false)];
        if (query.Grantee is { } grantee)
        {
            conditions.Add($"coalesce(u.name, 'group:' || p.name) = {args.Add(grantee)}");
        }

        if (query.OfUser is { } user)
        {
            string name = args.Add(user);
            conditions.Add($"(u.name = {name} OR g.group_id IN (SELECT m.group_id FROM members m JOIN users o ON o.id = m.user_id WHERE o.name = {name}))");
        }

        if (query.HoldingOnly)
        {
            string at = args.Add(StoredTime.Of(now));
            conditions.Add($"g.from_at <= {at} AND (g.until_at IS NULL OR g.until_at > {at})");
        }

        if (resource is not null)
        {
            string accounts = account is not null ? args.Add(account.Id) : $"SELECT a.id FROM accounts a WHERE a.resource_id = {args.Add(resource.Id)}";
            string filters = string.Join(',', [0, .. await FiltersReachingAsync(tx, resource, account).ConfigureAwait(false)]);
            conditions.Add($"(g.resource_id = {args.Add(resource.Id)} OR g.account_id IN ({accounts}) OR g.id IN ({filters}))");
        }

        return await PageAsync(tx, conditions, args, page).ConfigureAwait(false);
    }

    private static async Task<Page<Grant>> PageAsync(Tx tx, IEnumerable<string> conditions, SqlArgs args, PageRequest page)
    {
        string where = string.Join(" AND ", conditions);
        long total = await tx.NumberAsync($"SELECT count(*) {From} WHERE {where}", args.Values).ConfigureAwait(false);
        List<Stored> rows = await tx.ListAsync<Stored>($"{Select} WHERE {where} ORDER BY g.id LIMIT {args.Add(page.Limit)} OFFSET {args.Add(page.Offset)}", args.Values).ConfigureAwait(false);
        return new Page<Grant>([.. rows.Select(row => row.ToGrant())], page.Offset, (int)total);
    }

    private static async Task<IReadOnlyList<long>> FiltersReachingAsync(Tx tx, Resource resource, Account? account)
    {
        List<long> reaching = [];
        foreach (Grant grant in await WithFilterAsync(tx).ConfigureAwait(false))
        {
            SqlArgs args = new();
            string one = account is not null ? $"a.id = {args.Add(account.Id)}" : $"a.resource_id = {args.Add(resource.Id)}";
            if (Filter.Parse(grant.Target) is { IsOk: true } parsed
                && await tx.NumberAsync($"SELECT EXISTS (SELECT 1 FROM accounts a WHERE {one} AND {FilterSql.ForGrant(FilterMeaning.ForGrant(parsed.Value), args, FilterShape.Probe)})", args.Values).ConfigureAwait(false) == 1)
            {
                reaching.Add(grant.Id);
            }
        }

        return reaching;
    }

    /// <summary>All grants of a user and of his groups, whatever they reach and whenever they hold.</summary>
    public static async Task<IReadOnlyList<Grant>> OfUserAsync(Tx tx, long userId) =>
        [.. (await tx.ListAsync<Stored>($"{Select} WHERE {OfUser} ORDER BY g.id", new { userId }).ConfigureAwait(false)).Select(row => row.ToGrant())];

    public static async Task<IReadOnlyList<Grant>> WithFilterAsync(Tx tx) =>
        [.. (await tx.ListAsync<Stored>($"{Select} WHERE g.filter IS NOT NULL ORDER BY g.id").ConfigureAwait(false)).Select(row => row.ToGrant())];

    /// <summary>Those of <paramref name="grants"/> that reach the account.</summary>
    public static async Task<IReadOnlyList<Grant>> ReachingAsync(Tx tx, IReadOnlyList<Grant> grants, Account account)
    {
        List<Grant> reaching = [];
        foreach (Grant grant in grants)
        {
            bool reaches = grant.Scope switch
            {
                GrantScope.Account => grant.Target == account.Reference.ToString(),
                GrantScope.Resource => grant.Target == account.Resource + "/*",
                _ => await FilterReachesAsync(tx, grant, account.Id).ConfigureAwait(false),
            };
            if (reaches)
            {
                reaching.Add(grant);
            }
        }

        return reaching;
    }

    /// <summary>The accounts that grants holding at <paramref name="now"/> let the user do any of <paramref name="wanted"/> on.</summary>
    public static async Task<Reach> ReachAsync(Tx tx, long userId, Capability wanted, DateTimeOffset now, SqlArgs args)
    {
        string user = args.Add(userId);
        string at = args.Add(StoredTime.Of(now));
        string capabilities = args.Add((long)wanted);
        string holding = $"""
            (g.user_id = {user} OR g.group_id IN (SELECT m.group_id FROM members m WHERE m.user_id = {user}))
            AND (g.capabilities & {capabilities}) <> 0 AND g.from_at <= {at} AND (g.until_at IS NULL OR g.until_at > {at})
            """;
        string accounts = $"SELECT g.account_id FROM grants g WHERE g.account_id IS NOT NULL AND {holding}";
        string resources = $"SELECT g.resource_id FROM grants g WHERE g.resource_id IS NOT NULL AND {holding}";
        List<FilterNode> filters = [];
        foreach (string filter in await tx.ListAsync<string>($"SELECT g.filter FROM grants g WHERE g.filter IS NOT NULL AND {holding} ORDER BY g.id", args.Values).ConfigureAwait(false))
        {
            // A filter that this program does not parse (a newer one wrote it) reaches nothing.
            if (Filter.Parse(filter) is { IsOk: true } parsed)
            {
                filters.Add(FilterMeaning.ForGrant(parsed.Value));
            }
        }

        filters = [.. filters.Distinct()];
        string[] probes = [$"a.id IN ({accounts})", $"a.resource_id IN ({resources})"];
        string[] sets = [accounts, $"SELECT b.id FROM accounts b WHERE b.resource_id IN ({resources})"];
        return new Reach(
            AnyOf(probes, sets),
            filters,
            AnyOf(
                [.. probes, .. filters.Select(node => FilterSql.ForGrant(node, args, FilterShape.Probe))],
                [.. sets, .. filters.Select(node => FilterSql.SetForGrant(node, args))]));
    }

    // As a set it leads the statement: the accounts reached are read, not all of them.
    private static Limit AnyOf(string[] probes, string[] sets) => new($"({string.Join(" OR ", probes)})", $"(a.id IN ({string.Join(" UNION ALL ", sets)}))");

    /// <summary>A condition on resources "r": those on all of which the user has a grant that holds now, or of which he sees an account.</summary>
    /// <param name="visible">Of <see cref="ReachAsync"/>.</param>
    public static string ResourceIsSeen(long userId, string visible, DateTimeOffset now, SqlArgs args)
    {
        string user = args.Add(userId);
        string at = args.Add(StoredTime.Of(now));
        return $"""
            (EXISTS (SELECT 1 FROM accounts a WHERE a.resource_id = r.id AND {visible})
            OR r.id IN (SELECT g.resource_id FROM grants g WHERE g.resource_id IS NOT NULL
            AND (g.user_id = {user} OR g.group_id IN (SELECT m.group_id FROM members m WHERE m.user_id = {user}))
            AND g.from_at <= {at} AND (g.until_at IS NULL OR g.until_at > {at})))
            """;
    }

    /// <summary>How many accounts the grant reaches.</summary>
    public static async Task<long> CountReachedAsync(Tx tx, Grant grant)
    {
        SqlArgs args = new();
        string condition = grant.Scope switch
        {
            GrantScope.Account => $"a.resource || '/' || a.name = {args.Add(grant.Target)}",
            GrantScope.Resource => $"a.resource || '/*' = {args.Add(grant.Target)}",
            _ => ByFilter(grant.Target, args),
        };
        return await tx.NumberAsync($"SELECT count(*) FROM accounts a WHERE {condition}", args.Values).ConfigureAwait(false);
    }

    /// <summary>What a grant of that scope reaches: how many, and the first of them in the order of resource and name.</summary>
    public static async Task<GrantReach> ReachedAsync(Tx tx, long? accountId, long? resourceId, string? filter, int first)
    {
        SqlArgs args = new();
        string condition = accountId is { } account ? $"a.id = {args.Add(account)}"
            : resourceId is { } resource ? $"a.resource_id = {args.Add(resource)}"
            : ByFilter(filter ?? "", args);
        long count = await tx.NumberAsync($"SELECT count(*) FROM accounts a WHERE {condition}", args.Values).ConfigureAwait(false);
        List<Named> rows = await tx.ListAsync<Named>($"SELECT a.resource, a.name FROM accounts a WHERE {condition} ORDER BY a.resource, a.name LIMIT {args.Add(first)}", args.Values).ConfigureAwait(false);
        return new GrantReach((int)count, [.. rows.Select(row => new AccountRef(row.Resource, row.Name))]);
    }

    private static string ByFilter(string text, SqlArgs args) =>
        Filter.Parse(text) is { IsOk: true } parsed ? FilterSql.ForGrant(FilterMeaning.ForGrant(parsed.Value), args, FilterShape.Set) : "1 = 0";

    public static Task<long> InsertAsync(Tx tx, GrantDraftRow draft) => tx.NumberAsync(
        """
        INSERT INTO grants (user_id, group_id, account_id, resource_id, filter, capabilities, read_only, forward_to, from_at, until_at, created_by)
        VALUES (@UserId, @GroupId, @AccountId, @ResourceId, @Filter, @Capabilities, @ReadOnly, @ForwardTo, @FromAt, @UntilAt, @CreatedBy) RETURNING id
        """,
        draft);

    public static Task SetAsync(Tx tx, long id, Capability capabilities, IReadOnlyList<HostPort> forwardTo, DateTimeOffset? until) => tx.ExecuteAsync(
        "UPDATE grants SET capabilities = @capabilities, forward_to = @forwardTo, until_at = @until WHERE id = @id",
        new { id, capabilities = (long)capabilities, forwardTo = StoredPlaces(forwardTo), until = StoredTime.Of(until) });

    public static string? StoredPlaces(IReadOnlyList<HostPort> places) => places.Count == 0 ? null : string.Join(' ', places);

    public static Task DeleteAsync(Tx tx, long id) => tx.ExecuteAsync("DELETE FROM grants WHERE id = @id", new { id });

    public static Task<long> CountOfAccountAsync(Tx tx, long accountId) =>
        tx.NumberAsync("SELECT count(*) FROM grants WHERE account_id = @accountId", new { accountId });

    public static Task<long> CountOfResourceAsync(Tx tx, long resourceId) => tx.NumberAsync(
        "SELECT count(*) FROM grants WHERE resource_id = @resourceId OR account_id IN (SELECT id FROM accounts WHERE resource_id = @resourceId)",
        new { resourceId });

    public static Task<long> CountOfUserAsync(Tx tx, long userId) => tx.NumberAsync("SELECT count(*) FROM grants WHERE user_id = @userId", new { userId });

    public static Task<long> CountOfGroupAsync(Tx tx, long groupId) => tx.NumberAsync("SELECT count(*) FROM grants WHERE group_id = @groupId", new { groupId });

    private static async Task<bool> FilterReachesAsync(Tx tx, Grant grant, long accountId)
    {
        if (Filter.Parse(grant.Target) is not { IsOk: true } parsed)
        {
            return false;
        }

        SqlArgs args = new();
        string condition = FilterSql.ForGrant(FilterMeaning.ForGrant(parsed.Value), args, FilterShape.Probe);
        return await tx.NumberAsync($"SELECT count(*) FROM accounts a WHERE a.id = {args.Add(accountId)} AND {condition}", args.Values).ConfigureAwait(false) == 1;
    }

    private sealed class Named
    {
        public string Resource { get; init; } = "";

        public string Name { get; init; } = "";
    }

    private sealed class Stored
    {
        public long Id { get; init; }

        public string? UserName { get; init; }

        public string? GroupName { get; init; }

        public string? AccountResource { get; init; }

        public string? AccountName { get; init; }

        public string? ResourceName { get; init; }

        public string? Filter { get; init; }

        public long Capabilities { get; init; }

        public bool ReadOnly { get; init; }

        public string? ForwardTo { get; init; }

        public long FromAt { get; init; }

        public long? UntilAt { get; init; }

        public string CreatedBy { get; init; } = "";

        public Grant ToGrant()
        {
            (GrantScope scope, string target) = AccountName is not null
                ? (GrantScope.Account, AccountResource + "/" + AccountName)
                : ResourceName is not null ? (GrantScope.Resource, ResourceName + "/*") : (GrantScope.Filter, Filter ?? "");
            return new Grant(
                Id,
                UserName ?? "group:" + GroupName,
                scope,
                target,
                (Capability)Capabilities,
                StoredTime.From(FromAt),
                StoredTime.From(UntilAt),
                CreatedBy)
            {
                ReadOnly = ReadOnly,
                // A place that this program does not read (a newer one wrote it) is none.
                ForwardTo = [.. (ForwardTo ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(HostPort.Parse).Where(place => place.IsOk).Select(place => place.Value)],
            };
        }
    }
}

/// <summary>A grant as it is written: one grantee, one target, by id.</summary>
internal sealed record GrantDraftRow(
    long? UserId,
    long? GroupId,
    long? AccountId,
    long? ResourceId,
    string? Filter,
    long Capabilities,
    bool ReadOnly,
    string? ForwardTo,
    long FromAt,
    long? UntilAt,
    string CreatedBy);
