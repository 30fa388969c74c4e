namespace PamTui.Core.Storage;

/// <summary>One selection of accounts in the shapes that are quick for different sizes.</summary>
/// <param name="Parts">Together they are the selection.</param>
/// <param name="Ordered">The selection as a condition on accounts "a", asked row by row along the name index.</param>
internal sealed record AccountQuery(IReadOnlyList<AccountPart> Parts, string Ordered, SqlArgs Args)
{
    // Below it is cheaper to sort what matches; above it the name index is walked until the page is full.
    private const int FewRows = 2000;

    /// <summary>How many there are, and, when that is not many, all their ids; else some of them.</summary>
    public async Task<(long Total, List<long> Ids)> CountAsync(Tx tx)
    {
        (long total, List<long> ids) = (0, []);
        foreach (AccountPart part in Parts)
        {
            int room = FewRows - ids.Count;
            if (part.InIdOrder && ids.Count == total && room > 0)
            {
                // One way through the part serves both: what is left after the last id is only counted.
                List<long> found = await tx.ListAsync<long>(part.Ids(Args.Add(room)), Args.Values).ConfigureAwait(false);
                ids.AddRange(found);
                total += found.Count + (found.Count == room ? await tx.NumberAsync(part.CountAfter(Args.Add(found[^1])), Args.Values).ConfigureAwait(false) : 0);
                continue;
            }

            long rows = await tx.NumberAsync(part.Count, Args.Values).ConfigureAwait(false);
            if (rows > 0 && rows <= room && ids.Count == total)
            {
                ids.AddRange(await tx.ListAsync<long>(part.Ids(Args.Add(room)), Args.Values).ConfigureAwait(false));
            }

            total += rows;
        }

        return (total, ids);
    }
}
