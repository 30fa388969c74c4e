using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>Opens and closes brokered SSH sessions: the target's leg and its row.</summary>
internal sealed class Broker(Resources resources, LiveSessions live, TargetDialer dialer, ILogger log)
{
    public async Task<Result<SshSession>> OpenAsync(AccessGrant grant, string source, CancellationToken ct)
    {
        if (live.WhyNoMore() is { } stopping)
        {
            return stopping;
        }

        Result<DialledTarget> dialled = await dialer.DialAsync(grant, source, ct).ConfigureAwait(false);
        if (dialled.Refusal is { } refusal)
        {
            return refusal;
        }

        SshTransport? target = dialled.Value.Transport;
        try
        {
            Result<LiveSession> started = await live.StartAsync(grant, source, dialled.Value.Session, ct).ConfigureAwait(false);
            if (started.Refusal is { } ended)
            {
                return ended;
            }

            Resource resource = dialled.Value.Resource;
            HostKeyLearner? learner = HostKeyCheck.IsPinned(resource.HostKeys, target.HostKey!) ? new(resource, target.SessionId) : null;
            SshSession session = new(started.Value, grant, target)
            {
                HostKeys = learner,
                Learning = learner is null ? Task.CompletedTask : LearnAsync(learner, resource.Name),
            };
            target = null;
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
    public async Task CloseAsync(SshSession session, string reason)
    {
        session.HostKeys?.Stop();
        await session.Target.DisconnectAsync(DisconnectReason.ByApplication, "session ended").ConfigureAwait(false);
        await session.Target.DisposeAsync().ConfigureAwait(false);
        await session.Learning.ConfigureAwait(false);
        await live.EndAsync(session.Live, reason).ConfigureAwait(false);
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
