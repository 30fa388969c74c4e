using PamTui.Core.Model;

namespace PamTui.Core.Filters;

/// <summary>
/// "favourite=yes" and "favourite=no" in the filter of a list of accounts, which stand for what the person who asks has marked. In a
/// grant the word is a metadata key like any other: what a grant reaches depends on nobody's taste.
/// </summary>
internal static class FavouriteTerms
{
    private const string Key = "favourite";

    /// <summary>The tree, or the sentence that says why it is none.</summary>
    public static Result<FilterNode> Parse(string filter)
    {
        Result<FilterNode> parsed = Filter.Parse(filter);
        return parsed.IsOk && Of(parsed.Value).Any(term => term.Operator == FilterOperator.Contains || term.Value is not ("yes" or "no"))
            ? Refusal.Invalid($"What is a favourite is asked for by {Key}=yes or {Key}=no; a metadata key of that name by \"{Key}\" in quotes.", "filter")
            : parsed;
    }

    /// <summary>The same filter for who asks.</summary>
    /// <param name="owner">A user's number, 0 for whoever owns the data folder.</param>
    public static FilterNode Of(FilterNode node, long owner) => node switch
    {
        AndNode and => new AndNode([.. and.Terms.Select(term => Of(term, owner))]),
        OrNode or => new OrNode([.. or.Terms.Select(term => Of(term, owner))]),
        NotNode not => new NotNode(Of(not.Term, owner)),
        CompareNode { IsQuoted: false, Key: Key } compare => (compare.Operator == FilterOperator.Equal) == (compare.Value == "yes") ? new FavouriteNode(owner) : new NotNode(new FavouriteNode(owner)),
        _ => node,
    };

    private static IEnumerable<CompareNode> Of(FilterNode node) => node switch
    {
        AndNode and => and.Terms.SelectMany(Of),
        OrNode or => or.Terms.SelectMany(Of),
        NotNode not => Of(not.Term),
        CompareNode { IsQuoted: false, Key: Key } compare => [compare],
        _ => [],
    };
}
