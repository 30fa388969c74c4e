using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>Questions about the terms of a filter that went through <see cref="FilterMeaning"/>.</summary>
internal static class FilterTerms
{
    // Characters of a value in account_pairs.
    private const int MaxValueInPairs = 64;

    /// <summary>What must all hold.</summary>
    public static IReadOnlyList<FilterNode> Of(FilterNode node) => node switch
    {
        AndNode and => and.Terms,
        EverythingNode => [],
        _ => [node],
    };

    /// <summary>Null for a term that the index on pairs does not answer by itself.</summary>
    public static PairRange? RangeOf(FilterNode node) => node switch
    {
        CompareNode { IsQuoted: true, Operator: FilterOperator.Equal } compare => new PairRange(compare.Key, [compare.Value], null),
        CompareNode { IsQuoted: true, Operator: FilterOperator.Contains } compare => new PairRange(compare.Key, null, compare.Value.Length == 0 ? null : compare.Value),
        OrNode any when any.Terms[0] is CompareNode first && any.Terms.All(term => term is CompareNode { IsQuoted: true, Operator: FilterOperator.Equal } one && one.Key == first.Key) =>
            new PairRange(first.Key, [.. any.Terms.Select(term => ((CompareNode)term).Value).Distinct(StringComparer.Ordinal)], null),
        _ => null,
    };

    /// <summary>What a term asks every match to lack.</summary>
    public static PairRange? RangeLeftOut(FilterNode node) => node switch
    {
        NotNode not => RangeOf(not.Term),
        CompareNode { Operator: FilterOperator.NotEqual } compare => RangeOf(compare with { Operator = FilterOperator.Equal }),
        _ => null,
    };

    /// <summary>Each alternative has a pair that can lead, not all of one key.</summary>
    public static bool IsEitherOfRanges(FilterNode node) => node is OrNode either && RangeOf(node) is null && either.Terms.All(term => Of(term).Any(one => RangeOf(one) is not null));

    /// <summary>No term has a range of less than a whole key.</summary>
    public static bool IsOfWholeKey(FilterNode node) => Of(node).All(one => RangeOf(one)?.IsWholeKey != false);

    /// <summary>It asks for a field that only the account's own row has.</summary>
    public static bool AsksForFields(FilterNode node) => Any(node, leaf => leaf is CompareNode { IsQuoted: false } && !IsInPairs(leaf));

    /// <summary>Some of it is answered by the row that has all pairs of an account.</summary>
    public static bool AsksForPairs(FilterNode node) => Any(node, IsInPairs);

    /// <summary>The row of pairs answers it; a value too long for that row is asked of metadata.</summary>
    public static bool IsInPairs(FilterNode leaf) => leaf switch
    {
        CompareNode { IsQuoted: true, Operator: FilterOperator.Contains } compare => compare.Value.Length == 0,
        CompareNode { IsQuoted: true } compare => compare.Value.Length <= MaxValueInPairs,
        CompareNode { Key: "kind", Operator: not FilterOperator.Contains, Value.Length: > 0 } => true,
        _ => false,
    };

    /// <summary>A field by which an index finds few rows.</summary>
    public static bool IsMetByFew(FilterNode node) => node is CompareNode { IsQuoted: false, Key: "resource" or "alias", Operator: FilterOperator.Equal, Value.Length: > 0 };

    /// <summary>A field by which an index finds its rows, however many.</summary>
    public static bool IsFieldOfIndex(FilterNode node) => node is CompareNode
    {
        IsQuoted: false,
        Key: "kind" or "resource" or "alias" or "name" or "username" or "checkState" or "health" or "rotation",
        Operator: FilterOperator.Equal,
        Value.Length: > 0,
    };

    public static bool Searches(FilterNode node) => Any(node, leaf => leaf is SearchNode);

    /// <summary>The same filters; those that ask for values of one key are one.</summary>
    public static IReadOnlyList<FilterNode> Merged(IEnumerable<FilterNode> filters)
    {
        List<FilterNode> merged = [];
        foreach (IGrouping<string?, FilterNode> group in filters.GroupBy(node => RangeOf(node) is { Values: not null } range ? range.Key : null))
        {
            merged.AddRange(group.Key is null || group.Count() == 1
                ? group
                : [new OrNode([.. group.SelectMany(node => node is OrNode or ? or.Terms : [node]).Distinct()])]);
        }

        return merged;
    }

    /// <summary>
    /// The terms without what the pairs among them already decide, since a row has one value for a key: beside env=prod, env!=dev
    /// says nothing. Null: they cannot all hold.
    /// </summary>
    public static IReadOnlyList<FilterNode>? Simplified(IEnumerable<FilterNode> terms)
    {
        List<FilterNode> left = [.. terms.Distinct()];
        foreach (FilterNode known in left.ToList())
        {
            // One that went decides nothing any more: of two that say the same, one stays.
            if (RangeOf(known) is { Part: null } range && left.Exists(term => ReferenceEquals(term, known)))
            {
                left = [.. left.SelectMany(term => ReferenceEquals(term, known) ? [term] : Of(Given(term, range)))];
            }
        }

        return left.Exists(IsNothing) ? null : left;
    }

    private static FilterNode Given(FilterNode node, PairRange known)
    {
        switch (node)
        {
            case CompareNode { IsQuoted: true, Operator: FilterOperator.Contains, Value: "" } compare when compare.Key == known.Key:
                return Always(true);
            case CompareNode { IsQuoted: true, Operator: not FilterOperator.Contains } compare when compare.Key == known.Key && known.Values is { } values:
                bool isEqual = compare.Operator == FilterOperator.Equal;
                return !values.Contains(compare.Value, StringComparer.Ordinal) ? Always(!isEqual) : known.Value is not null ? Always(isEqual) : node;
            case NotNode not:
                FilterNode inner = Given(not.Term, known);
                return inner is EverythingNode ? Always(false) : IsNothing(inner) ? Always(true) : new NotNode(inner);
            case AndNode and:
                List<FilterNode> all = [.. and.Terms.SelectMany(term => Of(Given(term, known)))];
                return all.Exists(IsNothing) ? Always(false) : all.Count switch { 0 => Always(true), 1 => all[0], _ => new AndNode(all) };
            case OrNode or:
                List<FilterNode> any = [.. or.Terms.Select(term => Given(term, known)).Where(term => !IsNothing(term)).SelectMany(term => term is OrNode inside ? inside.Terms : [term])];
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
