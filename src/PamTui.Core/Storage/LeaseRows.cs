namespace PamTui.Core.Storage;

/// <summary>Who works on an account's rotation.</summary>
internal sealed class LeaseRow
{
    public long AccountId { get; init; }

    /// <summary>Of this one holding of it.</summary>
    public string Token { get; init; } = "";

    public string Node { get; init; } = "";

    /// <summary>Where the number of a process means something: a boot of a machine and a namespace of processes.</summary>
    public string Place { get; init; } = "";

    public long Process { get; init; }

    public long ProcessStarted { get; init; }

    public long Taken { get; init; }

    public long Expires { get; init; }
}

internal static class LeaseRows
{
    public static Task<LeaseRow?> FindAsync(Tx tx, long accountId) => tx.FirstAsync<LeaseRow>(
        "SELECT account_id, token, node, place, process, process_started, taken, expires FROM leases WHERE account_id = @accountId",
        new { accountId });

    public static async Task<bool> IsHeldAsync(Tx tx, long accountId, DateTimeOffset now) => await tx.NumberAsync(
        "SELECT count(*) FROM leases WHERE account_id = @accountId AND expires > @now", new { accountId, now = StoredTime.Of(now) }).ConfigureAwait(false) > 0;

    /// <summary>One of the resource's accounts that is held; null: none.</summary>
    public static Task<string?> HeldOfResourceAsync(Tx tx, long resourceId, DateTimeOffset now) => tx.FirstAsync<string>(
        "SELECT a.name FROM accounts a JOIN leases l ON l.account_id = a.id WHERE a.resource_id = @resourceId AND l.expires > @now ORDER BY a.name LIMIT 1",
        new { resourceId, now = StoredTime.Of(now) });

    /// <summary>Those on accounts of the resource that have not run out.</summary>
    public static Task<List<LeaseRow>> OfResourceAsync(Tx tx, long resourceId, DateTimeOffset now) => tx.ListAsync<LeaseRow>(
        """
        SELECT l.account_id, l.token, l.node, l.place, l.process, l.process_started, l.taken, l.expires
        FROM leases l JOIN accounts a ON a.id = l.account_id WHERE a.resource_id = @resourceId AND l.expires > @now
        """,
        new { resourceId, now = StoredTime.Of(now) });

    /// <summary>In place of whatever was there: whether it may be is the caller's decision.</summary>
    public static Task PutAsync(Tx tx, LeaseRow row) => tx.ExecuteAsync(
        """
        INSERT OR REPLACE INTO leases (account_id, token, node, place, process, process_started, taken, expires)
        VALUES (@AccountId, @Token, @Node, @Place, @Process, @ProcessStarted, @Taken, @Expires)
        """,
        row);

    /// <summary>False: it is somebody else's, or nobody's, by now.</summary>
    public static async Task<bool> RenewAsync(Tx tx, long accountId, string token, DateTimeOffset expires) =>
        await tx.ExecuteAsync(
            "UPDATE leases SET expires = @expires WHERE account_id = @accountId AND token = @token",
            new { accountId, token, expires = StoredTime.Of(expires) }).ConfigureAwait(false) == 1;

    public static Task<int> DeleteAsync(Tx tx, long accountId) => tx.ExecuteAsync("DELETE FROM leases WHERE account_id = @accountId", new { accountId });

    public static Task<int> DeleteAsync(Tx tx, long accountId, string token) =>
        tx.ExecuteAsync("DELETE FROM leases WHERE account_id = @accountId AND token = @token", new { accountId, token });
}
