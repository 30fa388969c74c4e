using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>Puts the statements of a filtered list together so that each reads about as many rows as it answers.</summary>
internal static class AccountQueries
{
    // From here on it pays to make a set of a pair's owners instead of asking row by row.
    private const int ManyRows = 2000;

    private static readonly FilterSubject s_subject = FilterSubject.Account;

    /// <param name="visible">A condition on "a" from the permissions; null: all.</param>
    public static async Task<AccountQuery> FilteredAsync(Tx tx, FilterNode filter, Reach? visible, SqlArgs args)
    {
        HashSet<string> keys = await FilterSql.KnownKeysAsync(tx, filter, s_subject).ConfigureAwait(false);
        IReadOnlyList<FilterNode> terms = filter is AndNode and ? and.Terms : [filter];
        string ordered = All(terms, visible?.Probe, new FilterSql(s_subject, args, keys, FilterShape.Probe));
        (FilterNode Node, string From, long Rows)? driver = await DriverAsync(tx, terms, keys, args).ConfigureAwait(false);
        if (driver is not { } first)
        {
            string set = All(terms, visible?.Set, new FilterSql(s_subject, args, keys, FilterShape.Set));
            string whole = visible is null && Opposite(filter) is { } opposite && FilterSql.PairOf(opposite, s_subject, keys) is { } leftOut
                ? $"SELECT (SELECT count(*) FROM accounts) - (SELECT count(*) FROM {From(leftOut, args)})"
                : $"SELECT count(*) FROM accounts a WHERE {set}";
            return new AccountQuery(whole, visible is null ? ordered : set, ordered, args);
        }

        // The rarest pair leads; the other terms are asked of its owners alone, without their rows where the terms allow.
        List<FilterNode> others = [.. terms.Where(term => !ReferenceEquals(term, first.Node))];
        string rest = All(others, first.Rows < ManyRows ? visible?.Probe : visible?.Set, new FilterSql(s_subject, args, keys, first.Rows < ManyRows ? FilterShape.Probe : FilterShape.Set));
        bool pairsOnly = visible is null && others.TrueForAll(term => FilterSql.IsAboutPairs(term, s_subject, keys));
        string count = pairsOnly
            ? $"SELECT count(*) FROM (SELECT d.owner_id AS id FROM {first.From}) a WHERE {rest}"
            : $"SELECT count(*) FROM accounts a WHERE a.id IN (SELECT d.owner_id FROM {first.From}) AND {rest}";
        return new AccountQuery(count, $"a.id IN (SELECT d.owner_id FROM {first.From}) AND {rest}", ordered, args);
    }

    private static string All(IReadOnlyList<FilterNode> terms, string? visible, FilterSql sql)
    {
        string[] conditions = [.. terms.Select(sql.Condition), .. visible is null ? Array.Empty<string>() : [visible]];
        return conditions.Length == 0 ? "1 = 1" : string.Join(" AND ", conditions);
    }

    private static async Task<(FilterNode Node, string From, long Rows)?> DriverAsync(Tx tx, IReadOnlyList<FilterNode> terms, HashSet<string> keys, SqlArgs args)
    {
        (FilterNode Node, string From, long Rows)? best = null;
        foreach (FilterNode term in terms)
        {
            if (FilterSql.PairOf(term, s_subject, keys) is not { } pair)
            {
                continue;
            }

            string from = From(pair, args);
            long rows = await tx.NumberAsync($"SELECT count(*) FROM (SELECT 1 FROM {from} LIMIT {args.Add(ManyRows)})", args.Values).ConfigureAwait(false);
            if (best is not { } known || rows < known.Rows)
            {
                best = (term, from, rows);
            }
        }

        return best;
    }

    /// <summary>The owners of a pair; an account has a key once, its own or its resource's.</summary>
    private static string From((string Key, string? Value) pair, SqlArgs args) =>
        $"metadata d WHERE d.owner_kind = 'account' AND d.key = {args.Add(pair.Key)}" + (pair.Value is null ? "" : $" AND d.value = {args.Add(pair.Value)}");

    /// <summary>What a lone negation leaves out. Its index counts that quickly, and the answer is the rest of the whole.</summary>
    private static FilterNode? Opposite(FilterNode filter) => filter switch
    {
        NotNode not => not.Term,
        CompareNode { Operator: FilterOperator.NotEqual } compare => compare with { Operator = FilterOperator.Equal },
        _ => null,
    };
}
