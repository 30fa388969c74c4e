using System.Collections.Concurrent;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Statements;

/// <summary>One step of a session's log towards the disk.</summary>
/// <param name="Batch">Null: nothing is left to be kept.</param>
/// <param name="Key">To be stored with the session's first batch; null: it is there.</param>
/// <param name="Closes">The log is whole with it.</param>
internal sealed record StatementStep(Actor Actor, long Session, string Account, StatementBatchRow? Batch, int Errors, Secret? Key, bool Closes)
{
    /// <summary>Answers why the session must end, or null.</summary>
    public TaskCompletionSource<string?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Writes the logs of all sessions of this process: whoever's turn it is writes for all that wait, in one transaction.</summary>
internal sealed class StatementWriter(Database database, AuditWriter audit, SecretStore secrets, StatementOptions options, TimeProvider time) : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly ConcurrentQueue<StatementStep> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <returns>Why the session must end although all is kept; null: it need not.</returns>
    /// <exception cref="Exception">Nothing of it is kept.</exception>
    public async Task<string?> WriteAsync(StatementStep step)
    {
        _waiting.Enqueue(step);
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!step.Done.Task.IsCompleted)
            {
                await WriteWaitingAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }

        return await step.Done.Task.ConfigureAwait(false);
    }

    public void Dispose() => _turn.Dispose();

    private async Task WriteWaitingAsync()
    {
        List<StatementStep> steps = [];
        while (_waiting.TryDequeue(out StatementStep? step))
        {
            steps.Add(step);
        }

        try
        {
            Result<string?[]> written = await database.WriteAsync<string?[]>(tx => WriteAsync(tx, steps), CancellationToken.None).ConfigureAwait(false);
            foreach ((StatementStep step, string? full) in steps.Zip(written.Value))
            {
                step.Done.SetResult(full);
            }
        }
#pragma warning disable CA1031 // Each of those who wait gets it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            steps.ForEach(step => step.Done.TrySetException(fault));
        }
    }

    private async Task<Result<string?[]>> WriteAsync(Tx tx, List<StatementStep> steps)
    {
        string?[] full = new string?[steps.Count];
        long total = 0;
        for (int i = 0; i < steps.Count; i++)
        {
            StatementStep step = steps[i];
            if (step.Key is { } key)
            {
                await secrets.SealAsync(tx, StatementSeal.Key(step.Session), key).ConfigureAwait(false);
            }

            if (step.Batch is { } batch)
            {
                (long session, total) = await StatementRows.AddAsync(tx, batch, step.Errors).ConfigureAwait(false);
                full[i] = session >= options.SessionMegabytes * Megabyte
                    ? $"the log of its statements has reached {options.SessionMegabytes} MB (Statements:SessionMegabytes)"
                    : null;
            }

            if (step.Closes)
            {
                await CloseAsync(tx, step).ConfigureAwait(false);
            }
        }

        if (total > options.TotalMegabytes * Megabyte && !await MakeRoomAsync(tx, total).ConfigureAwait(false))
        {
            return Array.ConvertAll(full, why => why ?? $"the logs of all live sessions have reached {options.TotalMegabytes} MB (Statements:TotalMegabytes)");
        }

        return full;
    }

    // The audit says how many there are: a tail that somebody cuts off is missed.
    private async Task CloseAsync(Tx tx, StatementStep step)
    {
        if (await StatementRows.FindAsync(tx, step.Session).ConfigureAwait(false) is { } log)
        {
            string details = StatementAudit.Whole(log);
            long row = await audit.AppendNumberedAsync(tx, step.Actor, StatementAudit.Closed, step.Account, details).ConfigureAwait(false);
            await StatementRows.SetClosedAsync(tx, log.SessionId, row).ConfigureAwait(false);
        }
    }

    private async Task<bool> MakeRoomAsync(Tx tx, long total)
    {
        while (total > options.TotalMegabytes * Megabyte)
        {
            if (await StatementRows.OldestEndedAsync(tx).ConfigureAwait(false) is not { } oldest)
            {
                return false;
            }

            total = await StatementRows.RemoveAsync(tx, oldest, time.GetUtcNow()).ConfigureAwait(false);
            SessionRow session = (await SessionRows.FindAsync(tx, oldest.SessionId).ConfigureAwait(false))!;
            string details = AuditDetails.Of(("session", StatementAudit.Number(oldest.SessionId)), ("statements", StatementAudit.Number(oldest.Statements)), ("reason", "Statements:TotalMegabytes"));
            await audit.AppendAsync(tx, Actor.System, StatementAudit.Removed, session.Resource + "/" + session.Account, details).ConfigureAwait(false);
        }

        return true;
    }
}
