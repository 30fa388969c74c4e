using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>
/// A filter whose words have their meaning: no <see cref="WordNode"/> is left, a comparison is quoted exactly when it is about a
/// metadata pair, and "has the key" is written as "its value contains nothing".
/// </summary>
internal static class FilterMeaning
{
    // To leap through so many takes a third of a millisecond.
    private const int FewValues = 100;

    // In all of a filter: a statement has room for about thirty thousand, and it may hold several filters.
    private const int MaxValues = 1000;

    /// <summary>For a list: a bare word that no row has as a key is searched.</summary>
    public static async Task<FilterNode> ForListAsync(Tx tx, FilterNode node, FilterSubject subject)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (string word in Words(node).Distinct(StringComparer.Ordinal))
        {
            if (await MetadataRows.KeyExistsAsync(tx, subject.OwnerKind, word).ConfigureAwait(false))
            {
                keys.Add(word);
            }
        }

        return Of(node, subject, keys.Contains);
    }

    /// <summary>For a grant: a bare word is always a key, so that a key added elsewhere never changes what the grant reaches.</summary>
    public static FilterNode ForGrant(FilterNode node) => Of(node, FilterSubject.Account, _ => true);

    /// <summary>
    /// The same filter on accounts; where a key has few values, "its value contains" is written as the values that do, since each of
    /// those is found by an index and a part of a value by reading all there are. What would be too many values stays as it is.
    /// </summary>
    public static async Task<FilterNode> WithValuesAsync(Tx tx, FilterNode node)
    {
        Dictionary<CompareNode, FilterNode> known = [];
        int room = MaxValues;
        foreach (IGrouping<CompareNode, CompareNode> same in Parts(node).GroupBy(part => part))
        {
            CompareNode compare = same.Key;
            if (await MetadataRows.ValuesAsync(tx, compare.Key, compare.Value, FewValues).ConfigureAwait(false) is { } found && found.Values.Count * same.Count() <= room)
            {
                room -= found.Values.Count * same.Count();
                FilterNode[] equal = [.. found.Values.Select(value => compare with { Operator = FilterOperator.Equal, Value = value })];
                known.Add(compare, equal switch
                {
                    [] => new NotNode(new EverythingNode()),
                    _ when found.AreAll => compare with { Value = "" },
                    [FilterNode one] => one,
                    _ => new OrNode(equal),
                });
            }
        }

        return known.Count == 0 ? node : Replaced(node, known);
    }

    private static FilterNode Replaced(FilterNode node, Dictionary<CompareNode, FilterNode> known) => node switch
    {
        AndNode and => new AndNode([.. and.Terms.Select(term => Replaced(term, known))]),
        OrNode or => new OrNode([.. or.Terms.Select(term => Replaced(term, known))]),
        NotNode not => new NotNode(Replaced(not.Term, known)),
        CompareNode compare => known.GetValueOrDefault(compare, compare),
        _ => node,
    };

    private static IEnumerable<CompareNode> Parts(FilterNode node) => node switch
    {
        AndNode and => and.Terms.SelectMany(Parts),
        OrNode or => or.Terms.SelectMany(Parts),
        NotNode not => Parts(not.Term),
        CompareNode { IsQuoted: true, Operator: FilterOperator.Contains, Value.Length: > 0 } compare => [compare],
        _ => [],
    };

    private static FilterNode Of(FilterNode node, FilterSubject subject, Func<string, bool> isKey) => node switch
    {
        AndNode and => new AndNode([.. and.Terms.Select(term => Of(term, subject, isKey))]),
        OrNode or => new OrNode([.. or.Terms.Select(term => Of(term, subject, isKey))]),
        NotNode not => new NotNode(Of(not.Term, subject, isKey)),
        CompareNode compare => compare with { IsQuoted = compare.IsQuoted || !subject.HasField(compare.Key) },
        WordNode word => isKey(word.Word) ? new CompareNode(word.Word, true, FilterOperator.Contains, "") : new SearchNode(word.Word),
        _ => node,
    };

    private static IEnumerable<string> Words(FilterNode node) => node switch
    {
        AndNode and => and.Terms.SelectMany(Words),
        OrNode or => or.Terms.SelectMany(Words),
        NotNode not => Words(not.Term),
        WordNode word => [word.Word],
        _ => [],
    };
}
