using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>Whose health is to be looked at, and which process does it.</summary>
internal static class HealthRows
{
    /// <summary>True: the round is this process'. False: another one's, until its time has run out.</summary>
    public static async Task<bool> TakeAsync(Tx tx, string token, DateTimeOffset now, DateTimeOffset expires) => await tx.ExecuteAsync(
        """
        INSERT INTO health_round (id, token, expires) VALUES (1, @token, @expires)
        ON CONFLICT (id) DO UPDATE SET token = excluded.token, expires = excluded.expires WHERE health_round.expires <= @now OR health_round.token = excluded.token
        """,
        new { token, now = StoredTime.Of(now), expires = StoredTime.Of(expires) }).ConfigureAwait(false) == 1;

    public static Task ReleaseAsync(Tx tx, string token) => tx.ExecuteAsync("DELETE FROM health_round WHERE token = @token", new { token });

    /// <summary>Accounts on the schedule whose last check was at <paramref name="before"/> or earlier, the oldest first.</summary>
    public static async Task<IReadOnlyList<Account>> OnScheduleAsync(Tx tx, DateTimeOffset before, int limit)
    {
        List<Account> accounts = [];
        foreach (long id in await tx.ListAsync<long>(
            "SELECT id FROM accounts WHERE health IN ('healthy', 'unreachable') AND last_checked <= @before ORDER BY last_checked, id LIMIT @limit",
            new { before = StoredTime.Of(before), limit }).ConfigureAwait(false))
        {
            if (await AccountRows.FindAsync(tx, id).ConfigureAwait(false) is { } account)
            {
                accounts.Add(account);
            }
        }

        return accounts;
    }
}
