namespace PamTui.Core.Storage;

/// <summary>What people set for themselves. The owner is a user's number, 0 for whoever owns the data folder.</summary>
internal static class SettingRows
{
    public static Task PutAsync(Tx tx, long owner, string name, string value) => tx.ExecuteAsync(
        """
        INSERT INTO settings (user_id, name, value) VALUES (nullif(@owner, 0), @name, @value)
        ON CONFLICT (coalesce(user_id, 0), name) DO UPDATE SET value = excluded.value
        """,
        new { owner, name, value });

    /// <summary>Null: it was never set.</summary>
    public static Task<string?> FindAsync(Tx tx, long owner, string name) =>
        tx.FirstAsync<string>("SELECT s.value FROM settings s WHERE coalesce(s.user_id, 0) = @owner AND s.name = @name", new { owner, name });
}
