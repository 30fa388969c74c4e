using System.Runtime.CompilerServices;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Statements;

/// <summary>Opens the batches of one session's log, one after the other: no more than one is in memory.</summary>
internal sealed class StatementReader(Database database, SecretStore secrets, long session)
{
    /// <summary>The statements from the one that has so many before it, up to that many of all.</summary>
    /// <exception cref="VaultException">They are not as they were written.</exception>
    public async IAsyncEnumerable<LoggedStatement> ReadAsync(long from, long until, [EnumeratorCancellation] CancellationToken ct)
    {
        while (from < until)
        {
            (StatementBatchRow? row, Secret? key) = await database.ReadAsync(
                async tx => (
                    await StatementRows.BatchAsync(tx, session, from).ConfigureAwait(false),
                    await secrets.OpenAsync(tx, StatementSeal.Key(session)).ConfigureAwait(false)),
                ct).ConfigureAwait(false);
            using (key)
            {
                if (row is null || key is null || row.First + row.Statements <= from)
                {
                    throw new VaultException($"Statements of session {session} are missing from number {from + 1} on: they were removed outside the vault. Run `pamtui audit verify`, and look at a backup.");
                }

                BatchBinding binding = new(session, row.First, row.Statements);
                IReadOnlyList<Statement> statements = StatementBatch.Read(StatementSeal.Open(key, binding, row.Sealed));
                for (; from < until && from - row.First < statements.Count; from++)
                {
                    yield return new LoggedStatement(from + 1, statements[(int)(from - row.First)]);
                }
            }
        }
    }
}
