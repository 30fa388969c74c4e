using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Core.Statements;
using PamTui.Gateway.Databases.MySql;
using PamTui.Gateway.Databases.PostgreSql;
using PamTui.Gateway.Relay;
using PamTui.Ssh;

namespace PamTui.Gateway.Databases;

/// <summary>Accounts of databases as hosts: each channel to one is a connection of a client, served in the protocol of its kind.</summary>
internal sealed class DatabaseHost
{
    private readonly Dictionary<ResourceKind, IDatabaseProtocol> _protocols;
    private readonly DatabaseServices _services;

    public DatabaseHost(Sessions sessions, Statements statements, LiveSessions live, Func<GatewayOptions> optionsNow, TimeProvider time, ILogger log)
    {
        _services = new DatabaseServices(sessions, statements, live, optionsNow, time, log);
        _protocols = new Dictionary<ResourceKind, IDatabaseProtocol> { [ResourceKind.PostgreSql] = new PostgreSqlProtocol(), [ResourceKind.MySql] = new MySqlProtocol() };
    }

    /// <summary>Runs until the client or the target is gone, or the session is ended.</summary>
    /// <param name="client">Belongs to the caller.</param>
    /// <param name="source">The user's address.</param>
    public async Task RunAsync(Stream client, AccessGrant grant, string source, CancellationToken ct)
    {
        if (!_protocols.TryGetValue(grant.What.Kind, out IDatabaseProtocol? protocol))
        {
            Log.DialFailed(_services.Log, grant.Who.Name, grant.What.Reference.ToString(), "this version opens no sessions of its kind.", Words.Of(grant.What.Kind));
            return;
        }

        DatabaseConnection connection = new(client, grant, source, _services);
        await using (connection.ConfigureAwait(false))
        {
            try
            {
                connection.Reason = await protocol.RunAsync(connection, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or SshException)
            {
                connection.Reason = "connection to the user lost";
            }
        }
    }
}
