using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>
/// Puts the statements of a filtered list together so that each reads about as many rows as it answers. What a member sees is the
/// union of what his grants reach; it is taken apart into parts without overlap, one a grant by filter, each a filter of its own.
/// </summary>
internal sealed class AccountQueries
{
    // From here on it pays to make a set of a pair's owners instead of asking row by row.
    private const int ManyRows = 2000;

    // Beyond it one statement over the set of all that is visible is better than many statements.
    private const int MaxParts = 8;

    private readonly Tx _tx;
    private readonly SqlArgs _args;
    private readonly Dictionary<(string Key, string? Value), long> _rows = [];
    private readonly List<AccountPart> _parts = [];

    private AccountQueries(Tx tx, SqlArgs args) => (_tx, _args) = (tx, args);

    /// <param name="visible">What the permissions let through; null: all.</param>
    public static async Task<AccountQuery> FilteredAsync(Tx tx, FilterNode filter, Reach? visible, SqlArgs args)
    {
        FilterNode meant = await FilterMeaning.ForListAsync(tx, filter, FilterSubject.Account).ConfigureAwait(false);
        AccountQueries queries = new(tx, args);
        await queries.AddPartsAsync(meant, visible).ConfigureAwait(false);
        string ordered = string.Join(" AND ", [new FilterSql(FilterSubject.Account, args, FilterShape.Probe).Condition(meant), .. visible is null ? Array.Empty<string>() : [visible.All.Probe]]);
        return new AccountQuery(queries._parts, ordered, args);
    }

    private async Task AddPartsAsync(FilterNode filter, Reach? visible)
    {
        IReadOnlyList<FilterNode> grants = visible is null ? [new EverythingNode()] : visible.Filters;
        IReadOnlyList<FilterNode> either = filter is OrNode or && or.Terms.All(term => FilterTerms.Of(term).Any(one => FilterTerms.PairOf(one) is not null)) ? or.Terms : [filter];
        if (either.Count * grants.Count > MaxParts)
        {
            either = [filter];
        }

        if (grants.Count > MaxParts)
        {
            await AddAsync(FilterTerms.Of(filter), visible!.All, limitLeads: false).ConfigureAwait(false);
            return;
        }

        for (int grant = 0; grant < grants.Count; grant++)
        {
            for (int one = 0; one < either.Count; one++)
            {
                // The first grant that reaches an account and the first alternative that it meets: each account is in one part.
                IEnumerable<FilterNode> earlier = grants.Take(grant).Concat(either.Take(one)).Select(node => new NotNode(node));
                await AddAsync([.. FilterTerms.Of(grants[grant]), .. FilterTerms.Of(either[one]), .. earlier], null, limitLeads: false).ConfigureAwait(false);
            }
        }

        if (visible is not null)
        {
            await AddAsync([.. FilterTerms.Of(filter), .. grants.Select(node => new NotNode(node))], visible.Named, limitLeads: true).ConfigureAwait(false);
        }
    }

    /// <param name="limit">A further condition.</param>
    /// <param name="limitLeads">Few meet it, as a rule.</param>
    private async Task AddAsync(IReadOnlyList<FilterNode> terms, Limit? limit, bool limitLeads)
    {
        if (FilterTerms.Simplified(terms) is not { } left)
        {
            return;
        }

        // The rarest pair leads; the other terms are asked of its owners alone, without their rows where the terms allow.
        (FilterNode Node, (string Key, string? Value) Pair, long Rows)? lead = await LeadAsync(left).ConfigureAwait(false);
        bool isRare = lead is { Rows: < ManyRows };
        bool fewRows = isRare || limitLeads || left.Any(FilterTerms.IsMetByFew);
        if (fewRows && !isRare)
        {
            lead = null;
        }

        List<FilterNode> rest = [.. left.Where(term => !ReferenceEquals(term, lead?.Node))];
        bool fields = rest.Exists(FilterTerms.AsksForFields) || (limit is not null && isRare);
        bool text = !fields && rest.Exists(FilterTerms.Searches);
        fields |= !text && rest.Exists(FilterTerms.Searches);
        string owners = lead is { } first ? FilterSql.PairIs(first.Pair, _args) : "";
        string from = (lead is not null && !fields, text) switch
        {
            (true, true) => $"(SELECT d.owner_id AS id, s.text FROM metadata d JOIN account_search s ON s.account_id = d.owner_id WHERE {owners}) a",
            (true, false) => $"(SELECT d.owner_id AS id FROM metadata d WHERE {owners}) a",
            (false, true) => "(SELECT s.account_id AS id, s.text FROM account_search s) a",
            _ => "accounts a",
        };
        // Without a leading pair every account is asked, and even all who have a key are better a set.
        string Condition(FilterNode term) => new FilterSql(
            FilterSubject.Account,
            _args,
            fewRows || (lead is not null && FilterTerms.AsksForWholeKey(term)) ? FilterShape.Probe : FilterShape.Set,
            text ? ["a.text"] : null).Condition(term);
        string[] conditions =
        [
            .. lead is not null && fields ? [$"a.id IN (SELECT d.owner_id FROM metadata d WHERE {owners})"] : Array.Empty<string>(),
            .. limit is null ? Array.Empty<string>() : [isRare ? limit.Probe : limit.Set],
            .. rest.Select(Condition),
        ];
        bool inIdOrder = limit is null && !fields && rest.Count > 0 && (lead is null ? text : lead.Value.Pair.Value is not null);
        string? quick = limit is null && lead is null && left.Count == 1 && FilterTerms.PairLeftOut(left[0]) is { } leftOut
            ? $"SELECT (SELECT count(*) FROM accounts) - (SELECT count(*) FROM {FilterSql.OwnersOf(leftOut, _args)})"
            : null;
        _parts.Add(new AccountPart(from, conditions.Length == 0 ? "1 = 1" : string.Join(" AND ", conditions), inIdOrder, quick));
    }

    private async Task<(FilterNode Node, (string Key, string? Value) Pair, long Rows)?> LeadAsync(IReadOnlyList<FilterNode> terms)
    {
        (FilterNode Node, (string Key, string? Value) Pair, long Rows)? best = null;
        foreach (FilterNode term in terms)
        {
            if (FilterTerms.PairOf(term) is not { } pair)
            {
                continue;
            }

            if (!_rows.TryGetValue(pair, out long rows))
            {
                rows = await _tx.NumberAsync($"SELECT count(*) FROM (SELECT 1 FROM {FilterSql.OwnersOf(pair, _args)} LIMIT {_args.Add(ManyRows)})", _args.Values).ConfigureAwait(false);
                _rows.Add(pair, rows);
            }

            if (best is not { } known || rows < known.Rows)
            {
                best = (term, pair, rows);
            }
        }

        return best;
    }
}
