namespace PamTui.Ssh.Channels;

/// <summary>What the peer may still send on a channel (RFC 4254 §5.2). Under the channel's lock.</summary>
internal sealed class ReceiveWindow
{
    private readonly uint _size;
    private uint _bytes;
    private uint _taken;

    public ReceiveWindow(uint size) => (_size, _bytes) = (size, size);

    public void Arrived(int count)
    {
        if ((uint)count > _bytes)
        {
            throw new SshProtocolException("The peer sent more than the window allows.");
        }

        _bytes -= (uint)count;
    }

    /// <summary>So much of what arrived was read, and may come again.</summary>
    public void Taken(uint count) => _taken += count;

    /// <summary>By how much to open the window again: once half of it has been read, so that small reads do not each cost a message; else 0.</summary>
    public uint Reopen()
    {
        if (_taken < _size / 2)
        {
            return 0;
        }

        uint more = _taken;
        _bytes += more;
        _taken = 0;
        return more;
    }
}
