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
    private readonly Secret _headKey;

    internal AuditLog(Database database, Secret headKey) => (_database, _headKey) = (database, headKey);

    /// <summary>The newest first.</summary>
    /// <param name="filter">The filter language over actor, source, action, target, details; a bare word is searched in all of them.</param>
    public async Task<Result<Page<AuditRow>>> ListAsync(Actor actor, string filter, PageRequest page, CancellationToken ct)
    {
        Result<FilterNode> parsed = Filter.Parse(filter);
        if (parsed.Refusal is { } bad)
        {
            return bad;
        }

        if (UnknownKey(parsed.Value) is { } key)
        {
            return Refusal.Invalid($"The audit has no field {Text.Quote(key)}: use {string.Join(", ", FilterSubject.Audit.Fields.Keys)}.", "filter");
        }

        return await _database.ReadAsync<Result<Page<AuditRow>>>(
            async tx =>
            {
                if ((await Caller.AdminAsync(tx, actor, "read the audit").ConfigureAwait(false)).Refusal is { } no)
                {
                    return no;
                }

                SqlArgs args = new();
                string condition = await FilterSql.ForListAsync(tx, parsed.Value, FilterSubject.Audit, args).ConfigureAwait(false);
                return await AuditRows.PageAsync(tx, condition, args, FieldCheck.Bounded(page)).ConfigureAwait(false);
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Reads the whole chain as it is at this moment; finds a row that was edited, dropped, added, moved, and a shortened end.</summary>
    /// <param name="progress">Rows read so far.</param>
    public Task<Result<AuditVerdict>> VerifyAsync(Actor actor, IProgress<long>? progress, CancellationToken ct) => _database.ReadAsync<Result<AuditVerdict>>(
        async tx => (await Caller.AdminAsync(tx, actor, "verify the audit").ConfigureAwait(false)).Refusal is { } no
            ? no
            : await VerifyAsync(tx, progress).ConfigureAwait(false),
        ct);

    private async Task<AuditVerdict> VerifyAsync(Tx tx, IProgress<long>? progress)
    {
        string text = await VaultRow.HeadAsync(tx).ConfigureAwait(false) ?? "";
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

            progress?.Report(sequence);
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

    private static string? UnknownKey(FilterNode node) => node switch
    {
        CompareNode compare when compare.IsQuoted || !FilterSubject.Audit.Fields.ContainsKey(compare.Key) => compare.Key,
        AndNode and => and.Terms.Select(UnknownKey).FirstOrDefault(key => key is not null),
        OrNode or => or.Terms.Select(UnknownKey).FirstOrDefault(key => key is not null),
        NotNode not => UnknownKey(not.Term),
        _ => null,
    };
}
