using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway.Login;
using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>
/// A signed-in connection that named its account, from the permission to the end of the session's row: the same for a login that names the
/// account and for one that came through a jump (B8).
/// </summary>
internal sealed class BrokeredConnection(Broker broker, Authorizer authorizer, RefusedForwards refused, SessionRights rights, GatewayOptions options, TimeProvider time, ILogger log)
{
    /// <summary>Runs to the end of the session, or tells the user why there is none.</summary>
    /// <param name="user">Belongs to the caller.</param>
    /// <param name="source">The address for the session's row.</param>
    public async Task RunAsync(SshTransport user, AccessGrant grant, string source, CancellationToken ct)
    {
        Result<SshSession> opened = await broker.OpenAsync(grant, source, ct).ConfigureAwait(false);
        if (opened.Refusal is { } refusal)
        {
            await RefusedConnection.RunAsync(user, refusal.Message, time, ct).ConfigureAwait(false);
            return;
        }

        string reason = "gateway stopped";
        try
        {
            PacketRelay relay = new(user, opened.Value, authorizer, refused, rights, options, time, log);
            reason = await relay.RunAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            await broker.CloseAsync(opened.Value, reason).ConfigureAwait(false);
        }
    }
}
