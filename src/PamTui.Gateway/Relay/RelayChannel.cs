namespace PamTui.Gateway.Relay;

internal enum Side
{
    User,
    Target,
}

/// <summary>What the gateway knows of one channel that passes through it. Numbers and windows are those of the two ends.</summary>
internal sealed class RelayChannel(uint userId, uint userWindow)
{
    public uint UserId => userId;

    /// <summary>Null until the target confirms.</summary>
    public uint? TargetId { get; set; }

    /// <summary>How much the user's end still takes.</summary>
    public long UserWindow { get; set; } = userWindow;

    /// <summary>Bytes that we put into the user's window ourselves: the target never knew of that room, so it is not told when it is free again.</summary>
    public long Debt { get; set; }

    public bool HasTerminal { get; set; }

    public bool UserClosed { get; set; }

    public bool TargetClosed { get; set; }

    /// <summary>What the user waits for.</summary>
    public PendingReplies ToUser { get; } = new();

    /// <summary>What the target waits for.</summary>
    public PendingReplies ToTarget { get; } = new();
}
