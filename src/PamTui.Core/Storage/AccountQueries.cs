using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>
/// Puts the statements of a filtered list together so that each reads about as many rows as it answers. What a member sees is the
/// union of what his grants reach; it is taken apart into parts without overlap, one a grant by filter, each a filter of its own.
/// </summary>
internal sealed class AccountQueries
{
    // Beyond it one part for all that is visible is better than many.
    private const int MaxParts = 8;

    private readonly Tx _tx;
    private readonly SqlArgs _args;
    private readonly AccountLeads _leads;
    private readonly List<AccountPart> _parts = [];

    private AccountQueries(Tx tx, SqlArgs args) => (_tx, _args, _leads) = (tx, args, new AccountLeads(tx, args));

    /// <param name="visible">What the permissions let through; null: all.</param>
    public static async Task<AccountQuery> FilteredAsync(Tx tx, FilterNode filter, Reach? visible, SqlArgs args)
    {
        FilterNode meant = await FilterMeaning.ForListAsync(tx, filter, FilterSubject.Account).ConfigureAwait(false);
        meant = await FilterMeaning.WithValuesAsync(tx, meant).ConfigureAwait(false);
        List<FilterNode> grants = [];
        foreach (FilterNode grant in visible?.Filters ?? [])
        {
            // To look up the values of many grants would cost more than it gains.
            grants.Add(visible!.Filters.Count > MaxParts ? grant : await FilterMeaning.WithValuesAsync(tx, grant).ConfigureAwait(false));
        }

        AccountQueries queries = new(tx, args);
        IReadOnlyList<FilterNode> merged = FilterTerms.Merged(grants);
        await queries.AddPartsAsync(meant, visible is null ? [new EverythingNode()] : merged, visible?.Named).ConfigureAwait(false);
        return new AccountQuery(queries._parts, queries.Ordered(meant, merged, visible?.Named), args);
    }

    private async Task AddPartsAsync(FilterNode filter, IReadOnlyList<FilterNode> grants, Limit? named)
    {
        // What must be looked for in all values of a key comes last: it is then asked of what the others left.
        IReadOnlyList<FilterNode> terms = FilterTerms.Of(filter);
        FilterNode? split = terms.Any(term => FilterTerms.RangeOf(term) is not null) ? null : terms.FirstOrDefault(FilterTerms.IsEitherOfRanges);
        List<FilterNode> beside = [.. terms.Where(term => !ReferenceEquals(term, split))];
        IReadOnlyList<FilterNode> either = split is OrNode or ? [.. or.Terms.OrderBy(FilterTerms.IsOfWholeKey)] : [new EverythingNode()];
        IReadOnlyList<FilterNode> reached = grants.Count > MaxParts ? [new OrNode(grants)] : grants;
        if (either.Count * reached.Count > MaxParts)
        {
            (either, beside) = ([new EverythingNode()], [.. terms]);
        }

        for (int grant = 0; grant < reached.Count; grant++)
        {
            for (int one = 0; one < either.Count; one++)
            {
                // The first grant that reaches an account and the first alternative that it meets: each account is in one part.
                IEnumerable<FilterNode> earlier = reached.Take(grant).Concat(either.Take(one)).Select(node => new NotNode(node));
                await AddAsync([.. FilterTerms.Of(reached[grant]), .. FilterTerms.Of(either[one]), .. beside, .. earlier], null).ConfigureAwait(false);
            }
        }

        if (named is not null)
        {
            await AddAsync([.. terms, .. reached.Select(node => new NotNode(node))], named).ConfigureAwait(false);
        }
    }

    /// <param name="limit">A further condition that few meet, as a rule.</param>
    private async Task AddAsync(IReadOnlyList<FilterNode> terms, Limit? limit)
    {
        if (FilterTerms.Simplified(terms) is not { } left)
        {
            return;
        }

        // The rarest pair leads; the other terms are asked of its owners alone, without their rows where the terms allow.
        AccountLead? lead = await _leads.OfAsync(left, isLimited: limit is not null || left.Any(FilterTerms.IsMetByFew)).ConfigureAwait(false);
        AccountSource source = AccountSource.For(lead?.Range, [.. left.Where(term => !ReferenceEquals(term, lead?.Term))], limit is not null && lead is not null);
        bool fewRows = lead is not null || limit is not null || left.Any(FilterTerms.IsMetByFew);
        string[] conditions =
        [
            .. limit is null ? Array.Empty<string>() : [lead is null ? limit.Set : limit.Probe],
            .. source.Terms.Select(term => source.Condition(term, _args, fewRows ? FilterShape.Probe : FilterShape.Set)),
        ];
        string? quick = limit is null && lead is null ? CountOfRest(left) : null;
        _parts.Add(new AccountPart(
            source.From(_args),
            conditions.Length == 0 ? "1 = 1" : string.Join(" AND ", conditions),
            Look(),
            quick));

        AccountLook Look() => quick is not null ? AccountLook.Count
            : limit is null && source.IsInIdOrder ? AccountLook.InIdOrder
            : conditions.Length > 1 || lead is { Range.Part: not null } ? AccountLook.Few
            : AccountLook.Count;
    }

    /// <summary>All accounts without those that any of the terms leaves out; null when not every term leaves out a pair.</summary>
    private string? CountOfRest(IReadOnlyList<FilterNode> terms)
    {
        List<string> counts = [];
        foreach (FilterNode term in terms.OrderBy(term => FilterTerms.RangeLeftOut(term)?.IsWholeKey != true))
        {
            // Who was left out by an earlier term is not left out again. Two whole keys are better gone through at once.
            List<FilterNode> earlier = [.. terms.OrderBy(one => FilterTerms.RangeLeftOut(one)?.IsWholeKey != true).Take(counts.Count)];
            if (FilterTerms.RangeLeftOut(term) is not { } leftOut || (leftOut.IsWholeKey && counts.Count > 0))
            {
                return null;
            }

            AccountSource source = AccountSource.For(leftOut, earlier, false);
            string where = string.Concat(earlier.Select(one => $" AND {source.Condition(one, _args, FilterShape.Probe)}"));
            counts.Add($" - (SELECT count(*) FROM {source.From(_args)} WHERE 1 = 1{where})");
        }

        return counts.Count == 0 ? null : "SELECT (SELECT count(*) FROM accounts)" + string.Concat(counts);
    }

    // Along the name index, the row of pairs beside it when the terms ask for one.
    private string Ordered(FilterNode filter, IReadOnlyList<FilterNode> grants, Limit? named)
    {
        IReadOnlyList<FilterNode> terms = FilterTerms.Of(filter);
        bool pairs = grants.Concat(terms.Where(term => !FilterTerms.IsFieldOfIndex(term))).Any(FilterTerms.AsksForPairs);
        string Condition(FilterNode term) =>
            new FilterSql(FilterSubject.Account, _args, FilterShape.Probe, pairs: pairs && !FilterTerms.IsFieldOfIndex(term) ? "p.pairs" : null).Condition(term);
        string[] conditions =
        [
            .. named is null ? Array.Empty<string>() : [$"({string.Join(" OR ", [named.Probe, .. grants.Select(Condition)])})"],
            .. terms.Select(Condition),
        ];
        return $"accounts a{(pairs ? " CROSS JOIN account_pairs p ON p.account_id = a.id" : "")} WHERE {(conditions.Length == 0 ? "1 = 1" : string.Join(" AND ", conditions))}";
    }
}
