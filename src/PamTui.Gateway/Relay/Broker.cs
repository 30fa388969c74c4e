using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Sessions;
using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>Opens and closes brokered sessions: the target's leg and its row. Nothing passes without a row.</summary>
internal sealed class Broker(Sessions sessions, Resources resources, LiveSessions live, TargetDialer dialer, string node, ILogger log)
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

        Result<DialledTarget> dialled = await dialer.DialAsync(grant, source, ct).ConfigureAwait(false);
        if (dialled.Refusal is { } refusal)
        {
            return refusal;
        }

        SshTransport? target = dialled.Value.Transport;
        try
        {
            Result<long> row = await sessions.StartAsync(grant, source, node, dialled.Value.Session, ct).ConfigureAwait(false);
            if (row.Refusal is { } ended)
            {
                return ended;
            }

            Resource resource = dialled.Value.Resource;
            HostKeyLearner? learner = HostKeyCheck.IsPinned(resource.HostKeys, target.HostKey!) ? new(resource, target.SessionId) : null;
            LiveSession session = new(row.Value, grant, target)
            {
                HostKeys = learner,
                Learning = learner is null ? Task.CompletedTask : LearnAsync(learner, resource.Name),
            };
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
        session.HostKeys?.Stop();
        await session.Target.DisconnectAsync(DisconnectReason.ByApplication, "session ended").ConfigureAwait(false);
        await session.Target.DisposeAsync().ConfigureAwait(false);
        await session.Learning.ConfigureAwait(false);
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

    /// <summary>What is proven is kept for an admin, and trusted by nobody.</summary>
    private async Task LearnAsync(HostKeyLearner learner, string resource)
    {
        byte[] reply = await learner.Reply.ConfigureAwait(false);
        if (reply.Length == 0)
        {
            return;
        }

        if (learner.Proven(reply) is not { } keys)
        {
            Log.HostKeysNotProven(log, resource);
            return;
        }

        try
        {
            int noted = await resources.NoteOfferedHostKeysAsync(resource, keys, CancellationToken.None).ConfigureAwait(false);
            if (noted > 0)
            {
                Log.HostKeysOffered(log, resource, noted);
            }
        }
#pragma warning disable CA1031 // The target offers them again in its next session; this one must not suffer.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.HostKeysNotKept(log, fault, resource);
        }
    }
}
