using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Transport;

/// <summary>DISCONNECT (RFC 4253 §11.1).</summary>
internal readonly record struct Disconnect(DisconnectReason Reason, string Description)
{
    private const int LongestText = 16 * 1024;

    /// <summary>The text is escaped: it goes into logs and on screens (E3).</summary>
    public static Disconnect Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        uint reason = r.UInt32();
        string text = PeerText.Show(r.String(LongestText));
        // The language tag is left out by some.
        return new(reason is >= 1 and <= 15 ? (DisconnectReason)reason : DisconnectReason.ByApplication, text);
    }

    public byte[] Write()
    {
        (DisconnectReason reason, string text) = this;
        return Payload.Of((ref w) =>
        {
            w.Byte(MessageId.Disconnect);
            w.UInt32((uint)reason);
            w.String(text);
            w.String("");
        });
    }

    /// <summary>What a peer that broke the rules is told; the log has the rest.</summary>
    public static string TextFor(DisconnectReason reason) => reason switch
    {
        DisconnectReason.ProtocolError => "protocol error",
        DisconnectReason.KeyExchangeFailed => "key exchange failed",
        DisconnectReason.MacError => "corrupted packet",
        DisconnectReason.ServiceNotAvailable => "service not available",
        DisconnectReason.ProtocolVersionNotSupported => "protocol version not supported",
        DisconnectReason.NoMoreAuthMethodsAvailable => "too many authentication failures",
        DisconnectReason.IllegalUserName => "user name not allowed",
        _ => "closed",
    };
}
