using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>Opens and closes brokered sessions: the target's leg and its row. Nothing passes without a row.</summary>
internal sealed class Broker(Sessions sessions, LiveSessions live, TargetDialer dialer, string node, ILogger log)
{
    private volatile bool _draining;

    /// <summary>From now on nothing new is opened.</summary>
    public void Drain() => _draining = true;

    public async Task<Result<LiveSession>> OpenAsync(AccessGrant grant, string source, CancellationToken ct)
    {
        if (_draining)
        {
            return Refusal.Failed("The gateway is stopping and opens no new sessions; try again in a moment.");
        }

        Result<SshTransport> dialled = await dialer.DialAsync(grant, ct).ConfigureAwait(false);
        if (dialled.Refusal is { } refusal)
        {
            return refusal;
        }

        SshTransport? target = dialled.Value;
        try
        {
            Result<long> row = await sessions.StartAsync(grant, source, node, ct).ConfigureAwait(false);
            if (row.Refusal is { } ended)
            {
                return ended;
            }

            LiveSession session = new(row.Value, grant, target);
            target = null;
            live.Add(session);
            Log.SessionOpened(log, session.Id, grant.Who.Name, source, grant.What.Reference.ToString());
            return session;
        }
        finally
        {
            if (target is not null)
            {
                await target.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends the target's leg and the row. Runs to its end whatever was cancelled.</summary>
    public async Task CloseAsync(LiveSession session, string reason)
    {
        live.Remove(session);
        await session.Target.DisconnectAsync(DisconnectReason.ByApplication, "session ended").ConfigureAwait(false);
        await session.Target.DisposeAsync().ConfigureAwait(false);
        (long bytesIn, long bytesOut) = session.Bytes();
        Log.SessionEnded(log, session.Id, Text.Escape(reason), bytesIn, bytesOut);
        try
        {
            await sessions.EndAsync(session.Id, reason, bytesIn, bytesOut, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The legs are closed already; a row left live is closed by the next start's recovery.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.EndNotStored(log, fault, session.Id);
        }
    }
}
