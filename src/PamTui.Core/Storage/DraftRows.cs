namespace PamTui.Core.Storage;

/// <summary>Half-filled forms, without what was typed: that is sealed. The owner is a user's number, 0 for whoever owns the data folder.</summary>
internal static class DraftRows
{
    private const string Select = "SELECT d.id, d.form, d.saved FROM drafts d WHERE coalesce(d.user_id, 0) = @owner AND d.saved > @after";

    public static Task<long> InsertAsync(Tx tx, long owner, string form, DateTimeOffset saved) => tx.NumberAsync(
        "INSERT INTO drafts (user_id, form, saved) VALUES (nullif(@owner, 0), @form, @saved) RETURNING id",
        new { owner, form, saved = StoredTime.Of(saved) });

    /// <returns>False: there was none.</returns>
    public static async Task<bool> DeleteAsync(Tx tx, long owner, string form) =>
        await tx.ExecuteAsync("DELETE FROM drafts WHERE coalesce(user_id, 0) = @owner AND form = @form", new { owner, form }).ConfigureAwait(false) > 0;

    /// <summary>Everybody's that were saved then or earlier.</summary>
    public static Task DeleteOldAsync(Tx tx, DateTimeOffset upTo) => tx.ExecuteAsync("DELETE FROM drafts WHERE saved <= @upTo", new { upTo = StoredTime.Of(upTo) });

    /// <param name="after">Saved later than that.</param>
    public static Task<DraftRow?> FindAsync(Tx tx, long owner, string form, DateTimeOffset after) =>
        tx.FirstAsync<DraftRow>($"{Select} AND d.form = @form", new { owner, form, after = StoredTime.Of(after) });

    /// <summary>The latest first.</summary>
    public static Task<List<DraftRow>> AllAsync(Tx tx, long owner, DateTimeOffset after) =>
        tx.ListAsync<DraftRow>($"{Select} ORDER BY d.saved DESC, d.form", new { owner, after = StoredTime.Of(after) });
}

internal sealed class DraftRow
{
    public long Id { get; init; }

    public string Form { get; init; } = "";

    public long Saved { get; init; }
}
