namespace PamTui.Core.Storage;

/// <summary>Which round has the accounts of a resource.</summary>
internal static class TurnRows
{
    /// <summary>True: it is this token's, taken or renewed. False: another one's, until its time has run out; or the resource is gone.</summary>
    public static async Task<bool> TakeAsync(Tx tx, long resourceId, string token, DateTimeOffset now, DateTimeOffset expires) => await tx.ExecuteAsync(
        """
        INSERT INTO resource_turns (resource_id, token, expires) SELECT id, @token, @expires FROM resources WHERE id = @resourceId
        ON CONFLICT (resource_id) DO UPDATE SET token = excluded.token, expires = excluded.expires
        WHERE resource_turns.expires <= @now OR resource_turns.token = excluded.token
        """,
        new { resourceId, token, now = StoredTime.Of(now), expires = StoredTime.Of(expires) }).ConfigureAwait(false) == 1;

    public static Task DeleteAsync(Tx tx, long resourceId, string token) =>
        tx.ExecuteAsync("DELETE FROM resource_turns WHERE resource_id = @resourceId AND token = @token", new { resourceId, token });
}
