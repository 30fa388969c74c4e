using MySqlConnector;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>MySQL and MariaDB by MySqlConnector.</summary>
internal sealed class MySqlServerConnector : IConnector
{
    public async Task<CheckFailure?> RunAsync(CheckRun run, Resource resource, Login? login, CancellationToken ct)
    {
        (MySqlSession? session, CheckFailure? failure) = await MySqlSession.OpenAsync(run, resource, login, ct).ConfigureAwait(false);
        if (session is null)
        {
            return failure;
        }

        await using (session.ConfigureAwait(false))
        {
            run.Enter(CheckStage.Probe);
            try
            {
                MySqlCommand command = new("SELECT 1", session.Connection);
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteScalarAsync(ct).ConfigureAwait(false);
                }

                return null;
            }
            catch (Exception e) when (MySqlSession.IsFault(e))
            {
                ct.ThrowIfCancellationRequested();
                return MySqlSession.Failure(run, resource, e);
            }
        }
    }
}
