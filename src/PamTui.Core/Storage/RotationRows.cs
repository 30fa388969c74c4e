using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>Rows of the ledger. What is not over has no end.</summary>
internal static class RotationRows
{
    private const string Columns = """
        t.id, t.account_id, t.state, t.way, t.rotation_account, t.started_by, t.planned, t.staged, t.applied, t.verified, t.ended, t.error,
        t.old_version, t.new_version, t.hook_state, t.hook_tries, t.hook_tried, t.hook_error, t.hook_output
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

    public static Task<long> CountAsync(Tx tx, long accountId) => tx.NumberAsync("SELECT count(*) FROM rotations WHERE account_id = @accountId", new { accountId });

    /// <summary>The latest rotation of the account that had a hook, or null.</summary>
    public static async Task<RotationRecord?> LatestWithHookAsync(Tx tx, long accountId) => (await tx.FirstAsync<Stored>(
        $"SELECT {Columns} FROM rotations t WHERE t.account_id = @accountId AND t.hook_state IS NOT NULL ORDER BY t.id DESC LIMIT 1",
        new { accountId }).ConfigureAwait(false))?.ToRecord();

    /// <summary>Rotations whose hook is in this state, the oldest first.</summary>
    public static async Task<IReadOnlyList<RotationRecord>> WithHookAsync(Tx tx, HookState state, int limit) =>
    [
        .. (await tx.ListAsync<Stored>(
            $"SELECT {Columns} FROM rotations t WHERE t.hook_state = @state ORDER BY t.id LIMIT @limit",
            new { state = Words.Of(state), limit }).ConfigureAwait(false)).Select(row => row.ToRecord()),
    ];

    public static Task SetHookAsync(Tx tx, long id, RotationHook hook) => tx.ExecuteAsync(
        "UPDATE rotations SET hook_state = @state, hook_tries = @Tries, hook_tried = @tried, hook_error = @Error, hook_output = @Output WHERE id = @id",
        new { id, state = Words.Of(hook.State), hook.Tries, tried = StoredTime.Of(hook.Tried), hook.Error, hook.Output });

    /// <summary>A later rotation takes the place of those whose hooks have not succeeded.</summary>
    public static Task DropHooksAsync(Tx tx, long accountId) => tx.ExecuteAsync(
        "UPDATE rotations SET hook_state = 'dropped' WHERE account_id = @accountId AND hook_state IN ('pending', 'failed')",
        new { accountId });

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

        public string? HookState { get; init; }

        public long HookTries { get; init; }

        public long? HookTried { get; init; }

        public string? HookError { get; init; }

        public string? HookOutput { get; init; }

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
            NewVersion)
        {
            Hook = HookState is null ? null : new RotationHook(StoredWord.Parse<HookState>(HookState, Words.Of), (int)HookTries, StoredTime.From(HookTried), HookError, HookOutput),
        };
    }
}
