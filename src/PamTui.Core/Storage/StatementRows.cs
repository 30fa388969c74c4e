namespace PamTui.Core.Storage;

/// <summary>What is known of a session's log without opening it.</summary>
internal sealed class StatementLogRow
{
    public long SessionId { get; init; }

    public long Batches { get; init; }

    public long Statements { get; init; }

    public long Errors { get; init; }

    /// <summary>Of all batches, as they are stored.</summary>
    public long Bytes { get; init; }

    /// <summary>The audit row that says that it is whole.</summary>
    public long? Closed { get; init; }

    public long? Removed { get; init; }
}

/// <summary>Some statements of a session in one sealed piece.</summary>
internal sealed class StatementBatchRow
{
    public long SessionId { get; init; }

    /// <summary>How many statements of the session there are before it.</summary>
    public long First { get; init; }

    public long Statements { get; init; }

    public byte[] Sealed { get; init; } = [];
}

internal static class StatementRows
{
    private const string LogColumns = "session_id, batches, statements, errors, bytes, closed, removed";

    public static Task<StatementLogRow?> FindAsync(Tx tx, long session) =>
        tx.FirstAsync<StatementLogRow>($"SELECT {LogColumns} FROM statement_logs WHERE session_id = @session", new { session });

    /// <summary>Adds a batch, and to what is known of the log and of all logs.</summary>
    /// <returns>What the session's log and what all logs take now.</returns>
    public static async Task<(long Session, long Total)> AddAsync(Tx tx, StatementBatchRow batch, long errors)
    {
        await tx.ExecuteAsync(
            "INSERT INTO statement_batches (session_id, first, statements, sealed) VALUES (@SessionId, @First, @Statements, @Sealed)",
            batch).ConfigureAwait(false);
        long session = await tx.NumberAsync(
            """
            INSERT INTO statement_logs (session_id, batches, statements, errors, bytes) VALUES (@SessionId, 1, @Statements, @errors, @bytes)
            ON CONFLICT (session_id) DO UPDATE SET
                batches = batches + 1, statements = statements + excluded.statements, errors = errors + excluded.errors, bytes = bytes + excluded.bytes
            RETURNING bytes
            """,
            new { batch.SessionId, batch.Statements, errors, bytes = batch.Sealed.LongLength }).ConfigureAwait(false);
        return (session, await AddToTotalAsync(tx, batch.Sealed.LongLength).ConfigureAwait(false));
    }

    public static Task SetClosedAsync(Tx tx, long session, long auditRow) =>
        tx.ExecuteAsync("UPDATE statement_logs SET closed = @auditRow WHERE session_id = @session", new { session, auditRow });

    /// <summary>The log that is kept of the session which began first, of those that are over.</summary>
    public static Task<StatementLogRow?> OldestEndedAsync(Tx tx) => tx.FirstAsync<StatementLogRow>(
        """
        SELECT l.session_id, l.batches, l.statements, l.errors, l.bytes, l.closed, l.removed
        FROM statement_logs l JOIN sessions s ON s.id = l.session_id
        WHERE l.removed IS NULL AND s.ended IS NOT NULL ORDER BY l.session_id LIMIT 1
        """);

    /// <returns>What all logs take now.</returns>
    public static async Task<long> RemoveAsync(Tx tx, StatementLogRow log, DateTimeOffset at)
    {
        await tx.ExecuteAsync("DELETE FROM statement_batches WHERE session_id = @SessionId", log).ConfigureAwait(false);
        await tx.ExecuteAsync("UPDATE statement_logs SET removed = @at WHERE session_id = @SessionId", new { log.SessionId, at = StoredTime.Of(at) }).ConfigureAwait(false);
        return await AddToTotalAsync(tx, -log.Bytes).ConfigureAwait(false);
    }

    /// <summary>The batch that holds the statement with so many before it; if it is gone, one before it, or none.</summary>
    public static Task<StatementBatchRow?> BatchAsync(Tx tx, long session, long before) => tx.FirstAsync<StatementBatchRow>(
        "SELECT session_id, first, statements, sealed FROM statement_batches WHERE session_id = @session AND first <= @before ORDER BY first DESC LIMIT 1",
        new { session, before });

    private static Task<long> AddToTotalAsync(Tx tx, long bytes) =>
        tx.NumberAsync("UPDATE statement_total SET bytes = bytes + @bytes WHERE id = 1 RETURNING bytes", new { bytes });
}
