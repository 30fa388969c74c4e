using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>
/// A filter whose words have their meaning: no <see cref="WordNode"/> is left, a comparison is quoted exactly when it is about a
/// metadata pair, and "has the key" is written as "its value contains nothing".
/// </summary>
internal static class FilterMeaning
{
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

    private static FilterNode Of(FilterNode node, FilterSubject subject, Func<string, bool> isKey) => node switch
    {
        AndNode and => new AndNode([.. and.Terms.Select(term => Of(term, subject, isKey))]),
        OrNode or => new OrNode([.. or.Terms.Select(term => Of(term, subject, isKey))]),
        NotNode not => new NotNode(Of(not.Term, subject, isKey)),
        CompareNode compare => compare with { IsQuoted = compare.IsQuoted || !subject.Fields.ContainsKey(compare.Key) },
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
