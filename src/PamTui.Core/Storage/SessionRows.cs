using PamTui.Core.Filters;
using PamTui.Core.Model;

namespace PamTui.Core.Storage;

internal sealed class SessionRow
{
    public long Id { get; init; }

    public long UserId { get; init; }

    public string UserName { get; init; } = "";

    public long AccountId { get; init; }

    public string Account { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Source { get; init; } = "";

    public string Node { get; init; } = "";

    public long? GrantId { get; init; }

    /// <summary>Begun for reading only.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>HOST:PORT of raw TCP, without an account; null: a session with one.</summary>
    public string? ForwardTo { get; init; }

    public long Started { get; init; }

    public long? Ended { get; init; }

    public string? EndReason { get; init; }

    public string? KillReason { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    /// <summary>What its rows of the audit are about.</summary>
    public string Target => ForwardTo is null ? Resource + "/" + Account : Resource;

    public SessionRecord ToRecord() => new(
        Id,
        UserName,
        Account,
        Resource,
        Source,
        StoredTime.From(Started),
        StoredTime.From(Ended),
        EndReason,
        BytesIn,
        BytesOut)
    {
        ReadOnly = ReadOnly,
        ForwardTo = ForwardTo,
    };
}

internal static class SessionRows
{
    private const string Columns = """
        s.id, s.user_id, s.user_name, s.account_id, s.account, s.resource, s.source, s.node, s.grant_id, s.read_only, s.forward_to, s.started, s.ended, s.end_reason, s.kill_reason,
        s.bytes_in, s.bytes_out
        """;

    public static Task<SessionRow?> FindAsync(Tx tx, long id) => tx.FirstAsync<SessionRow>($"SELECT {Columns} FROM sessions s WHERE s.id = @id", new { id });

    public static Task<List<SessionRow>> FindAsync(Tx tx, IReadOnlyCollection<long> ids) =>
        tx.ListAsync<SessionRow>($"SELECT {Columns} FROM sessions s WHERE s.id IN ({string.Join(',', ids)})");

    public static Task<List<SessionRow>> LiveOnAsync(Tx tx, string node) =>
        tx.ListAsync<SessionRow>($"SELECT {Columns} FROM sessions s WHERE s.ended IS NULL AND s.node = @node ORDER BY s.id", new { node });

    /// <summary>Those whose gateway does not live any more, as nobody said so.</summary>
    public static Task<List<SessionRow>> LeftBehindAsync(Tx tx, DateTimeOffset now) => tx.ListAsync<SessionRow>(
        $"SELECT {Columns} FROM sessions s WHERE s.ended IS NULL AND s.node NOT IN (SELECT n.name FROM nodes n WHERE n.expires > @now) ORDER BY s.id",
        new { now = StoredTime.Of(now) });

    /// <summary>A gateway that lives has a session of the account.</summary>
    public static async Task<bool> IsAccountInUseAsync(Tx tx, long accountId, DateTimeOffset now) => await tx.NumberAsync(
        """
        SELECT EXISTS (SELECT 1 FROM sessions s JOIN nodes n ON n.name = s.node WHERE s.account_id = @accountId AND s.ended IS NULL AND n.expires > @now)
        """,
        new { accountId, now = StoredTime.Of(now) }).ConfigureAwait(false) == 1;

    /// <summary>A condition on "s": the user's own, those on accounts "a" of the condition given, and what was forwarded by the resources.</summary>
    public static string OwnOr(long userId, string accounts, IReadOnlyCollection<string> resources, SqlArgs args)
    {
        string forwards = resources.Count == 0 ? "" : $" OR (s.forward_to IS NOT NULL AND s.resource IN ({string.Join(", ", resources.Select(args.Add))}))";
        return $"(s.user_id = {args.Add(userId)} OR s.account_id IN (SELECT a.id FROM accounts a WHERE {accounts}){forwards})";
    }

    /// <param name="seen">A condition on "s" from the permissions; null: all.</param>
    public static Task<SessionRow?> FindAsync(Tx tx, long id, string? seen, SqlArgs args) =>
        tx.FirstAsync<SessionRow>($"SELECT {Columns} FROM sessions s WHERE s.id = {args.Add(id)} AND {seen ?? "1 = 1"}", args.Values);

    /// <summary>The newest first.</summary>
    /// <param name="filter">Of the query, parsed.</param>
    /// <param name="seen">A condition on "s" from the permissions; null: all.</param>
    public static async Task<Page<SessionRecord>> PageAsync(Tx tx, SessionQuery query, FilterNode filter, string? seen, SqlArgs args, PageRequest page)
    {
        string[] conditions =
        [
            await FilterSql.ForListAsync(tx, filter, FilterSubject.Session, args).ConfigureAwait(false),
            .. query.LiveOnly ? ["s.ended IS NULL"] : Array.Empty<string>(),
            .. query.Since is { } since ? [$"s.started >= {args.Add(StoredTime.Of(since))}"] : Array.Empty<string>(),
            .. query.Until is { } until ? [$"s.started < {args.Add(StoredTime.Of(until))}"] : Array.Empty<string>(),
            seen ?? "1 = 1",
        ];
        string condition = string.Join(" AND ", conditions);
        long total = await tx.NumberAsync($"SELECT count(*) FROM sessions s WHERE {condition}", args.Values).ConfigureAwait(false);
        List<SessionRow> rows = await tx.ListAsync<SessionRow>(
            $"SELECT {Columns} FROM sessions s WHERE {condition} ORDER BY s.id DESC LIMIT {args.Add(page.Limit)} OFFSET {args.Add(page.Offset)}",
            args.Values).ConfigureAwait(false);
        return new Page<SessionRecord>([.. rows.Select(row => row.ToRecord())], page.Offset, (int)total);
    }

    /// <summary>A number that no session has or will have but the one that is inserted with it.</summary>
    public static Task<long> ReserveAsync(Tx tx) => tx.NumberAsync("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'sessions' RETURNING seq");

    /// <summary>Under the row's own number; 0: the next one.</summary>
    public static Task<long> InsertAsync(Tx tx, SessionRow row) => tx.NumberAsync(
        """
        INSERT INTO sessions (id, user_id, user_name, account_id, account, resource, source, node, grant_id, read_only, forward_to, started, bytes_in, bytes_out)
        VALUES (nullif(@Id, 0), @UserId, @UserName, @AccountId, @Account, @Resource, @Source, @Node, @GrantId, @ReadOnly, @ForwardTo, @Started, 0, 0) RETURNING id
        """,
        row);

    public static Task<long> CountOfUserAsync(Tx tx, long userId) => tx.NumberAsync("SELECT count(*) FROM sessions WHERE user_id = @userId", new { userId });

    public static Task<long> CountLiveOfUserAsync(Tx tx, long userId) =>
        tx.NumberAsync("SELECT count(*) FROM sessions WHERE ended IS NULL AND user_id = @userId", new { userId });

    public static async Task<DateTimeOffset?> LastOfUserAsync(Tx tx, long userId) =>
        StoredTime.From(await tx.FirstAsync<long?>("SELECT max(started) FROM sessions WHERE user_id = @userId", new { userId }).ConfigureAwait(false));

    public static Task<int> SetBytesAsync(Tx tx, long id, long bytesIn, long bytesOut) => tx.ExecuteAsync(
        "UPDATE sessions SET bytes_in = @bytesIn, bytes_out = @bytesOut WHERE id = @id AND ended IS NULL",
        new { id, bytesIn, bytesOut });

    public static Task SetEndAsync(Tx tx, long id, DateTimeOffset at, string reason) => tx.ExecuteAsync(
        "UPDATE sessions SET ended = @at, end_reason = @reason WHERE id = @id AND ended IS NULL",
        new { id, at = StoredTime.Of(at), reason });

    public static Task SetKillAsync(Tx tx, long id, string reason) => tx.ExecuteAsync(
        "UPDATE sessions SET kill_reason = @reason WHERE id = @id AND ended IS NULL",
        new { id, reason });
}
