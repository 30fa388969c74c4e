using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>A filter as a condition on the subject's rows. Column names are constants of ours; whatever was typed is a parameter.</summary>
internal sealed class FilterSql
{
    private readonly FilterSubject _subject;
    private readonly SqlArgs _args;
    private readonly HashSet<string> _knownKeys;
    private readonly FilterShape _shape;

    public FilterSql(FilterSubject subject, SqlArgs args, HashSet<string> knownKeys, FilterShape shape) =>
        (_subject, _args, _knownKeys, _shape) = (subject, args, knownKeys, shape);

    /// <summary>For a list: a bare word that no row has as a key is searched.</summary>
    public static async Task<string> ForListAsync(Tx tx, FilterNode node, FilterSubject subject, SqlArgs args) =>
        new FilterSql(subject, args, await KnownKeysAsync(tx, node, subject).ConfigureAwait(false), FilterShape.Probe).Condition(node);

    /// <summary>The bare words of a filter that are keys of some row.</summary>
    public static async Task<HashSet<string>> KnownKeysAsync(Tx tx, FilterNode node, FilterSubject subject)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (string word in Words(node).Distinct(StringComparer.Ordinal))
        {
            if (await MetadataRows.KeyExistsAsync(tx, subject.OwnerKind, word).ConfigureAwait(false))
            {
                keys.Add(word);
            }
        }

        return keys;
    }

    /// <summary>For a grant: a bare word is always a key, so that a key added elsewhere never changes what the grant reaches.</summary>
    public static string ForGrant(FilterNode node, SqlArgs args, FilterShape shape) =>
        new FilterSql(FilterSubject.Account, args, new HashSet<string>(Words(node), StringComparer.Ordinal), shape).Condition(node);

    private static IEnumerable<string> Words(FilterNode node) => node switch
    {
        AndNode and => and.Terms.SelectMany(Words),
        OrNode or => or.Terms.SelectMany(Words),
        NotNode not => Words(not.Term),
        WordNode word => [word.Word],
        _ => [],
    };

    /// <summary>The ids of the accounts that a grant's filter reaches, as a SELECT.</summary>
    public static string SetForGrant(FilterNode node, SqlArgs args) =>
        PairOf(node, FilterSubject.Account, new HashSet<string>(Words(node), StringComparer.Ordinal)) is { } pair
            ? $"SELECT m.owner_id FROM metadata m WHERE m.owner_kind = 'account' AND m.key = {args.Add(pair.Key)}" + (pair.Value is null ? "" : $" AND m.value = {args.Add(pair.Value)}")
            : $"SELECT a.id FROM accounts a WHERE {ForGrant(node, args, FilterShape.Set)}";

    /// <summary>The pair that a term asks every match to have; null for any other term.</summary>
    public static (string Key, string? Value)? PairOf(FilterNode node, FilterSubject subject, HashSet<string> knownKeys) => node switch
    {
        CompareNode { Operator: FilterOperator.Equal } compare when compare.IsQuoted || !subject.Fields.ContainsKey(compare.Key) => (compare.Key, compare.Value),
        WordNode word when knownKeys.Contains(word.Word) => (word.Word, null),
        _ => null,
    };

    /// <summary>The term asks nothing of the row but its metadata.</summary>
    public static bool IsAboutPairs(FilterNode node, FilterSubject subject, HashSet<string> knownKeys) => node switch
    {
        AndNode and => and.Terms.All(term => IsAboutPairs(term, subject, knownKeys)),
        OrNode or => or.Terms.All(term => IsAboutPairs(term, subject, knownKeys)),
        NotNode not => IsAboutPairs(not.Term, subject, knownKeys),
        CompareNode compare => compare.IsQuoted || !subject.Fields.ContainsKey(compare.Key),
        WordNode word => knownKeys.Contains(word.Word),
        _ => false,
    };

    // Every condition is true or false, never NULL: NOT of it is then what the reader expects.
    public string Condition(FilterNode node) => node switch
    {
        EverythingNode => "1 = 1",
        AndNode and => "(" + string.Join(" AND ", and.Terms.Select(Condition)) + ")",
        OrNode or => "(" + string.Join(" OR ", or.Terms.Select(Condition)) + ")",
        NotNode not => "NOT " + Condition(not.Term),
        CompareNode compare => Compare(compare),
        WordNode word when _knownKeys.Contains(word.Word) => Pair(word.Word, null),
        WordNode word => Search(word.Word),
        SearchNode search => Search(search.Text),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, null),
    };

    private string Compare(CompareNode compare)
    {
        string condition = !compare.IsQuoted && _subject.Fields.TryGetValue(compare.Key, out string? column)
            ? Field(column, compare)
            : Pair(compare.Key, compare.Operator == FilterOperator.Contains ? Contains("m.value", compare.Value) : $"m.value = {_args.Add(compare.Value)}");
        return compare.Operator == FilterOperator.NotEqual ? "NOT " + condition : condition;
    }

    private string Field(string column, CompareNode compare) => compare.Operator == FilterOperator.Contains
        ? Contains(column, compare.Value)
        : compare.Value.Length == 0
            ? $"(coalesce({column}, '') = '')"
            : $"({column} IS NOT NULL AND {column} = {_args.Add(compare.Value)})";

    private string Pair(string key, string? value)
    {
        string pair = $"m.key = {_args.Add(key)}" + (value is null ? "" : " AND " + value);
        return _shape == FilterShape.Set
            ? $"({_subject.Alias}.id IN (SELECT m.owner_id FROM metadata m WHERE m.owner_kind = '{_subject.OwnerKind}' AND {pair}))"
            : $"EXISTS (SELECT 1 FROM metadata m WHERE m.owner_kind = '{_subject.OwnerKind}' AND m.owner_id = {_subject.Alias}.id AND {pair})";
    }

    private string Search(string text) => "(" + string.Join(" OR ", _subject.Searched.Select(column => Contains(column, text))) + ")";

    // SQLite's LIKE ignores the case of a-z; PostgreSQL's word for it is ILIKE.
    private string Contains(string column, string part) => $"(coalesce({column}, '') LIKE {_args.Add("%" + EscapeLike(part) + "%")} ESCAPE '\\')";

    private static string EscapeLike(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
