namespace PamTui.Ssh.Channels;

/// <summary>
/// What the peer asks for on a connection. Called from its one loop, in the order of arrival, so everything must return soon: what lasts is
/// started and kept by the handler, and nothing here may wait for an answer of the same peer.
/// </summary>
public interface IConnectionHandler
{
    /// <summary>The peer wants to open a channel.</summary>
    ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct);

    /// <summary>The channel that was accepted is open.</summary>
    ValueTask StartedAsync(SshChannel channel, CancellationToken ct);

    /// <summary>A request on an open channel, of either side's opening. True: CHANNEL_SUCCESS.</summary>
    ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct);

    /// <summary>
    /// The answer to the request is queued. What the request started may speak on the channel from now on and not before: a fast command's
    /// exit status and CLOSE would otherwise leave before the CHANNEL_SUCCESS of its exec, and some clients then wait for ever.
    /// </summary>
    ValueTask AnsweredAsync(SshChannel channel, ChannelRequest request, bool success, CancellationToken ct) => ValueTask.CompletedTask;

    /// <summary>True: REQUEST_SUCCESS without data.</summary>
    ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct);
}

/// <summary>Yes, or why not.</summary>
public readonly record struct ChannelOpenReply
{
    public static ChannelOpenReply Accept { get; } = new() { IsAccepted = true, Description = "" };

    public bool IsAccepted { get; private init; }

    public ChannelOpenFailureReason Reason { get; private init; }

    public string Description { get; private init; }

    public static ChannelOpenReply Refuse(ChannelOpenFailureReason reason, string description) => new() { Reason = reason, Description = description };
}
