using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>Filters by name. The owner is a user's number, 0 for whoever owns the data folder.</summary>
internal static class SavedFilterRows
{
    private const string Select = "SELECT f.name, f.filter, f.saved FROM saved_filters f WHERE coalesce(f.user_id, 0) = @owner";

    public static Task<long> CountAsync(Tx tx, long owner) => tx.NumberAsync("SELECT count(*) FROM saved_filters f WHERE coalesce(f.user_id, 0) = @owner", new { owner });

    /// <summary>Adds it, or gives the name another filter.</summary>
    public static Task PutAsync(Tx tx, long owner, SavedFilter filter) => tx.ExecuteAsync(
        """
        INSERT INTO saved_filters (user_id, name, filter, saved) VALUES (nullif(@owner, 0), @Name, @Filter, @saved)
        ON CONFLICT (coalesce(user_id, 0), name) DO UPDATE SET filter = excluded.filter, saved = excluded.saved
        """,
        new { owner, filter.Name, filter.Filter, saved = StoredTime.Of(filter.Saved) });

    /// <returns>False: there was none.</returns>
    public static async Task<bool> DeleteAsync(Tx tx, long owner, string name) =>
        await tx.ExecuteAsync("DELETE FROM saved_filters WHERE coalesce(user_id, 0) = @owner AND name = @name", new { owner, name }).ConfigureAwait(false) == 1;

    public static Task RenameAsync(Tx tx, long owner, string name, string newName) => tx.ExecuteAsync(
        "UPDATE saved_filters SET name = @newName WHERE coalesce(user_id, 0) = @owner AND name = @name",
        new { owner, name, newName });

    public static async Task<SavedFilter?> FindAsync(Tx tx, long owner, string name) =>
        (await tx.FirstAsync<Stored>($"{Select} AND f.name = @name", new { owner, name }).ConfigureAwait(false))?.ToFilter();

    /// <summary>In the order of names.</summary>
    public static async Task<IReadOnlyList<SavedFilter>> AllAsync(Tx tx, long owner) =>
        [.. (await tx.ListAsync<Stored>($"{Select} ORDER BY f.name", new { owner }).ConfigureAwait(false)).Select(row => row.ToFilter())];

    private sealed class Stored
    {
        public string Name { get; init; } = "";

        public string Filter { get; init; } = "";

        public long Saved { get; init; }

        public SavedFilter ToFilter() => new(Name, Filter, StoredTime.From(Saved));
    }
}
