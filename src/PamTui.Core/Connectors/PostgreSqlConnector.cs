using Npgsql;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>PostgreSQL by Npgsql.</summary>
internal sealed class PostgreSqlConnector : IConnector
{
    public async Task<CheckFailure?> RunAsync(CheckRun run, Resource resource, Login? login, CancellationToken ct)
    {
        (PostgreSqlSession? session, CheckFailure? failure) = await PostgreSqlSession.OpenAsync(run, resource, login, ct).ConfigureAwait(false);
        if (session is null)
        {
            return failure;
        }

        await using (session.ConfigureAwait(false))
        {
            run.Enter(CheckStage.Probe);
            try
            {
                NpgsqlCommand command = new("SELECT 1", session.Connection);
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteScalarAsync(ct).ConfigureAwait(false);
                }

                return null;
            }
            catch (Exception e) when (PostgreSqlSession.IsFault(e))
            {
                ct.ThrowIfCancellationRequested();
                return PostgreSqlSession.Failure(run, resource, e);
            }
        }
    }
}
