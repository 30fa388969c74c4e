using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>Accounts that a person marked, and those he used. The owner is a user's number, 0 for whoever owns the data folder.</summary>
internal static class FavouriteRows
{
    public static Task<long> CountAsync(Tx tx, long owner) => tx.NumberAsync("SELECT count(*) FROM favourites f WHERE coalesce(f.user_id, 0) = @owner", new { owner });

    /// <summary>The condition on accounts "a" that the owner marked them.</summary>
    public static string Condition(long owner, SqlArgs args) => $"(a.id IN (SELECT f.account_id FROM favourites f WHERE coalesce(f.user_id, 0) = {args.Add(owner)}))";

    /// <returns>False: it was there already.</returns>
    public static async Task<bool> InsertAsync(Tx tx, long owner, long accountId, DateTimeOffset added) => await tx.ExecuteAsync(
        "INSERT INTO favourites (user_id, account_id, added) VALUES (nullif(@owner, 0), @accountId, @added) ON CONFLICT DO NOTHING",
        new { owner, accountId, added = StoredTime.Of(added) }).ConfigureAwait(false) == 1;

    /// <returns>False: there was none.</returns>
    public static async Task<bool> DeleteAsync(Tx tx, long owner, AccountRef reference) => await tx.ExecuteAsync(
        """
        DELETE FROM favourites WHERE coalesce(user_id, 0) = @owner
        AND account_id = (SELECT a.id FROM accounts a WHERE a.resource = @Resource AND a.name = @Account)
        """,
        new { owner, reference.Resource, reference.Account }).ConfigureAwait(false) == 1;

    /// <summary>In the order of resource and name.</summary>
    /// <param name="visible">A condition on "a" from the permissions; null: all.</param>
    public static async Task<Page<Account>> PageAsync(Tx tx, long owner, string? visible, SqlArgs args, PageRequest page)
    {
        string from = $"favourites f JOIN accounts a ON a.id = f.account_id WHERE coalesce(f.user_id, 0) = {args.Add(owner)} AND {visible ?? "1 = 1"}";
        long total = await tx.NumberAsync($"SELECT count(*) FROM {from}", args.Values).ConfigureAwait(false);
        List<long> ids = await tx.ListAsync<long>($"SELECT a.id FROM {from} ORDER BY a.resource, a.name LIMIT {args.Add(page.Limit)} OFFSET {args.Add(page.Offset)}", args.Values).ConfigureAwait(false);
        return new Page<Account>(await AccountRows.FindAsync(tx, ids).ConfigureAwait(false), page.Offset, (int)total);
    }

    /// <summary>The accounts that the user had sessions of, the latest first, with when the last of them began.</summary>
    /// <param name="visible">A condition on "a" from the permissions; null: all.</param>
    public static async Task<Page<(Account Account, DateTimeOffset Used)>> RecentAsync(Tx tx, long userId, string? visible, SqlArgs args, PageRequest page)
    {
        string used = $"SELECT s.account_id, max(s.started) AS at FROM sessions s WHERE s.user_id = {args.Add(userId)} GROUP BY s.account_id";
        string from = $"({used}) u JOIN accounts a ON a.id = u.account_id WHERE {visible ?? "1 = 1"}";
        long total = await tx.NumberAsync($"SELECT count(*) FROM {from}", args.Values).ConfigureAwait(false);
        List<Used> rows = await tx.ListAsync<Used>(
            $"SELECT a.id, u.at FROM {from} ORDER BY u.at DESC, a.resource, a.name LIMIT {args.Add(page.Limit)} OFFSET {args.Add(page.Offset)}",
            args.Values).ConfigureAwait(false);
        Dictionary<long, Account> accounts = (await AccountRows.FindAsync(tx, [.. rows.Select(row => row.Id)]).ConfigureAwait(false)).ToDictionary(account => account.Id);
        return new Page<(Account, DateTimeOffset)>([.. rows.Select(row => (accounts[row.Id], StoredTime.From(row.At)))], page.Offset, (int)total);
    }

    private sealed class Used
    {
        public long Id { get; init; }

        public long At { get; init; }
    }
}
