using PamTui.Core.Access;
using PamTui.Ssh;

namespace PamTui.Gateway.Relay;

/// <summary>A live session whose target speaks SSH.</summary>
internal sealed class SshSession(LiveSession live, AccessGrant grant, SshTransport target)
{
    public LiveSession Live => live;

    /// <summary>By which it was opened, and each channel is asked for again.</summary>
    public AccessGrant Grant => grant;

    /// <summary>Signed in. Belongs to the broker that opened it.</summary>
    public SshTransport Target => target;

    /// <summary>What the target says of its further host keys; null: it was not known by a pinned key, so it has no say.</summary>
    public HostKeyLearner? HostKeys { get; init; }

    /// <summary>Keeps what <see cref="HostKeys"/> learns; of the broker. Never fails.</summary>
    public Task Learning { get; init; } = Task.CompletedTask;
}
