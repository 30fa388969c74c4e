namespace PamTui.Core.Storage;

/// <summary>One selection of accounts in the shapes that are quick for different sizes.</summary>
/// <param name="Parts">Together they are the selection.</param>
/// <param name="Ordered">Accounts "a" and the selection as a condition on them, asked row by row along the name index.</param>
internal sealed record AccountQuery(IReadOnlyList<AccountPart> Parts, string Ordered, SqlArgs Args)
{
    // Below it is cheaper to sort what matches; above it the name index is walked until the page is full.
    private const int FewRows = 5000;

    /// <summary>How many there are, and, when that is not many, all their ids; else some of them.</summary>
    public async Task<(long Total, List<long> Ids)> CountAsync(Tx tx)
    {
        (long total, List<long> ids) = (0, []);
        foreach (AccountPart part in Parts)
        {
            int room = ids.Count == total ? FewRows - ids.Count : 0;
            AccountLook look = room > 0 ? part.Look : AccountLook.Count;
            List<long> found = look == AccountLook.Count
                ? []
                : await tx.ListAsync<long>(part.Ids(Args.Add(look == AccountLook.Few ? room + 1 : room)), Args.Values).ConfigureAwait(false);
            long rows = look switch
            {
                AccountLook.InIdOrder when found.Count == room => room + await tx.NumberAsync(part.CountAfter(Args.Add(found[^1])), Args.Values).ConfigureAwait(false),
                AccountLook.Few when found.Count > room => await tx.NumberAsync(part.Count, Args.Values).ConfigureAwait(false),
                AccountLook.Count => await tx.NumberAsync(part.Count, Args.Values).ConfigureAwait(false),
                _ => found.Count,
            };
            if (look == AccountLook.Count && rows > 0 && rows <= room)
            {
                found = await tx.ListAsync<long>(part.Ids(Args.Add(room)), Args.Values).ConfigureAwait(false);
            }

            ids.AddRange(found.Take(room));
            total += rows;
        }

        return (total, ids);
    }
}
