namespace PamTui.Ssh.Channels;

/// <summary>One of the two streams of the peer. Under the channel's lock.</summary>
internal sealed class ChannelInbox
{
    private readonly ByteQueue _bytes = new();
    private readonly Wakeup _arrived = new();

    public void Add(ReadOnlySpan<byte> data)
    {
        _bytes.Add(data);
        Wake();
    }

    public int Take(Span<byte> target) => _bytes.Take(target);

    public Task Arrival() => _arrived.Next();

    public void Wake() => _arrived.Wake();
}
