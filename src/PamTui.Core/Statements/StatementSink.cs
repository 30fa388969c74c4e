using Microsoft.Extensions.Logging;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Statements;

/// <summary>Numbers and seals the batches of one session. Of its log, which writes one after the other.</summary>
internal sealed class StatementSink(StatementWriter writer, Actor actor, long session, string account, ILogger log)
{
    private readonly Secret _key = KeyRing.NewKey();
    private long _statements;
    private bool _isBroken;

    /// <summary>Answers why the session must end, or null. After a fault nothing more is written: what is missing is at the end, and the log is not called whole.</summary>
    public async Task<string?> WriteAsync(StatementBatch batch, bool isLast)
    {
        try
        {
            return _isBroken ? null : await StoreAsync(batch, isLast).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever keeps the log from being written ends the session, in words; the cause is the operator's to read.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            _isBroken = true;
            log.LogError(fault, "The statements of session {Session} cannot be written: it ends.", session);
            return "the log of its statements cannot be written";
        }
        finally
        {
            if (isLast)
            {
                _key.Dispose();
            }
        }
    }

    private async Task<string?> StoreAsync(StatementBatch batch, bool isLast)
    {
        if (batch.Statements == 0 && _statements == 0)
        {
            return null;
        }

        StatementBatchRow? row = batch.Statements == 0 ? null : Seal(batch);
        string? full = await writer.WriteAsync(new StatementStep(actor, session, account, row, batch.Errors, _statements == 0 ? _key : null, isLast)).ConfigureAwait(false);
        _statements += batch.Statements;
        return full;
    }

    private StatementBatchRow Seal(StatementBatch batch)
    {
        BatchBinding binding = new(session, _statements, batch.Statements);
        return new StatementBatchRow
        {
            SessionId = session,
            First = binding.First,
            Statements = binding.Statements,
            Sealed = StatementSeal.Seal(_key, binding, batch.Compress()),
        };
    }
}
