using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>
/// A filter that went through <see cref="FilterMeaning"/> as a condition on the subject's rows. Column names are constants of ours;
/// whatever was typed is a parameter.
/// </summary>
/// <param name="searched">The columns a text search reads; null: those of the subject.</param>
internal sealed class FilterSql(FilterSubject subject, SqlArgs args, FilterShape shape, IReadOnlyList<string>? searched = null)
{
    public static async Task<string> ForListAsync(Tx tx, FilterNode node, FilterSubject subject, SqlArgs args) =>
        new FilterSql(subject, args, FilterShape.Probe).Condition(await FilterMeaning.ForListAsync(tx, node, subject).ConfigureAwait(false));

    /// <param name="node">Of <see cref="FilterMeaning.ForGrant"/>.</param>
    public static string ForGrant(FilterNode node, SqlArgs args, FilterShape shape) => new FilterSql(FilterSubject.Account, args, shape).Condition(node);

    /// <summary>The ids of the accounts that a grant's filter reaches, as a SELECT.</summary>
    public static string SetForGrant(FilterNode node, SqlArgs args) => FilterTerms.PairOf(node) is { } pair
        ? $"SELECT d.owner_id FROM {OwnersOf(pair, args)}"
        : $"SELECT a.id FROM accounts a WHERE {ForGrant(node, args, FilterShape.Set)}";

    /// <summary>The accounts "d" that have a pair; an account has a key once, its own or its resource's.</summary>
    public static string OwnersOf((string Key, string? Value) pair, SqlArgs args) =>
        "metadata d WHERE " + PairIs(pair, args);

    public static string PairIs((string Key, string? Value) pair, SqlArgs args) =>
        $"d.owner_kind = 'account' AND d.key = {args.Add(pair.Key)}" + (pair.Value is null ? "" : $" AND d.value = {args.Add(pair.Value)}");

    // Every condition is true or false, never NULL: NOT of it is then what the reader expects.
    public string Condition(FilterNode node) => node switch
    {
        EverythingNode => "1 = 1",
        AndNode and => "(" + string.Join(" AND ", and.Terms.Select(Condition)) + ")",
        OrNode or => "(" + string.Join(" OR ", or.Terms.Select(Condition)) + ")",
        NotNode not => "NOT " + Condition(not.Term),
        CompareNode compare => Compare(compare),
        SearchNode search => Search(search.Text),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, null),
    };

    private string Compare(CompareNode compare)
    {
        string condition = compare.IsQuoted ? Pair(compare) : Field(subject.Fields[compare.Key], compare);
        return compare.Operator == FilterOperator.NotEqual ? "NOT " + condition : condition;
    }

    private string Field(string column, CompareNode compare) => compare.Operator == FilterOperator.Contains
        ? Contains($"coalesce({column}, '')", compare.Value)
        : compare.Value.Length == 0
            ? $"(coalesce({column}, '') = '')"
            : $"({column} IS NOT NULL AND {column} = {args.Add(compare.Value)})";

    private string Pair(CompareNode compare)
    {
        string pair = $"m.key = {args.Add(compare.Key)}" + compare.Operator switch
        {
            FilterOperator.Contains when compare.Value.Length == 0 => "",
            FilterOperator.Contains => " AND " + Contains("m.value", compare.Value),
            _ => $" AND m.value = {args.Add(compare.Value)}",
        };
        return shape == FilterShape.Set
            ? $"({subject.Alias}.id IN (SELECT m.owner_id FROM metadata m WHERE m.owner_kind = '{subject.OwnerKind}' AND {pair}))"
            : $"EXISTS (SELECT 1 FROM metadata m WHERE m.owner_kind = '{subject.OwnerKind}' AND m.owner_id = {subject.Alias}.id AND {pair})";
    }

    // No field that is searched can hold a control character.
    private string Search(string text) => text.Any(char.IsControl)
        ? "1 = 0"
        : "(" + string.Join(" OR ", (searched ?? subject.Searched.Select(column => $"coalesce({column}, '')")).Select(column => Contains(column, text))) + ")";

    // SQLite's LIKE ignores the case of a-z; PostgreSQL's word for it is ILIKE.
    private string Contains(string text, string part) => $"({text} LIKE {args.Add("%" + EscapeLike(part) + "%")} ESCAPE '\\')";

    private static string EscapeLike(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
