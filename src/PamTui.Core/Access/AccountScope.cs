using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Access;

/// <summary>Which accounts a grant or a policy reaches: exactly one of account, all of a resource, and filter.</summary>
internal sealed record AccountScope(long? AccountId, long? ResourceId, string? Filter)
{
    /// <param name="text">"RESOURCE/ACCOUNT", "RESOURCE/*", or a filter of fields and metadata, which no check, rotation or new word elsewhere changes.</param>
    /// <param name="what">"grant", "policy": for the refusal.</param>
    public static async Task<Result<AccountScope>> ReadAsync(Tx tx, string text, string what)
    {
        if (AccountRef.Parse(text) is { IsOk: true } reference)
        {
            return await AccountRows.FindAsync(tx, reference.Value).ConfigureAwait(false) is { } account
                ? new AccountScope(account.Id, null, null)
                : Visibility.NoAccount(reference.Value);
        }

        if (text.EndsWith("/*", StringComparison.Ordinal) && Names.IsValid(text[..^2]))
        {
            return await ResourceRows.FindAsync(tx, text[..^2]).ConfigureAwait(false) is { } resource
                ? new AccountScope(null, resource.Id, null)
                : Visibility.NoResource(text[..^2]);
        }

        Result<FilterNode> filter = Filters.Filter.Parse(text);
        if (filter.Refusal is { } bad)
        {
            return bad;
        }

        return WhyNot(filter.Value, what) is { } why ? Refusal.Invalid(why, "filter") : new AccountScope(null, null, filter.Value.ToString());
    }

    private static string? WhyNot(FilterNode node, string what) => node switch
    {
        EverythingNode => $"A {what} needs an account, RESOURCE/* or a filter that is not empty.",
        SearchNode => $"A {what}'s filter cannot search text: write key=value, key~part or key.",
        CompareNode { IsQuoted: false, Key: "checkState" or "health" } => $"A {what} cannot hang on how the last check went.",
        CompareNode { IsQuoted: false, Key: "rotation" } => $"A {what} cannot hang on how the last rotation went.",
        AndNode and => and.Terms.Select(term => WhyNot(term, what)).FirstOrDefault(why => why is not null),
        OrNode or => or.Terms.Select(term => WhyNot(term, what)).FirstOrDefault(why => why is not null),
        NotNode not => WhyNot(not.Term, what),
        _ => null,
    };
}
