namespace PamTui.Gateway.Relay;

internal enum Side
{
    User,
    Target,
}

/// <summary>
/// What the gateway knows of one channel that passes through it. Numbers and windows are those of the two ends. The window is counted from both
/// loops without a lock; the rest changes under the table's.
/// </summary>
internal sealed class RelayChannel(uint userId, uint userWindow)
{
    private readonly Lock _debtGate = new();
    private long _userWindow = userWindow;
    private long _debt;
    private long _targetId = -1;
    private volatile bool _userClosed;
    private volatile bool _targetClosed;

    public uint UserId => userId;

    /// <summary>Null until the target confirms.</summary>
    public uint? TargetId
    {
        get => Volatile.Read(ref _targetId) is var id and >= 0 ? (uint)id : null;
        set => Volatile.Write(ref _targetId, value is { } id ? id : -1L);
    }

    /// <summary>How much the user's end still takes.</summary>
    public long UserWindow => Interlocked.Read(ref _userWindow);

    public bool HasTerminal { get; set; }

    public bool UserClosed
    {
        get => _userClosed;
        set => _userClosed = value;
    }

    public bool TargetClosed
    {
        get => _targetClosed;
        set => _targetClosed = value;
    }

    /// <summary>What the user waits for.</summary>
    public PendingReplies ToUser { get; } = new();

    /// <summary>What the target waits for.</summary>
    public PendingReplies ToTarget { get; } = new();

    /// <summary>The target sent so much into the user's window.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _userWindow, -bytes);

    /// <summary>We put so much into the user's window ourselves: the target never knew of that room, so it is not told when it is free again.</summary>
    public void Borrow(int bytes)
    {
        lock (_debtGate)
        {
            Interlocked.Add(ref _userWindow, -bytes);
            Volatile.Write(ref _debt, _debt + bytes);
        }
    }

    /// <summary>The user's end takes so much more; how much of it pays back what was borrowed.</summary>
    public uint Adjust(uint bytes)
    {
        // RFC 4254 §5.2: a window is never more than this, whatever an end adds up. Only this loop adds.
        long room = uint.MaxValue - UserWindow;
        Interlocked.Add(ref _userWindow, Math.Min(bytes, Math.Max(room, 0)));
        if (Volatile.Read(ref _debt) == 0)
        {
            return 0;
        }

        lock (_debtGate)
        {
            uint kept = (uint)Math.Min(_debt, bytes);
            Volatile.Write(ref _debt, _debt - kept);
            return kept;
        }
    }
}
