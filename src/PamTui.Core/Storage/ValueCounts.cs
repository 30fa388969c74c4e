using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>How many rows of a list have which value of a metadata key: one statement, however long the list is.</summary>
internal static class ValueCounts
{
    /// <param name="isAll">The selection is every account: then the index on pairs alone has the answer.</param>
    public static async Task<MetadataGroups> OfAccountsAsync(Tx tx, AccountQuery query, bool isAll, string key)
    {
        if (query.Parts.Count == 0)
        {
            return new MetadataGroups([], true);
        }

        string of = query.Args.Add(key);
        string selected = string.Join(" UNION ALL ", query.Parts.Select(part => $"SELECT a.id FROM {part.From} WHERE {part.Where}"));
        return await ReadAsync(
            tx,
            isAll
                ? $"""
                WITH v (value, count) AS (SELECT m.value, count(*) FROM metadata m WHERE m.owner_kind = 'account' AND m.key = {of} GROUP BY m.value)
                SELECT NULL AS value, (SELECT count(*) FROM accounts) - (SELECT coalesce(sum(v.count), 0) FROM v) AS count
                UNION ALL SELECT * FROM (SELECT v.value, v.count FROM v ORDER BY v.value)
                """
                : $"""
                SELECT m.value AS value, count(*) AS count FROM ({selected}) x
                LEFT JOIN metadata m ON m.owner_kind = 'account' AND m.owner_id = x.id AND m.key = {of}
                GROUP BY m.value ORDER BY m.value IS NOT NULL, m.value
                """,
            query.Args).ConfigureAwait(false);
    }

    /// <param name="condition">On r.</param>
    public static Task<MetadataGroups> OfResourcesAsync(Tx tx, string condition, SqlArgs args, string key) => ReadAsync(
        tx,
        $"""
        SELECT m.value AS value, count(*) AS count FROM resources r
        LEFT JOIN metadata m ON m.owner_kind = 'resource' AND m.owner_id = r.id AND m.key = {args.Add(key)}
        WHERE {condition} GROUP BY m.value ORDER BY m.value IS NOT NULL, m.value
        """,
        args);

    // What lacks the key comes first out of the statement, so that no limit cuts it off, and goes to the end.
    private static async Task<MetadataGroups> ReadAsync(Tx tx, string sql, SqlArgs args)
    {
        List<Counted> rows = await tx.ListAsync<Counted>($"{sql} LIMIT {args.Add(MetadataGroups.Max + 2)}", args.Values).ConfigureAwait(false);
        List<MetadataGroup> values = [.. rows.Where(row => row.Value is not null).Select(row => new MetadataGroup(row.Value, (int)row.Count))];
        IEnumerable<MetadataGroup> none = rows.Where(row => row.Value is null && row.Count > 0).Select(row => new MetadataGroup(null, (int)row.Count));
        return new MetadataGroups([.. values.Take(MetadataGroups.Max), .. none], values.Count <= MetadataGroups.Max);
    }

    private sealed class Counted
    {
        public string? Value { get; init; }

        public long Count { get; init; }
    }
}
