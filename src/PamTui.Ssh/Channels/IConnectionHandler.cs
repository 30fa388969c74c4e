namespace PamTui.Ssh.Channels;

/// <summary>
/// What the peer asks for on a connection. Called from its one loop, in the order of arrival, so everything must return soon: what lasts is
/// started and kept by the handler, and nothing here may wait for an answer of the same peer.
/// </summary>
public interface IConnectionHandler
{
    /// <summary>The peer wants to open a channel. What takes longer to find out is answered <see cref="ChannelOpenReply.Later"/>.</summary>
    ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct);

    /// <summary>The channel that was accepted is open. Not called for one that <see cref="ChannelOpenReply.AcceptFor"/> accepted.</summary>
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

/// <summary>Yes, or why not, or that it will be known later.</summary>
public readonly record struct ChannelOpenReply
{
    public static ChannelOpenReply Accept { get; } = new() { IsAccepted = true, Description = "" };

    public bool IsAccepted { get; private init; }

    public ChannelOpenFailureReason Reason { get; private init; }

    public string Description { get; private init; }

    internal Action<SshChannel>? Start { get; private init; }

    internal Func<CancellationToken, Task<ChannelOpenReply>>? Asked { get; private init; }

    /// <summary>Yes, and the open channel is <paramref name="start"/>'s, whatever has become of the connection meanwhile.</summary>
    public static ChannelOpenReply AcceptFor(Action<SshChannel> start) => Accept with { Start = start };

    /// <summary>
    /// The connection goes on meanwhile; the channel counts as open. <paramref name="ask"/> answers yes or no, soon after its token is cancelled,
    /// which is when the connection is over.
    /// </summary>
    public static ChannelOpenReply Later(Func<CancellationToken, Task<ChannelOpenReply>> ask) => new() { Description = "", Asked = ask };

    public static ChannelOpenReply Refuse(ChannelOpenFailureReason reason, string description) => new() { Reason = reason, Description = description };
}
