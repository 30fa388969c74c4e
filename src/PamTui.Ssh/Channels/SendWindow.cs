namespace PamTui.Ssh.Channels;

/// <summary>What the peer still takes of a channel's data (RFC 4254 §5.2). Under the channel's lock.</summary>
internal sealed class SendWindow
{
    private readonly Wakeup _opened = new();
    private uint _bytes;
    private uint _packet;

    public void Open(uint bytes, uint packet) => (_bytes, _packet) = (bytes, packet);

    public void Adjust(uint more)
    {
        if (uint.MaxValue - _bytes < more)
        {
            throw new SshProtocolException("A window was opened beyond 2^32 - 1 bytes.");
        }

        _bytes += more;
        Wake();
    }

    /// <summary>How many of so many bytes may go now, in one message; 0: wait for <see cref="Opening"/>.</summary>
    public int Take(int wanted)
    {
        uint count = Math.Min((uint)wanted, Math.Min(_bytes, _packet));
        _bytes -= count;
        return (int)count;
    }

    public Task Opening() => _opened.Next();

    public void Wake() => _opened.Wake();
}
