using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Statements;

/// <summary>
/// What was asked of databases in brokered sessions: written by the gateway that runs the session, sealed, and read by who was in it, who may
/// audit the account, and admins. Each reading is a row of the audit.
/// </summary>
public sealed class Statements : IDisposable
{
    /// <summary>The pair of an account, or of its resource, whose value <c>mask</c> has values masked whatever the settings say; neither can undo the other's.</summary>
    public const string MaskKey = "statement-values";

    private const string Mask = "mask";

    private static readonly TimeSpan s_oneReading = TimeSpan.FromMinutes(1);

    private readonly Database _database;
    private readonly StoreWatch _changes;
    private readonly AuditWriter _audit;
    private readonly SecretStore _secrets;
    private readonly StatementWriter _writer;
    private readonly StatementOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    internal Statements(Database database, StoreWatch changes, AuditWriter audit, SecretStore secrets, StatementOptions options, TimeProvider time, ILogger log)
    {
        (_database, _changes, _audit, _secrets, _options, _time, _log) = (database, changes, audit, secrets, options, time, log);
        _writer = new StatementWriter(database, audit, secrets, options, time);
    }

    /// <summary>The log of a session that has begun; once a session. Disposed of before the session's row gets its end.</summary>
    /// <param name="session">Its number, of <see cref="Sessions.Sessions.StartAsync"/>.</param>
    /// <param name="source">The user's address.</param>
    public async Task<StatementLog> OpenAsync(AccessGrant grant, long session, string source, CancellationToken ct)
    {
        bool masks = _options.Values == StatementValues.Mask
            || await _database.ReadAsync(tx => MetadataRows.HasAsync(tx, grant.What, MaskKey, Mask), ct).ConfigureAwait(false);
        Actor actor = new(grant.Who.Name, grant.Who.Id, grant.Who.Role, source);
        StatementSink sink = new(_writer, actor, session, grant.What.Reference.ToString(), _log);
        return new StatementLog(new KeptStatement(masks, grant.What.Kind == ResourceKind.MySql).Of, sink.WriteAsync, _time);
    }

    /// <summary>How much there is; nothing is opened and no row written.</summary>
    /// <returns>NotFound: no such session, or none that the caller may see. Failed: the log was removed or changed outside the vault.</returns>
    public Task<Result<StatementSummary>> SummaryAsync(Actor actor, long session, CancellationToken ct) => _database.ReadAsync<Result<StatementSummary>>(
        async tx =>
        {
            Result<SessionRow> row = await FindAsync(tx, actor, session).ConfigureAwait(false);
            return row.Refusal is { } no ? no : await SummaryAsync(tx, row.Value).ConfigureAwait(false);
        },
        ct);

    /// <summary>A part of a session's statements in the order they ran. With a query all of them are opened, one piece after the other.</summary>
    /// <returns>
    /// NotFound: no such session, or none that the caller may see. Invalid: too long a text. Failed: statements are missing, or were changed,
    /// outside the vault.
    /// </returns>
    public async Task<Result<StatementPage>> ReadAsync(Actor actor, long session, StatementQuery query, PageRequest page, CancellationToken ct)
    {
        Result<(SessionRow Row, StatementSummary Summary)> begun = await BeginAsync(actor, session, query, ct).ConfigureAwait(false);
        if (begun.Refusal is { } no)
        {
            return no;
        }

        (SessionRow row, StatementSummary summary) = begun.Value;
        PageRequest part = FieldCheck.Bounded(page);
        StatementReader reader = new(_database, _secrets, session);
        long there = summary.Removed is null ? summary.Statements : 0;
        try
        {
            List<LoggedStatement> items = [];
            long matches = 0;
            bool isEverything = query.IsEverything;
            IAsyncEnumerable<LoggedStatement> read = isEverything
                ? reader.ReadAsync(Math.Min(part.Offset, there), Math.Min(part.Offset + (long)part.Limit, there), ct)
                : reader.ReadAsync(0, there, ct);
            await foreach (LoggedStatement statement in read.ConfigureAwait(false))
            {
                if (isEverything || (query.Matches(statement.Statement) && matches++ >= part.Offset && items.Count < part.Limit))
                {
                    items.Add(statement);
                }
            }

            return new StatementPage(row.ToRecord(), summary, new Page<LoggedStatement>(items, part.Offset, (int)Math.Min(isEverything ? there : matches, int.MaxValue)));
        }
        catch (VaultException damaged)
        {
            return Refusal.Failed(damaged.Message);
        }
    }

    /// <summary>
    /// The statements of the query as they are written, each once and in order, until the session is over. Who asks is read again each time; a
    /// refusal is the last answer.
    /// </summary>
    /// <param name="after">Statements up to this number are known already.</param>
    public async IAsyncEnumerable<Result<IReadOnlyList<LoggedStatement>>> FollowAsync(Actor actor, long session, StatementQuery query, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        Result<(SessionRow, StatementSummary)> begun = await BeginAsync(actor, session, query, ct).ConfigureAwait(false);
        if (begun.Refusal is { } notBegun)
        {
            yield return notBegun;
            yield break;
        }

        StatementReader reader = new(_database, _secrets, session);
        await foreach (Done _ in _changes.ChangesAsync(ct).ConfigureAwait(false))
        {
            Result<(SessionRow Row, StatementSummary Summary)> now = await _database.ReadAsync(tx => LookAsync(tx, actor, session), ct).ConfigureAwait(false);
            if (now.Refusal is { } no)
            {
                yield return no;
                yield break;
            }

            while (now.Value.Summary.Removed is null && after < now.Value.Summary.Statements)
            {
                long until = Math.Min(now.Value.Summary.Statements, after + PageRequest.MaxLimit);
                Result<IReadOnlyList<LoggedStatement>> some = await SomeAsync(reader, query, after, until, ct).ConfigureAwait(false);
                after = until;
                if (!some.IsOk || some.Value.Count > 0)
                {
                    yield return some;
                }

                if (!some.IsOk)
                {
                    yield break;
                }
            }

            if (now.Value.Row.Ended is not null)
            {
                yield break;
            }
        }
    }

    public void Dispose() => _writer.Dispose();

    private static async Task<Result<IReadOnlyList<LoggedStatement>>> SomeAsync(StatementReader reader, StatementQuery query, long from, long until, CancellationToken ct)
    {
        try
        {
            List<LoggedStatement> some = [];
            await foreach (LoggedStatement statement in reader.ReadAsync(from, until, ct).ConfigureAwait(false))
            {
                if (query.Matches(statement.Statement))
                {
                    some.Add(statement);
                }
            }

            return some;
        }
        catch (VaultException damaged)
        {
            return Refusal.Failed(damaged.Message);
        }
    }

    // The row that says who read is on the disk before anything is shown.
    private async Task<Result<(SessionRow Row, StatementSummary Summary)>> BeginAsync(Actor actor, long session, StatementQuery query, CancellationToken ct)
    {
        if (query.Text.Length > StatementQuery.MaxText)
        {
            return Refusal.Invalid($"The text to look for has more than {StatementQuery.MaxText} characters.", "text");
        }

        return await _database.WriteAsync<(SessionRow, StatementSummary)>(
            async tx =>
            {
                Result<(SessionRow Row, StatementSummary Summary)> found = await LookAsync(tx, actor, session).ConfigureAwait(false);
                if (found is { IsOk: true, Value.Summary.Statements: > 0 })
                {
                    string details = AuditDetails.Of(("session", StatementAudit.Number(session)), ("text", query.Text.Length == 0 ? null : query.Text));
                    string account = found.Value.Row.Resource + "/" + found.Value.Row.Account;

                    // One row for a reading that comes in parts.
                    AuditRow? last = await AuditRows.LastAsync(tx, actor.Name, StatementAudit.Read, _time.GetUtcNow() - s_oneReading).ConfigureAwait(false);
                    if (last is null || last.Target != account || last.Details != details || last.Source != actor.Source)
                    {
                        await _audit.AppendAsync(tx, actor, StatementAudit.Read, account, details).ConfigureAwait(false);
                    }
                }

                return found;
            },
            ct).ConfigureAwait(false);
    }

    private async Task<Result<(SessionRow Row, StatementSummary Summary)>> LookAsync(Tx tx, Actor actor, long session)
    {
        Result<SessionRow> row = await FindAsync(tx, actor, session).ConfigureAwait(false);
        if (row.Refusal is { } no)
        {
            return no;
        }

        Result<StatementSummary> summary = await SummaryAsync(tx, row.Value).ConfigureAwait(false);
        return summary.Refusal is { } damaged ? damaged : (row.Value, summary.Value);
    }

    private async Task<Result<SessionRow>> FindAsync(Tx tx, Actor actor, long session)
    {
        Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
        if (caller.Refusal is { } no)
        {
            return no;
        }

        SqlArgs args = new();
        string? seen = await Visibility.SessionsAsync(tx, caller.Value, _time.GetUtcNow(), args).ConfigureAwait(false);
        return await SessionRows.FindAsync(tx, session, seen, args).ConfigureAwait(false) is { } row ? row : Visibility.NoSession(session);
    }

    private static async Task<Result<StatementSummary>> SummaryAsync(Tx tx, SessionRow session)
    {
        StatementLogRow? log = await StatementRows.FindAsync(tx, session.Id).ConfigureAwait(false);
        string account = session.Resource + "/" + session.Account;
        bool isTold = log?.Closed is { } closed
            ? await AuditRows.FindAsync(tx, closed).ConfigureAwait(false) is { Action: StatementAudit.Closed } row && row.Target == account && row.Details == StatementAudit.Whole(log)
            : session.Ended is null || !await AuditRows.TellsAsync(tx, StatementAudit.Closed, account, $"session={StatementAudit.Number(session.Id)} %").ConfigureAwait(false);
        if (!isTold)
        {
            return Refusal.Failed($"The statements of session {session.Id} are not those that the audit tells of: they were removed or changed outside the vault. Run `pamtui audit verify`, and look at a backup.");
        }

        return log is null
            ? StatementSummary.None
            : new StatementSummary(log.Statements, log.Errors, log.Bytes, log.Closed is not null, StoredTime.From(log.Removed));
    }
}
