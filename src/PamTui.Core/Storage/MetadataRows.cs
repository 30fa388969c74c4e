using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>
/// Pairs of resources and accounts. An account also has, marked own = 0, the pairs of its resource whose key it does not have
/// itself; they are kept in step here, in the transaction that changes either.
/// </summary>
internal static class MetadataRows
{
    public const string Resource = "resource";
    public const string Account = "account";

    public static async Task<Metadata> FindAsync(Tx tx, string ownerKind, long ownerId) =>
        Of(await tx.ListAsync<Pair>(
            "SELECT owner_id, key, value FROM metadata WHERE owner_kind = @ownerKind AND owner_id = @ownerId AND own = 1",
            new { ownerKind, ownerId }).ConfigureAwait(false));

    /// <summary>The own pairs of many; who has none is not in the answer.</summary>
    public static async Task<Dictionary<long, Metadata>> FindAsync(Tx tx, string ownerKind, IReadOnlyCollection<long> ownerIds)
    {
        List<Pair> pairs = await tx.ListAsync<Pair>(
            $"SELECT owner_id, key, value FROM metadata WHERE owner_kind = @ownerKind AND owner_id IN ({string.Join(',', ownerIds)}) AND own = 1",
            new { ownerKind }).ConfigureAwait(false);
        return pairs.GroupBy(pair => pair.OwnerId).ToDictionary(group => group.Key, Of);
    }

    /// <summary>Whether the account or its resource, either of them, has the pair.</summary>
    public static async Task<bool> HasAsync(Tx tx, Account account, string key, string value) => await tx.NumberAsync(
        """
        SELECT EXISTS (SELECT 1 FROM metadata WHERE owner_kind = 'account' AND owner_id = @Id AND key = @key AND value = @value)
        OR EXISTS (SELECT 1 FROM metadata WHERE owner_kind = 'resource' AND owner_id = @ResourceId AND key = @key AND value = @value)
        """,
        new { account.Id, account.ResourceId, key, value }).ConfigureAwait(false) == 1;

    public static async Task ReplaceForAccountAsync(Tx tx, long accountId, long resourceId, Metadata metadata)
    {
        await PutAsync(tx, Account, accountId, metadata).ConfigureAwait(false);
        await tx.ExecuteAsync(
            """
            INSERT INTO metadata (owner_kind, owner_id, key, value, own)
            SELECT 'account', @accountId, r.key, r.value, 0 FROM metadata r
            WHERE r.owner_kind = 'resource' AND r.owner_id = @resourceId
            ON CONFLICT (owner_kind, owner_id, key) DO NOTHING
            """,
            new { accountId, resourceId }).ConfigureAwait(false);
    }

    public static async Task ReplaceForResourceAsync(Tx tx, long resourceId, Metadata metadata)
    {
        await PutAsync(tx, Resource, resourceId, metadata).ConfigureAwait(false);
        await tx.ExecuteAsync(
            """
            DELETE FROM metadata WHERE owner_kind = 'account' AND own = 0
            AND owner_id IN (SELECT id FROM accounts WHERE resource_id = @resourceId)
            """,
            new { resourceId }).ConfigureAwait(false);
        await tx.ExecuteAsync(
            """
            INSERT INTO metadata (owner_kind, owner_id, key, value, own)
            SELECT 'account', a.id, r.key, r.value, 0 FROM accounts a
            JOIN metadata r ON r.owner_kind = 'resource' AND r.owner_id = a.resource_id
            WHERE a.resource_id = @resourceId
            ON CONFLICT (owner_kind, owner_id, key) DO NOTHING
            """,
            new { resourceId }).ConfigureAwait(false);
    }

    public static Task DeleteAsync(Tx tx, string ownerKind, long ownerId) => tx.ExecuteAsync(
        "DELETE FROM metadata WHERE owner_kind = @ownerKind AND owner_id = @ownerId",
        new { ownerKind, ownerId });

    public static async Task<bool> KeyExistsAsync(Tx tx, string ownerKind, string key) => await tx.NumberAsync(
        "SELECT EXISTS (SELECT 1 FROM metadata WHERE owner_kind = @ownerKind AND key = @key)",
        new { ownerKind, key }).ConfigureAwait(false) == 1;

    /// <summary>
    /// The values that accounts have for a key and that contain <paramref name="part"/>, and whether those are all values of the key; null when the
    /// key has more than <paramref name="limit"/> values. Leaps from value to value through the index.
    /// </summary>
    public static async Task<(IReadOnlyList<string> Values, bool AreAll)?> ValuesAsync(Tx tx, string key, string part, int limit)
    {
        SqlArgs args = new();
        string ofKey = $"SELECT min(m.value) FROM metadata m WHERE m.owner_kind = 'account' AND m.key = {args.Add(key)}";
        List<FoundValue> found = await tx.ListAsync<FoundValue>(
            $"""
            WITH RECURSIVE v (value) AS (
                {ofKey}
                UNION ALL
                SELECT ({ofKey} AND m.value > v.value) FROM v WHERE v.value IS NOT NULL)
            SELECT value, {FilterSql.Contains("value", part, args)} AS matches FROM v WHERE value IS NOT NULL LIMIT {args.Add(limit + 1)}
            """,
            args.Values).ConfigureAwait(false);
        List<string> values = [.. found.Where(one => one.Matches != 0).Select(one => one.Value)];
        return found.Count > limit ? null : (values, values.Count == found.Count);
    }

    /// <summary>The values of a key on accounts, in order, the empty one left out. Leaps from value to value through the index instead of reading every pair.</summary>
    /// <param name="visible">A condition on accounts "a"; null: all.</param>
    public static async Task<IReadOnlyList<string>> ValuesAsync(Tx tx, string key, string? visible, SqlArgs args, int limit)
    {
        string named = args.Add(key);
        string next = $"SELECT min(m.value) FROM metadata m WHERE m.owner_kind = 'account' AND m.key = {named} AND m.value >";
        return await tx.ListAsync<string>(
            visible is null
                ? $"""
                WITH RECURSIVE v (value) AS (
                    {next} ''
                    UNION ALL
                    SELECT ({next} v.value) FROM v WHERE v.value IS NOT NULL)
                SELECT value FROM v WHERE value IS NOT NULL LIMIT {args.Add(limit)}
                """
                : $"""
                SELECT DISTINCT m.value FROM accounts a JOIN metadata m ON m.owner_kind = 'account' AND m.owner_id = a.id
                WHERE m.key = {named} AND m.value <> '' AND {visible} ORDER BY m.value LIMIT {args.Add(limit)}
                """,
            args.Values).ConfigureAwait(false);
    }

    /// <summary>The keys on accounts, in order. Leaps from key to key through the index instead of reading every pair.</summary>
    /// <param name="visible">A condition on accounts "a"; null: all.</param>
    public static async Task<IReadOnlyList<string>> KeysAsync(Tx tx, string? visible, SqlArgs args, int limit) => await tx.ListAsync<string>(
        visible is null
            ? $"""
            WITH RECURSIVE k (key) AS (
                SELECT min(key) FROM metadata WHERE owner_kind = 'account'
                UNION ALL
                SELECT (SELECT min(m.key) FROM metadata m WHERE m.owner_kind = 'account' AND m.key > k.key) FROM k WHERE k.key IS NOT NULL)
            SELECT key FROM k WHERE key IS NOT NULL LIMIT {args.Add(limit)}
            """
            : $"""
            SELECT DISTINCT m.key FROM accounts a JOIN metadata m ON m.owner_kind = 'account' AND m.owner_id = a.id
            WHERE {visible} ORDER BY m.key LIMIT {args.Add(limit)}
            """,
        args.Values).ConfigureAwait(false);

    private static async Task PutAsync(Tx tx, string ownerKind, long ownerId, Metadata metadata)
    {
        await DeleteAsync(tx, ownerKind, ownerId).ConfigureAwait(false);
        foreach ((string key, string value) in metadata)
        {
            await tx.ExecuteAsync(
                "INSERT INTO metadata (owner_kind, owner_id, key, value, own) VALUES (@ownerKind, @ownerId, @key, @value, 1)",
                new { ownerKind, ownerId, key, value }).ConfigureAwait(false);
        }
    }

    private static Metadata Of(IEnumerable<Pair> pairs) =>
        Metadata.From(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Value;

    private sealed class FoundValue
    {
        public string Value { get; init; } = "";

        public long Matches { get; init; }
    }

    private sealed class Pair
    {
        public long OwnerId { get; init; }

        public string Key { get; init; } = "";

        public string Value { get; init; } = "";
    }
}
