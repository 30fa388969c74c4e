using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>The rows "a" of a statement: of the leading pair, if there is one, and whatever the other terms ask for beside it.</summary>
/// <param name="Terms">All but the leading one.</param>
internal sealed record AccountSource(PairRange? Lead, IReadOnlyList<FilterNode> Terms, bool HasFields, bool HasText, bool HasPairs)
{
    /// <param name="resource">The account's resource is asked for.</param>
    public static AccountSource For(PairRange? lead, IReadOnlyList<FilterNode> terms, bool resource) => new(
        lead,
        terms,
        resource || terms.Any(FilterTerms.AsksForFields) || terms.Any(term => IsByIndex(lead, term)),
        terms.Any(FilterTerms.Searches),
        terms.Any(term => FilterTerms.AsksForPairs(term) && !IsByIndex(lead, term)));

    /// <summary>They come out of an index in the order of their ids.</summary>
    public bool IsInIdOrder => Terms.Count > 0 && !HasFields && (Lead is null ? HasText || HasPairs : Lead.Value is not null);

    public string From(SqlArgs args)
    {
        // The first leads: the others are looked up by its id.
        (string Table, string Id)[] tables =
        [
            .. Lead is null ? Array.Empty<(string, string)>() : [("metadata d", "d.owner_id")],
            .. HasFields ? [("accounts b", "b.id")] : Array.Empty<(string, string)>(),
            .. HasText ? [("account_search s", "s.account_id")] : Array.Empty<(string, string)>(),
            .. HasPairs ? [("account_pairs p", "p.account_id")] : Array.Empty<(string, string)>(),
        ];
        if (tables.Length == 0)
        {
            return "accounts a";
        }

        string columns = (HasFields ? "b.*" : tables[0].Id + " AS id") + (HasText ? ", s.text" : "") + (HasPairs ? ", p.pairs" : "");
        string joined = string.Concat(tables.Skip(1).Select(one => $" CROSS JOIN {one.Table} ON {one.Id} = {tables[0].Id}"));
        return $"(SELECT {columns} FROM {tables[0].Table}{joined}{(Lead is null ? "" : " WHERE " + FilterSql.IsIn(Lead, args))}) a";
    }

    public string Condition(FilterNode term, SqlArgs args, FilterShape shape) => new FilterSql(
        FilterSubject.Account,
        args,
        shape,
        HasText ? "a.text" : null,
        HasPairs && !IsByIndex(Lead, term) ? "a.pairs" : null).Condition(term);

    /// <summary>An index finds a field's rows. Beside a leading pair nothing is found any more: then what the narrow rows know is asked of them.</summary>
    private static bool IsByIndex(PairRange? lead, FilterNode term) => FilterTerms.IsFieldOfIndex(term) && (lead is null || !FilterTerms.IsInPairs(term));
}
