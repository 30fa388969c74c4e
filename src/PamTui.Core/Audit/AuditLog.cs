using System.Runtime.CompilerServices;
using PamTui.Core.Access;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Audit;

/// <summary>What a verification found.</summary>
/// <param name="Rows">How many rows are good, from the first on.</param>
/// <param name="FirstBad">The number of the first row that is not as it was written; null: none.</param>
/// <param name="Message">One sentence.</param>
public sealed record AuditVerdict(bool IsWhole, long Rows, long? FirstBad, string Message);

/// <summary>The audit chain, for admins.</summary>
public sealed class AuditLog
{
    private const int Batch = 1000;

    private readonly Database _database;
    private readonly StoreWatch _changes;
    private readonly Secret _headKey;

    internal AuditLog(Database database, StoreWatch changes, Secret headKey) => (_database, _changes, _headKey) = (database, changes, headKey);

    /// <summary>The newest first.</summary>
    /// <param name="filter">The filter language over actor, source, action, target, details; a bare word is searched in all of them.</param>
    public Task<Result<Page<AuditRow>>> ListAsync(Actor actor, string filter, PageRequest page, CancellationToken ct) => SearchAsync(actor, new AuditQuery(filter), page, ct);

    /// <summary>The newest first.</summary>
    /// <returns>Invalid: the filter does not parse, or asks for what no row has.</returns>
    public Task<Result<Page<AuditRow>>> SearchAsync(Actor actor, AuditQuery query, PageRequest page, CancellationToken ct) => ReadAsync(
        actor,
        query,
        (tx, condition, args) => AuditRows.PageAsync(tx, condition, args, FieldCheck.Bounded(page)),
        ct);

    /// <summary>
    /// The rows of the query as they are written, each once and in order. Who asks is read again each time; a refusal is the last answer.
    /// </summary>
    /// <param name="after">Rows up to this number are known already.</param>
    public async IAsyncEnumerable<Result<IReadOnlyList<AuditRow>>> FollowAsync(Actor actor, AuditQuery query, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (Done _ in _changes.MovesAsync(ct).ConfigureAwait(false))
        {
            bool isMore = true;
            while (isMore)
            {
                long from = after;
                Result<(List<AuditRow> Rows, long Seen)> read = await ReadAsync(actor, query, (tx, condition, args) => AuditRows.AfterAsync(tx, from, condition, args, Batch), ct).ConfigureAwait(false);
                if (read.Refusal is { } no)
                {
                    yield return no;
                    yield break;
                }

                (List<AuditRow> rows, after) = read.Value;
                isMore = rows.Count == Batch;
                if (rows.Count > 0)
                {
                    yield return Result.Ok<IReadOnlyList<AuditRow>>(rows);
                }
            }
        }
    }

    /// <summary>
    /// At once, and again when something was written to the audit, at most once a second: what a screen shows may be old. It says nothing
    /// of what was written.
    /// </summary>
    public IAsyncEnumerable<Done> MovesAsync(CancellationToken ct) => _changes.MovesAsync(ct);

    /// <summary>Reads the whole chain as it is at this moment; finds a row that was edited, dropped, added, moved, and a shortened end.</summary>
    /// <param name="progress">Told every thousand rows.</param>
    public Task<Result<AuditVerdict>> VerifyAsync(Actor actor, IProgress<AuditProgress>? progress, CancellationToken ct) => _database.ReadAsync<Result<AuditVerdict>>(
        async tx => (await Caller.AdminAsync(tx, actor, "verify the audit").ConfigureAwait(false)).Refusal is { } no
            ? no
            : await VerifyAsync(tx, progress).ConfigureAwait(false),
        ct);

    private async Task<Result<T>> ReadAsync<T>(Actor actor, AuditQuery query, Func<Tx, string, SqlArgs, Task<T>> read, CancellationToken ct)
    {
        Result<FilterNode> filter = FilterSubject.Audit.Parse(query.Filter, "The audit");
        return filter.Refusal is { } bad
            ? bad
            : await _database.ReadAsync<Result<T>>(
                async tx =>
                {
                    if ((await Caller.AdminAsync(tx, actor, "read the audit").ConfigureAwait(false)).Refusal is { } no)
                    {
                        return no;
                    }

                    SqlArgs args = new();
                    string[] conditions =
                    [
                        await FilterSql.ForListAsync(tx, filter.Value, FilterSubject.Audit, args).ConfigureAwait(false),
                        .. query.Since is { } since ? [$"x.at >= {args.Add(StoredTime.Of(since))}"] : Array.Empty<string>(),
                        .. query.Until is { } until ? [$"x.at < {args.Add(StoredTime.Of(until))}"] : Array.Empty<string>(),
                    ];
                    return await read(tx, string.Join(" AND ", conditions), args).ConfigureAwait(false);
                },
                ct).ConfigureAwait(false);
    }

    private async Task<AuditVerdict> VerifyAsync(Tx tx, IProgress<AuditProgress>? progress)
    {
        string text = await VaultRow.HeadAsync(tx).ConfigureAwait(false) ?? "";
        long total = AuditChain.TryReadHead(text, _headKey)?.Sequence ?? 0;
        byte[] previous = AuditChain.Genesis;
        long sequence = 0;
        for (List<AuditRow> rows; (rows = await AuditRows.AfterAsync(tx, sequence, Batch).ConfigureAwait(false)).Count > 0;)
        {
            foreach (AuditRow row in rows)
            {
                if (row.Sequence != sequence + 1)
                {
                    return Bad(sequence, $"Row {sequence + 1} of the audit is missing: somebody dropped or renumbered it outside the vault.");
                }

                if (!row.Hash.AsSpan().SequenceEqual(AuditChain.Hash(previous, row)))
                {
                    return Bad(sequence, $"Row {row.Sequence} of the audit is not as it was written: it, or the order of the rows, was changed outside the vault.");
                }

                (sequence, previous) = (row.Sequence, row.Hash);
            }

            progress?.Report(new AuditProgress(sequence, total));
        }

        if (AuditChain.TryReadHead(text, _headKey) is not { } head)
        {
            return Bad(sequence, "The head of the audit chain was changed outside the vault, so rows may have been added, rewritten or cut off.");
        }

        if (head.Sequence != sequence)
        {
            return Bad(
                Math.Min(sequence, head.Sequence),
                head.Sequence > sequence
                    ? $"The end of the audit was cut off: rows {sequence + 1} to {head.Sequence} are missing."
                    : $"Rows after {head.Sequence} were added to the audit outside the vault.");
        }

        return head.Hash.AsSpan().SequenceEqual(previous)
            ? new AuditVerdict(true, sequence, null, $"The audit is whole: {sequence} rows.")
            : Bad(sequence - 1, "The chain of the audit was rewritten outside the vault: its last row is not the one that was written.");
    }

    private static AuditVerdict Bad(long good, string message) => new(false, good, good + 1, message);
}
