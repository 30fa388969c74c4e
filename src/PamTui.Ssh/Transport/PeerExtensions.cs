namespace PamTui.Ssh.Transport;

/// <summary>
/// What the peer says in EXT_INFO, and that it says so where it may (RFC 8308 §2.4): in the first packet after the first NEWKEYS, and a server
/// also right before SUCCESS (B3). One caller at a time.
/// </summary>
internal sealed class PeerExtensions(SshRole role)
{
    private Place _here;
    private Place _next;

    private enum Place
    {
        Elsewhere,
        AfterFirstNewKeys,

        /// <summary>A second EXT_INFO came: now nothing but SUCCESS may.</summary>
        BeforeSuccess,
    }

    /// <summary>The server's server-sig-algs (RFC 8308 §3.1); empty when it did not say.</summary>
    public IReadOnlyList<string> SignatureAlgorithms { get; private set; } = [];

    /// <summary>Every message of the peer passes here.</summary>
    public void Pass(byte id)
    {
        (_here, _next) = (_next, Place.Elsewhere);
        if (_here == Place.BeforeSuccess && id is not (MessageId.UserAuthSuccess or MessageId.Disconnect))
        {
            throw Misplaced();
        }
    }

    /// <summary>The message that just passed was the first NEWKEYS.</summary>
    public void FirstNewKeysCame() => _next = Place.AfterFirstNewKeys;

    /// <summary>The message that just passed is EXT_INFO.</summary>
    public void Take(ReadOnlySpan<byte> payload)
    {
        if (_here != Place.AfterFirstNewKeys)
        {
            if (role == SshRole.Server)
            {
                throw Misplaced();
            }

            _next = Place.BeforeSuccess;
        }

        if (ExtInfo.Read(payload) is { } algorithms && role == SshRole.Client)
        {
            SignatureAlgorithms = algorithms;
        }
    }

    private static SshProtocolException Misplaced() => new("EXT_INFO came where it may not (RFC 8308 §2.4).");
}
