using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>
/// A filter that went through <see cref="FilterMeaning"/> as a condition on the subject's rows. Column names are constants of ours;
/// whatever was typed is a parameter.
/// </summary>
/// <param name="searched">The column a text search reads; null: those of the subject.</param>
/// <param name="pairs">The column that has all pairs of an account; null: there is none.</param>
internal sealed class FilterSql(FilterSubject subject, SqlArgs args, FilterShape shape, string? searched = null, string? pairs = null)
{
    public static async Task<string> ForListAsync(Tx tx, FilterNode node, FilterSubject subject, SqlArgs args) =>
        new FilterSql(subject, args, FilterShape.Probe).Condition(await FilterMeaning.ForListAsync(tx, node, subject).ConfigureAwait(false));

    /// <param name="node">Of <see cref="FilterMeaning.ForGrant"/>.</param>
    public static string ForGrant(FilterNode node, SqlArgs args, FilterShape shape) => new FilterSql(FilterSubject.Account, args, shape).Condition(node);

    /// <summary>The ids of the accounts that a grant's filter reaches, as a SELECT.</summary>
    public static string SetForGrant(FilterNode node, SqlArgs args) => FilterTerms.RangeOf(node) is { } range
        ? $"SELECT d.owner_id FROM metadata d WHERE {IsIn(range, args)}"
        : $"SELECT a.id FROM accounts a WHERE {ForGrant(node, args, FilterShape.Set)}";

    /// <summary>A condition on metadata "d" of accounts; an account has a key once, its own or its resource's.</summary>
    public static string IsIn(PairRange range, SqlArgs args) => "d.owner_kind = 'account' AND " + PairIs("d", "d.value", range, args);

    public static string Contains(string text, string part, SqlArgs args) => Like(text, "%" + EscapeLike(part) + "%", args);

    // Every condition is true or false, never NULL: NOT of it is then what the reader expects.
    public string Condition(FilterNode node) => node switch
    {
        EverythingNode => "1 = 1",
        AndNode and => "(" + string.Join(" AND ", and.Terms.Select(Condition)) + ")",
        OrNode any when FilterTerms.RangeOf(any) is { } range && (pairs is null || range.IsDearToAsk) => Pair(range),
        OrNode or => "(" + string.Join(" OR ", or.Terms.Select(Condition)) + ")",
        NotNode not => "NOT " + Condition(not.Term),
        CompareNode compare => Compare(compare),
        SearchNode search => Search(search.Text),
        FavouriteNode mine => FavouriteRows.Condition(mine.Owner, args),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, null),
    };

    private string Compare(CompareNode compare)
    {
        string condition = pairs is not null && FilterTerms.IsInPairs(compare)
            ? $"(instr({pairs}, {args.Add(Line(compare))}) > 0)"
            : compare.IsQuoted
                ? Pair(FilterTerms.RangeOf(compare with { Operator = compare.Operator == FilterOperator.Contains ? FilterOperator.Contains : FilterOperator.Equal })!)
                : subject.Lists.TryGetValue(compare.Key, out string? values) ? AnyOf(values, compare)
                : Field(subject.Fields[compare.Key], compare);
        return compare.Operator == FilterOperator.NotEqual ? "NOT " + condition : condition;
    }

    // "group=" finds what has none.
    private string AnyOf(string values, CompareNode compare) => compare is { Operator: not FilterOperator.Contains, Value.Length: 0 }
        ? $"NOT EXISTS ({values})"
        : $"EXISTS (SELECT 1 FROM ({values}) v WHERE {Field("v.value", compare)})";

    private string Field(string column, CompareNode compare) => compare.Operator == FilterOperator.Contains
        ? Contains($"coalesce({column}, '')", compare.Value, args)
        : compare.Value.Length == 0
            ? $"(coalesce({column}, '') = '')"
            : $"({column} IS NOT NULL AND {column} = {args.Add(compare.Value)})";

    // As the migration of account_pairs writes it. Of a key alone: the line's beginning.
    private static string Line(CompareNode compare) =>
        $"\n{(compare.IsQuoted ? "" : "\t")}{compare.Key}\t" + (compare.Operator == FilterOperator.Contains ? "" : compare.Value + "\n");

    private string Pair(PairRange range)
    {
        // "+": a row is found by its owner and key, whatever its value.
        string kind = $"m.owner_kind = '{subject.OwnerKind}'";
        return shape == FilterShape.Set
            ? $"({subject.Alias}.id IN (SELECT m.owner_id FROM metadata m WHERE {kind} AND {PairIs("m", "m.value", range, args)}))"
            : $"EXISTS (SELECT 1 FROM metadata m WHERE {kind} AND m.owner_id = {subject.Alias}.id AND {PairIs("m", "+m.value", range, args)})";
    }

    private static string PairIs(string table, string value, PairRange range, SqlArgs args)
    {
        string key = $"{table}.key = {args.Add(range.Key)}";
        return range switch
        {
            { Part: { } part } => $"{key} AND {Contains(value, part, args)}",
            { Values: [string one] } => $"{key} AND {value} = {args.Add(one)}",
            { Values: { } values } => $"{key} AND {value} IN ({string.Join(", ", values.Select(args.Add))})",
            _ => key,
        };
    }

    private string Search(string text)
    {
        // No field that is searched can hold a control character.
        if (text.Any(char.IsControl))
        {
            return "1 = 0";
        }

        IEnumerable<string> words = new[] { text, AccountName.WithoutSlash(text) }.Distinct();
        IEnumerable<string> anywhere = words.SelectMany(word => Searched.Select(column => Contains(column, word, args)));
        return "(" + string.Join(" OR ", [.. anywhere, .. AccountName.Read(text) is { } name ? Named(name) : []]) + ")";
    }

    private IEnumerable<string> Searched => searched is not null ? [searched] : subject.Searched.Select(column => $"coalesce({column}, '')");

    // In the one column of all fields a line feed stands behind each but the last: that two of four follow each half says which fields they are in.
    private string[] Named(AccountName name) => subject.AccountName is not var (resource, account) ? []
        : searched is not null ? [Like(searched, $"%{EscapeLike(name.Account)}%\n%\n%{EscapeLike(name.Resource)}%\n%\n%", args)]
        : [$"({Contains($"coalesce({resource}, '')", name.Resource, args)} AND {Contains($"coalesce({account}, '')", name.Account, args)})"];

    // SQLite's LIKE ignores the case of a-z; PostgreSQL's word for it is ILIKE.
    private static string Like(string text, string pattern, SqlArgs args) => $"({text} LIKE {args.Add(pattern)} ESCAPE '\\')";

    private static string EscapeLike(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal)
        .Replace("_", "\\_", StringComparison.Ordinal);
}
