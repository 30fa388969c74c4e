using PamTui.Core.Model;

namespace PamTui.Core.Storage;

internal static class AuditRows
{
    private const string Columns = "sequence, at, actor, source, action, target, details, hash";

    public static Task InsertAsync(Tx tx, AuditRow row) => tx.ExecuteAsync(
        $"INSERT INTO audit ({Columns}) VALUES (@Sequence, @at, @Actor, @Source, @Action, @Target, @Details, @Hash)",
        new { row.Sequence, at = StoredTime.Of(row.At), row.Actor, row.Source, row.Action, row.Target, row.Details, row.Hash });

    /// <summary>In the order of the chain.</summary>
    public static async Task<List<AuditRow>> AfterAsync(Tx tx, long sequence, int limit) =>
        Rows(await tx.ListAsync<Stored>($"SELECT {Columns} FROM audit WHERE sequence > @sequence ORDER BY sequence LIMIT @limit", new { sequence, limit }).ConfigureAwait(false));

    /// <summary>In the order of the chain, those that meet the condition on "x", and the number up to which was looked.</summary>
    public static async Task<(List<AuditRow> Rows, long Seen)> AfterAsync(Tx tx, long sequence, string condition, SqlArgs args, int limit)
    {
        long last = await tx.NumberAsync("SELECT coalesce(max(sequence), 0) FROM audit").ConfigureAwait(false);
        List<AuditRow> rows = Rows(await tx.ListAsync<Stored>(
            $"SELECT {Columns} FROM audit x WHERE x.sequence > {args.Add(sequence)} AND {condition} ORDER BY sequence LIMIT {args.Add(limit)}", args.Values).ConfigureAwait(false));
        return (rows, rows.Count == limit ? rows[^1].Sequence : Math.Max(last, sequence));
    }

    /// <summary>The last of the actor's rows of this kind that is not older than <paramref name="since"/>, or null.</summary>
    public static async Task<AuditRow?> LastAsync(Tx tx, string actor, string action, DateTimeOffset since) => (await tx.FirstAsync<Stored>(
        $"SELECT {Columns} FROM audit WHERE actor = @actor AND action = @action AND at >= @since ORDER BY sequence DESC LIMIT 1",
        new { actor, action, since = StoredTime.Of(since) }).ConfigureAwait(false))?.ToRow();

    public static async Task<AuditRow?> FindAsync(Tx tx, long sequence) =>
        (await tx.FirstAsync<Stored>($"SELECT {Columns} FROM audit WHERE sequence = @sequence", new { sequence }).ConfigureAwait(false))?.ToRow();

    /// <param name="details">A pattern of LIKE.</param>
    public static async Task<bool> TellsAsync(Tx tx, string action, string target, string details) => await tx.NumberAsync(
        "SELECT EXISTS (SELECT 1 FROM audit WHERE target = @target AND action = @action AND details LIKE @details)",
        new { action, target, details }).ConfigureAwait(false) == 1;

    /// <summary>The latest time any row tells.</summary>
    public static async Task<DateTimeOffset> LatestAsync(Tx tx) =>
        StoredTime.From(await tx.NumberAsync("SELECT coalesce(max(at), 0) FROM audit").ConfigureAwait(false));

    public static Task<Page<AuditRow>> OfTargetAsync(Tx tx, string target, PageRequest page)
    {
        SqlArgs args = new();
        return PageAsync(tx, $"x.target = {args.Add(target)}", args, page);
    }

    /// <summary>The rows that tell of a sign-in with the account's credential, the newest first.</summary>
    public static Task<Page<AuditRow>> ChecksOfAsync(Tx tx, string account, PageRequest page)
    {
        // The state is the last pair of a save's row, and a value with '=' in it stands in quotes: nothing that was typed ends a row so.
        SqlArgs args = new();
        string condition = $"""
            x.target = {args.Add(account)} AND (x.action IN ('account.check', 'account.health')
            OR (x.action IN ('account.add', 'account.edit') AND x.details LIKE '%check=verified'))
            """;
        return PageAsync(tx, condition, args, page);
    }

    /// <summary>The newest first.</summary>
    public static async Task<Page<AuditRow>> PageAsync(Tx tx, string condition, SqlArgs args, PageRequest page)
    {
        long total = await tx.NumberAsync($"SELECT count(*) FROM audit x WHERE {condition}", args.Values).ConfigureAwait(false);
        string sql = $"SELECT {Columns} FROM audit x WHERE {condition} ORDER BY sequence DESC LIMIT {args.Add(page.Limit)} OFFSET {args.Add(page.Offset)}";
        return new Page<AuditRow>(Rows(await tx.ListAsync<Stored>(sql, args.Values).ConfigureAwait(false)), page.Offset, (int)total);
    }

    private static List<AuditRow> Rows(List<Stored> rows) => [.. rows.Select(row => row.ToRow())];

    private sealed class Stored
    {
        public long Sequence { get; init; }

        public long At { get; init; }

        public string Actor { get; init; } = "";

        public string Source { get; init; } = "";

        public string Action { get; init; } = "";

        public string Target { get; init; } = "";

        public string Details { get; init; } = "";

        public byte[] Hash { get; init; } = [];

        public AuditRow ToRow() => new(Sequence, StoredTime.From(At), Actor, Source, Action, Target, Details, Hash);
    }
}
