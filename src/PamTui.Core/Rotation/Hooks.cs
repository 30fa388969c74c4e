using System.Globalization;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Rotation;

/// <summary>
/// The hooks that rotations owe. Each try is counted before the program is started, so that a crash in it is a try; the account's
/// lease is held meanwhile, so that two processes never run the same one at once.
/// </summary>
internal sealed class Hooks(Database database, AuditWriter audit, Credentials credentials, Ledger ledger, TimeProvider time)
{
    private const string Action = "account.rotate.hook";

    /// <summary>Runs what the account owes, now.</summary>
    /// <param name="again">Also one that failed too often: a person wants it.</param>
    /// <returns>How it is now; null: the account owes none, or another process holds it.</returns>
    public async Task<RotationHook?> RunAsync(Actor actor, long accountId, bool again, CancellationToken ct)
    {
        Result<Started?> begun = await database.WriteAsync<Started?>(tx => BeginAsync(tx, actor, accountId, again), ct).ConfigureAwait(false);
        if (!begun.IsOk || begun.Value is not { } started)
        {
            return null;
        }

        using Secret secret = started.Secret;
        HookResult result = await HookProcess.RunAsync(started.Command, started.Account, secret, time, ct).ConfigureAwait(false);
        int tries = started.Row.Hook!.Tries + 1;
        RotationHook ended = new(
            result.Error is null ? HookState.Done : tries >= RotationTimes.MaxTries ? HookState.Failed : HookState.Pending,
            tries,
            started.Tried,
            result.Error,
            result.Output.Length == 0 ? null : result.Output);

        // It ran: that is kept whoever has gone away meanwhile, unless a later rotation has taken its place.
        Result<Done> kept = await database.WriteAsync<Done>(
            async tx =>
            {
                await LeaseRows.DeleteAsync(tx, accountId, started.Lease).ConfigureAwait(false);
                if ((await RotationRows.FindAsync(tx, started.Row.Id).ConfigureAwait(false))?.Hook is { State: HookState.Pending or HookState.Failed })
                {
                    await RotationRows.SetHookAsync(tx, started.Row.Id, ended).ConfigureAwait(false);
                    await TellAsync(tx, actor, started.Account, started.Row, ended.Error is null ? "done" : "failed", ended.Error).ConfigureAwait(false);
                }

                return default(Done);
            },
            CancellationToken.None).ConfigureAwait(false);
        return kept.IsOk ? ended : null;
    }

    /// <summary>When the hook may be tried next; null: not by itself.</summary>
    public static DateTimeOffset? Next(RotationHook hook) => hook switch
    {
        { State: not HookState.Pending } => null,
        { Tried: { } tried } => tried + RotationTimes.Wait(hook.Tries),
        _ => DateTimeOffset.MinValue,
    };

    private async Task<Result<Started?>> BeginAsync(Tx tx, Actor actor, long accountId, bool again)
    {
        DateTimeOffset now = time.GetUtcNow();
        RotationRecord? row = await RotationRows.LatestWithHookAsync(tx, accountId).ConfigureAwait(false);
        bool owed = row?.Hook is { } hook && (again ? hook.State is HookState.Pending or HookState.Failed : Next(hook) <= now);
        if (!owed || await AccountRows.FindAsync(tx, accountId).ConfigureAwait(false) is not { } account || account.Rotation.IsUnfinished)
        {
            return (Started?)null;
        }

        if ((await PolicyRows.ForAsync(tx, account).ConfigureAwait(false))?.Terms.Hook is not { } command)
        {
            await RotationRows.SetHookAsync(tx, row!.Id, row.Hook! with { State = HookState.Dropped }).ConfigureAwait(false);
            await TellAsync(tx, actor, account, row, "dropped", "its policy has no hook any more").ConfigureAwait(false);
            return (Started?)null;
        }

        Result<string> lease = await ledger.TakeAsync(tx, account).ConfigureAwait(false);
        if (lease.Refusal is { } held)
        {
            return held;
        }

        await RotationRows.SetHookAsync(tx, row!.Id, row.Hook! with { State = HookState.Pending, Tries = row.Hook.Tries + 1, Tried = now }).ConfigureAwait(false);
        await TellAsync(tx, actor, account, row, "started", null).ConfigureAwait(false);
        (Secret main, Secret? passphrase) = await credentials.OpenAsync(tx, account).ConfigureAwait(false);
        passphrase?.Dispose();
        return new Started(account, row, command, main, lease.Value, now);
    }

    private Task TellAsync(Tx tx, Actor actor, Account account, RotationRecord row, string result, string? why) => audit.AppendAsync(
        tx,
        actor,
        Action,
        account.Reference.ToString(),
        AuditDetails.Of(("rotation", row.Id.ToString(CultureInfo.InvariantCulture)), ("result", result), ("because", why)));

    private sealed record Started(Account Account, RotationRecord Row, HookCommand Command, Secret Secret, string Lease, DateTimeOffset Tried);
}
