using System.Globalization;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Accounts;

/// <summary>Every sign-in with an account's credential that the audit knows: checks on demand, those before a save, and what the daily look changed.</summary>
public sealed class CheckHistory
{
    private readonly Database _database;
    private readonly AccountPlans _plans;

    internal CheckHistory(Database database, AccountPlans plans) => (_database, _plans) = (database, plans);

    /// <summary>The newest first. Needs manage or audit, as the rows name who asked.</summary>
    /// <returns>NotFound also for what a member has no grant on.</returns>
    public Task<Result<Page<CheckRecord>>> ListAsync(Actor actor, AccountRef reference, PageRequest page, CancellationToken ct) => _database.ReadAsync<Result<Page<CheckRecord>>>(
        async tx =>
        {
            if ((await _plans.RequireAsync(tx, actor, reference, Capability.Manage | Capability.Audit).ConfigureAwait(false)).Refusal is { } no)
            {
                return no;
            }

            Page<AuditRow> rows = await AuditRows.ChecksOfAsync(tx, reference.ToString(), FieldCheck.Bounded(page)).ConfigureAwait(false);
            return new Page<CheckRecord>([.. rows.Items.Select(Read)], rows.Offset, rows.Total);
        },
        ct);

    private static CheckRecord Read(AuditRow row)
    {
        IReadOnlyDictionary<string, string> details = AuditDetails.Read(row.Details);
        CheckStage? stage = Parse<CheckStage>(details, "stage");
        CheckCause? cause = Parse<CheckCause>(details, "cause");
        HealthState health = row.Action switch
        {
            "account.health" => Words.Parse<HealthState>(details.GetValueOrDefault("health", ""), Words.Of) ?? HealthState.Unknown,
            "account.check" when details.GetValueOrDefault("result") != "passed" => stage is { } failed && cause is { } why
                ? AccountHealth.Of(new CheckReport(new CheckFailure(failed, why, ""), null, TimeSpan.Zero))
                : HealthState.Unknown,
            _ => HealthState.Healthy,
        };
        TimeSpan? elapsed = long.TryParse(details.GetValueOrDefault("ms"), NumberStyles.None, CultureInfo.InvariantCulture, out long ms) ? TimeSpan.FromMilliseconds(ms) : null;
        return new CheckRecord(row.Sequence, row.At, row.Actor, health, stage, cause, elapsed, details.GetValueOrDefault("because", ""));
    }

    private static T? Parse<T>(IReadOnlyDictionary<string, string> details, string key)
        where T : struct, Enum => Words.Parse<T>(details.GetValueOrDefault(key, ""), static value => value.ToString());
}
