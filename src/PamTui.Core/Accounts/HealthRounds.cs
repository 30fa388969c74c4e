using System.Security.Cryptography;
using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;
using SignInCheck = PamTui.Core.Connectors.SignInCheck;

namespace PamTui.Core.Accounts;

/// <summary>A scheduled sign-in.</summary>
/// <param name="Before">What the account's health was.</param>
/// <param name="Error">Why it is not healthy, in one sentence.</param>
public sealed record HealthOutcome(AccountRef Account, HealthState Before, HealthState Now, string? Error);

/// <summary>
/// Scheduled sign-ins with the credentials of the vault, for the program itself. The first rejection takes an account off the schedule,
/// and so does a change of its host, port or credential, until a check that a person asked for has passed: a vault that keeps trying
/// locks accounts. One process goes round at a time, and never two sign-ins at once to one target.
/// </summary>
public sealed class HealthRounds
{
    private const int MaxAccounts = 1000;

    // A sign-in ends in a sixth of it, and each one renews it.
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly Credentials _credentials;
    private readonly SignInCheck _check;
    private readonly TimeProvider _time;

    internal HealthRounds(Database database, AuditWriter audit, Credentials credentials, SignInCheck check, TimeProvider time) =>
        (_database, _audit, _credentials, _check, _time) = (database, audit, credentials, check, time);

    /// <summary>Signs in with each account whose turn it is. Empty also when another process goes round.</summary>
    /// <param name="interval">Each account once in it; accounts that were checked together are spread over its last quarter.</param>
    /// <param name="atOnce">Targets at once.</param>
    /// <param name="ended">Told of each account as it ends.</param>
    public async Task<IReadOnlyList<HealthOutcome>> RunAsync(TimeSpan interval, int atOnce, IProgress<HealthOutcome>? ended, CancellationToken ct)
    {
        List<(Account Account, string Target)> due = await _database.ReadAsync(tx => FindAsync(tx, interval), ct).ConfigureAwait(false);
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        if (due.Count == 0 || !await HoldAsync(token, ct).ConfigureAwait(false))
        {
            return [];
        }

        List<HealthOutcome> outcomes = [];
        Lock gate = new();
        try
        {
            await Parallel.ForEachAsync(
                due.GroupBy(one => one.Target, one => one.Account, StringComparer.OrdinalIgnoreCase),
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct },
                async (ofTarget, stop) =>
                {
                    foreach (Account account in ofTarget)
                    {
                        if (!await HoldAsync(token, stop).ConfigureAwait(false))
                        {
                            return;
                        }

                        if (await TryLookAsync(account, interval, stop).ConfigureAwait(false) is { } outcome)
                        {
                            lock (gate)
                            {
                                outcomes.Add(outcome);
                            }

                            ended?.Report(outcome);
                        }
                    }
                }).ConfigureAwait(false);
        }
        finally
        {
            await _database.WriteAsync<Done>(
                async tx =>
                {
                    await HealthRows.ReleaseAsync(tx, token).ConfigureAwait(false);
                    return default(Done);
                },
                CancellationToken.None).ConfigureAwait(false);
        }

        return outcomes;
    }

    private async Task<bool> HoldAsync(string token, CancellationToken ct)
    {
        Result<bool> held = await _database.WriteAsync<bool>(
            async tx => await HealthRows.TakeAsync(tx, token, _time.GetUtcNow(), _time.GetUtcNow() + s_lease).ConfigureAwait(false),
            ct).ConfigureAwait(false);
        return held.IsOk && held.Value;
    }

    private async Task<List<(Account Account, string Target)>> FindAsync(Tx tx, TimeSpan interval)
    {
        List<(Account, string)> due = [];
        foreach (Account account in await HealthRows.OnScheduleAsync(tx, _time.GetUtcNow() - (interval * 0.75), MaxAccounts).ConfigureAwait(false))
        {
            if (await IsDueAsync(tx, account, interval).ConfigureAwait(false) && await ResourceRows.FindAsync(tx, account.Resource).ConfigureAwait(false) is { } resource)
            {
                due.Add((account, $"{resource.Host}:{resource.Port}"));
            }
        }

        return due;
    }

    // A rotation under way has two credentials, of which the target has one: nothing is learnt from trying either.
    private async Task<bool> IsDueAsync(Tx tx, Account account, TimeSpan interval) =>
        account is { Health.State: HealthState.Healthy or HealthState.Unreachable, LastChecked: { } last }
        && last + (interval * (0.75 + (0.25 * Spread.Of(account.Id, last)))) <= _time.GetUtcNow()
        && !account.Rotation.IsUnfinished
        && await RotationHold.OfAsync(tx, account, _time.GetUtcNow()).ConfigureAwait(false) is null;

    private async Task<HealthOutcome?> TryLookAsync(Account account, TimeSpan interval, CancellationToken ct)
    {
        try
        {
            return await LookAsync(account, interval, ct).ConfigureAwait(false);
        }
        catch (VaultException damaged)
        {
            // One account whose row was changed outside the vault must not hold up the others.
            return new HealthOutcome(account.Reference, account.Health.State, account.Health.State, damaged.Message);
        }
    }

    private async Task<HealthOutcome?> LookAsync(Account listed, TimeSpan interval, CancellationToken ct)
    {
        (Account Account, Resource Resource, Secret Main, Secret? Passphrase)? opened = await _database.ReadAsync<(Account, Resource, Secret, Secret?)?>(
            async tx =>
            {
                if (await AccountRows.FindAsync(tx, listed.Id).ConfigureAwait(false) is not { } account || !await IsDueAsync(tx, account, interval).ConfigureAwait(false))
                {
                    return null;
                }

                Resource resource = (await ResourceRows.FindAsync(tx, account.Resource).ConfigureAwait(false))!;
                (Secret main, Secret? passphrase) = await _credentials.OpenAsync(tx, account).ConfigureAwait(false);
                return (account, resource, main, passphrase);
            },
            ct).ConfigureAwait(false);
        if (opened is not var (account, resource, main, passphrase))
        {
            return null;
        }

        CheckReport report;
        using (main)
        using (passphrase)
        {
            report = await _check(resource, account.Username, account.Credential, main, passphrase, null, ct).ConfigureAwait(false);
        }

        return report.Failure is { Cause: CheckCause.Cancelled } ? null : await KeepAsync(account, resource, report).ConfigureAwait(false);
    }

    // How it went is nothing about an account that is another by now.
    private async Task<HealthOutcome?> KeepAsync(Account account, Resource resource, CheckReport report)
    {
        HealthState health = AccountHealth.Of(report);
        Result<bool> kept = await _database.WriteAsync<bool>(
            async tx =>
            {
                Account? now = await AccountRows.FindAsync(tx, account.Id).ConfigureAwait(false);
                if (now is null || now.Updated != account.Updated || now.Rotation != account.Rotation || now.Health != account.Health
                    || (await ResourceRows.FindAsync(tx, account.Resource).ConfigureAwait(false))?.Updated != resource.Updated)
                {
                    return false;
                }

                await AccountRows.SetCheckAsync(tx, account.Id, report, _time.GetUtcNow()).ConfigureAwait(false);

                // One row a day for each account that is as it was would bury the others.
                if (health != account.Health.State)
                {
                    await _audit.AppendAsync(tx, Actor.System, "account.health", account.Reference.ToString(), AuditDetails.Of(
                        ("health", Words.Of(health)), ("was", Words.Of(account.Health.State)), ("because", report.Failure?.Message))).ConfigureAwait(false);
                }

                return true;
            },
            CancellationToken.None).ConfigureAwait(false);
        return kept is { IsOk: true, Value: true } ? new HealthOutcome(account.Reference, account.Health.State, health, report.Failure?.Message) : null;
    }
}
