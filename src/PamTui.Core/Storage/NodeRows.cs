namespace PamTui.Core.Storage;

/// <summary>Which gateways live, by their own word.</summary>
internal static class NodeRows
{
    public static Task PutAsync(Tx tx, string name, DateTimeOffset expires) => tx.ExecuteAsync(
        "INSERT INTO nodes (name, expires) VALUES (@name, @expires) ON CONFLICT (name) DO UPDATE SET expires = excluded.expires",
        new { name, expires = StoredTime.Of(expires) });

    public static Task DeleteDeadAsync(Tx tx, DateTimeOffset now) => tx.ExecuteAsync("DELETE FROM nodes WHERE expires <= @now", new { now = StoredTime.Of(now) });
}
