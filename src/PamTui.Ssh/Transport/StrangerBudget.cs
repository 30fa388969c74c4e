namespace PamTui.Ssh.Transport;

/// <summary>
/// A stranger's budget (A6): packets, their size, bytes and key exchanges of a peer until somebody is signed in, which lifts all of it. The
/// receiver counts; signing in may come from either side.
/// </summary>
internal sealed class StrangerBudget(PacketReader reader, SshOptions options)
{
    /// <summary>An exchange costs milliseconds: a stranger gets few (A6).</summary>
    private const int MostExchanges = 4;

    private volatile bool _isSignedIn;
    private int _packets;
    private long _bytes;

    public bool IsSignedIn => _isSignedIn;

    public void SignIn()
    {
        _isSignedIn = true;
        reader.MaxPacketLength = options.MaxPacketLength;
    }

    /// <summary>A message of so many bytes came.</summary>
    public void Count(int bytes)
    {
        if (_isSignedIn)
        {
            return;
        }

        _bytes += bytes;
        if (++_packets > options.MaxPacketsBeforeSignIn || _bytes > options.MaxBytesBeforeSignIn)
        {
            throw new SshProtocolException("The peer sent too much before it was signed in.");
        }
    }

    /// <summary>A costly exchange beyond the first, which had to wait for its turn: no client has a reason for it before it is signed in.</summary>
    public void RefuseExchange()
    {
        if (!_isSignedIn)
        {
            throw new SshProtocolException("The peer asks for costly new keys before it is signed in.");
        }
    }

    /// <summary>The peer wants one more key exchange after so many.</summary>
    public void CountExchange(int before)
    {
        if (!_isSignedIn && before >= MostExchanges)
        {
            throw new SshProtocolException("The peer asks for new keys too often before it is signed in.");
        }
    }
}
