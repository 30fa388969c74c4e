using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Channels;

/// <summary>One of the two streams of the peer, and its one reader. Under the channel's lock.</summary>
internal sealed class ChannelInbox
{
    private readonly ByteQueue _bytes = new();
    private ReusableSignal _signal = new();
    private ReusableSignal? _waiting;

    /// <returns>The reader who waits for it, to be told when the lock is free; null: none does.</returns>
    public ReusableSignal? Add(ReadOnlySpan<byte> data)
    {
        _bytes.Add(data);
        ReusableSignal? waiting = _waiting;
        _waiting = null;
        return waiting;
    }

    public int Take(Span<byte> target) => _bytes.Take(target);

    /// <summary>Completes when there is something to look at again.</summary>
    /// <param name="inline">The reader goes on on the thread that completes it.</param>
    public ReusableSignal Arrival(bool inline)
    {
        if (!_signal.IsFree)
        {
            _signal = new ReusableSignal();
        }

        _signal.Arm(inline);
        _waiting = _signal;
        return _signal;
    }

    /// <summary>No more will come: the reader finds that out on a thread of its own.</summary>
    public void Wake()
    {
        _waiting?.CompleteElsewhere();
        _waiting = null;
    }
}
