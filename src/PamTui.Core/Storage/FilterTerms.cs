using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>Questions about the terms of a filter that went through <see cref="FilterMeaning"/>.</summary>
internal static class FilterTerms
{
    /// <summary>What must all hold.</summary>
    public static IReadOnlyList<FilterNode> Of(FilterNode node) => node switch
    {
        AndNode and => and.Terms,
        EverythingNode => [],
        _ => [node],
    };

    /// <summary>The pair that a term asks every match to have, its value null when any will do; null for any other term.</summary>
    public static (string Key, string? Value)? PairOf(FilterNode node) => node switch
    {
        CompareNode { IsQuoted: true, Operator: FilterOperator.Equal } compare => (compare.Key, compare.Value),
        CompareNode { IsQuoted: true, Operator: FilterOperator.Contains, Value: "" } compare => (compare.Key, null),
        _ => null,
    };

    /// <summary>The pair that a term asks every match to lack.</summary>
    public static (string Key, string? Value)? PairLeftOut(FilterNode node) => node switch
    {
        NotNode not => PairOf(not.Term),
        CompareNode { Operator: FilterOperator.NotEqual } compare => PairOf(compare with { Operator = FilterOperator.Equal }),
        _ => null,
    };

    /// <summary>It asks for a field, so the row itself must be read.</summary>
    public static bool AsksForFields(FilterNode node) => Any(node, leaf => leaf is CompareNode { IsQuoted: false });

    /// <summary>It looks through all who have some key.</summary>
    public static bool AsksForWholeKey(FilterNode node) => Any(node, leaf => leaf is CompareNode { IsQuoted: true, Operator: FilterOperator.Contains });

    /// <summary>A field by which an index finds few rows.</summary>
    public static bool IsMetByFew(FilterNode node) => node is CompareNode { IsQuoted: false, Key: "resource" or "alias", Operator: FilterOperator.Equal, Value.Length: > 0 };

    public static bool Searches(FilterNode node) => Any(node, leaf => leaf is SearchNode);

    /// <summary>
    /// The terms without what the pairs among them already decide, since a row has one value for a key: beside env=prod, env!=dev
    /// says nothing. Null: they cannot all hold.
    /// </summary>
    public static IReadOnlyList<FilterNode>? Simplified(IEnumerable<FilterNode> terms)
    {
        List<FilterNode> left = [.. terms.Distinct()];
        foreach (FilterNode known in left.ToList())
        {
            if (PairOf(known) is { Value: { } value } pair)
            {
                left = [.. left.SelectMany(term => ReferenceEquals(term, known) ? [term] : Of(Given(term, pair.Key, value)))];
            }
        }

        return left.Exists(IsNothing) ? null : left;
    }

    private static FilterNode Given(FilterNode node, string key, string value)
    {
        switch (node)
        {
            case CompareNode { IsQuoted: true } compare when compare.Key == key:
                return compare.Operator switch
                {
                    FilterOperator.Equal => Always(compare.Value == value),
                    FilterOperator.NotEqual => Always(compare.Value != value),
                    _ => compare.Value.Length == 0 ? Always(true) : compare,
                };
            case NotNode not:
                FilterNode inner = Given(not.Term, key, value);
                return inner is EverythingNode ? Always(false) : IsNothing(inner) ? Always(true) : new NotNode(inner);
            case AndNode and:
                List<FilterNode> all = [.. and.Terms.SelectMany(term => Of(Given(term, key, value)))];
                return all.Exists(IsNothing) ? Always(false) : all.Count switch { 0 => Always(true), 1 => all[0], _ => new AndNode(all) };
            case OrNode or:
                List<FilterNode> any = [.. or.Terms.Select(term => Given(term, key, value)).Where(term => !IsNothing(term)).SelectMany(term => term is OrNode inside ? inside.Terms : [term])];
                return any.Exists(term => term is EverythingNode) ? Always(true) : any.Count switch { 0 => Always(false), 1 => any[0], _ => new OrNode(any) };
            default:
                return node;
        }
    }

    private static FilterNode Always(bool holds) => holds ? new EverythingNode() : new NotNode(new EverythingNode());

    private static bool IsNothing(FilterNode node) => node is NotNode { Term: EverythingNode };

    private static bool Any(FilterNode node, Func<FilterNode, bool> asks) => node switch
    {
        AndNode and => and.Terms.Any(term => Any(term, asks)),
        OrNode or => or.Terms.Any(term => Any(term, asks)),
        NotNode not => Any(not.Term, asks),
        _ => asks(node),
    };
}
