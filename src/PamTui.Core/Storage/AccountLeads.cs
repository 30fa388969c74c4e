using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>The term whose accounts are read first.</summary>
internal sealed record AccountLead(FilterNode Term, PairRange Range);

/// <summary>Finds which term of several leads a statement.</summary>
internal sealed class AccountLeads(Tx tx, SqlArgs args)
{
    // Fewer are found quicker by their pair than in any other way.
    private const int FewRows = 2000;

    // To know more of them apart would cost more than it gains.
    private const int ManyRows = 20_000;

    private readonly Dictionary<FilterNode, long> _rows = [];

    /// <param name="isLimited">Something else leads well unless a pair is rare.</param>
    public async Task<AccountLead?> OfAsync(IReadOnlyList<FilterNode> terms, bool isLimited)
    {
        List<AccountLead> able = [.. terms.Select(term => (term, FilterTerms.RangeOf(term))).Where(one => one.Item2 is not null).Select(one => new AccountLead(one.term, one.Item2!))];
        if (terms.Count == 1 && !isLimited)
        {
            return able.FirstOrDefault();
        }

        // A rare pair leads, and of others the rarer, as far as they are told apart.
        (AccountLead? best, long fewest) = (null, long.MaxValue);
        foreach (AccountLead one in able.Where(one => one.Range.Part is null))
        {
            long rows = await RowsAsync(one, one.Range.IsWholeKey || able.Count == 1 ? FewRows : ManyRows).ConfigureAwait(false);

            // Most have a key that is not rare: then the narrow rows of all are read quicker, in their order.
            if (rows < fewest && (rows < FewRows || !one.Range.IsWholeKey))
            {
                (best, fewest) = (one, rows);
            }
        }

        if (fewest < FewRows || isLimited)
        {
            return fewest < FewRows ? best : null;
        }

        // To go once through what is dear to ask is quicker than to ask it of each of many accounts.
        return able.Find(one => one.Range is { IsDearToAsk: true, Part: null }) ?? able.Find(one => one.Range.IsDearToAsk) ?? best;
    }

    private async Task<long> RowsAsync(AccountLead lead, int limit)
    {
        if (!_rows.TryGetValue(lead.Term, out long rows))
        {
            rows = await tx.NumberAsync($"SELECT count(*) FROM (SELECT 1 FROM metadata d WHERE {FilterSql.IsIn(lead.Range, args)} LIMIT {args.Add(limit)})", args.Values).ConfigureAwait(false);
            _rows.Add(lead.Term, rows);
        }

        return rows;
    }
}
