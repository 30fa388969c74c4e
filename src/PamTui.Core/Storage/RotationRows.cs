using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>Rows of the ledger. What is not over has no end.</summary>
internal static class RotationRows
{
    private const string Columns = """
        t.id, t.account_id, t.state, t.way, t.rotation_account, t.started_by, t.planned, t.staged, t.applied, t.verified, t.ended, t.error,
        t.old_version, t.new_version
        """;

    /// <summary>The one of the account that is not over, or null.</summary>
    public static async Task<RotationRecord?> OpenAsync(Tx tx, long accountId) =>
        (await tx.FirstAsync<Stored>($"SELECT {Columns} FROM rotations t WHERE t.account_id = @accountId AND t.ended IS NULL", new { accountId }).ConfigureAwait(false))?.ToRecord();

    public static async Task<RotationRecord?> FindAsync(Tx tx, long id) =>
        (await tx.FirstAsync<Stored>($"SELECT {Columns} FROM rotations t WHERE t.id = @id", new { id }).ConfigureAwait(false))?.ToRecord();

    /// <summary>The newest first.</summary>
    public static async Task<Page<RotationRecord>> PageAsync(Tx tx, long accountId, PageRequest page)
    {
        long total = await tx.NumberAsync("SELECT count(*) FROM rotations WHERE account_id = @accountId", new { accountId }).ConfigureAwait(false);
        List<Stored> rows = await tx.ListAsync<Stored>(
            $"SELECT {Columns} FROM rotations t WHERE t.account_id = @accountId ORDER BY t.id DESC LIMIT @Limit OFFSET @Offset",
            new { accountId, page.Limit, page.Offset }).ConfigureAwait(false);
        return new Page<RotationRecord>([.. rows.Select(row => row.ToRecord())], page.Offset, (int)total);
    }

    /// <summary>The accounts of rotations that are not over, the oldest first.</summary>
    public static Task<List<long>> UnfinishedAccountsAsync(Tx tx, int limit) =>
        tx.ListAsync<long>("SELECT account_id FROM rotations WHERE ended IS NULL ORDER BY id LIMIT @limit", new { limit });

    public static Task<long> InsertAsync(Tx tx, RotationRecord row) => tx.NumberAsync(
        """
        INSERT INTO rotations (account_id, state, way, rotation_account, started_by, planned, old_version, new_version)
        VALUES (@AccountId, @state, @way, @By, @StartedBy, @planned, @OldVersion, @NewVersion) RETURNING id
        """,
        new
        {
            row.AccountId,
            state = Words.Of(row.State),
            way = Words.Of(row.Way),
            row.By,
            row.StartedBy,
            planned = StoredTime.Of(row.Planned),
            row.OldVersion,
            row.NewVersion,
        });

    public static Task UpdateAsync(Tx tx, RotationRecord row) => tx.ExecuteAsync(
        """
        UPDATE rotations SET state = @state, way = @way, rotation_account = @By, staged = @staged, applied = @applied, verified = @verified, ended = @ended, error = @Error
        WHERE id = @Id
        """,
        new
        {
            row.Id,
            state = Words.Of(row.State),
            way = Words.Of(row.Way),
            row.By,
            staged = StoredTime.Of(row.Staged),
            applied = StoredTime.Of(row.Applied),
            verified = StoredTime.Of(row.Verified),
            ended = StoredTime.Of(row.Ended),
            row.Error,
        });

    private sealed class Stored
    {
        public long Id { get; init; }

        public long AccountId { get; init; }

        public string State { get; init; } = "";

        public string Way { get; init; } = "";

        public string? RotationAccount { get; init; }

        public string StartedBy { get; init; } = "";

        public long Planned { get; init; }

        public long? Staged { get; init; }

        public long? Applied { get; init; }

        public long? Verified { get; init; }

        public long? Ended { get; init; }

        public string? Error { get; init; }

        public long OldVersion { get; init; }

        public long NewVersion { get; init; }

        public RotationRecord ToRecord() => new(
            Id,
            AccountId,
            StoredWord.Parse<RotationState>(State, Words.Of),
            StoredWord.Parse<RotationWay>(Way, Words.Of),
            RotationAccount,
            StartedBy,
            StoredTime.From(Planned),
            StoredTime.From(Staged),
            StoredTime.From(Applied),
            StoredTime.From(Verified),
            StoredTime.From(Ended),
            Error,
            OldVersion,
            NewVersion);
    }
}
