using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Channels;

/// <summary>CHANNEL_OPEN (RFC 4254 §5.1); the rest depends on the kind.</summary>
public readonly record struct ChannelOpen(string Kind, uint Sender, uint Window, uint MaxPacket, ReadOnlyMemory<byte> Extra)
{
    /// <param name="payload">The whole message.</param>
    public static ChannelOpen Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        return new(r.AsciiName(max: 64), r.UInt32(), r.UInt32(), r.UInt32(), r.Rest().ToArray());
    }

    public byte[] Write()
    {
        ChannelOpen open = this;
        return Payload.Of((ref w) =>
        {
            w.Byte(MessageId.ChannelOpen);
            w.String(open.Kind);
            w.UInt32(open.Sender);
            w.UInt32(open.Window);
            w.UInt32(open.MaxPacket);
            w.Raw(open.Extra.Span);
        });
    }
}

/// <summary>CHANNEL_OPEN_CONFIRMATION (RFC 4254 §5.1).</summary>
public readonly record struct ChannelOpenConfirmation(uint Recipient, uint Sender, uint Window, uint MaxPacket, ReadOnlyMemory<byte> Extra)
{
    /// <param name="payload">The whole message.</param>
    public static ChannelOpenConfirmation Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        return new(r.UInt32(), r.UInt32(), r.UInt32(), r.UInt32(), r.Rest().ToArray());
    }

    public byte[] Write()
    {
        ChannelOpenConfirmation confirmation = this;
        return Payload.Of((ref w) =>
        {
            w.Byte(MessageId.ChannelOpenConfirmation);
            w.UInt32(confirmation.Recipient);
            w.UInt32(confirmation.Sender);
            w.UInt32(confirmation.Window);
            w.UInt32(confirmation.MaxPacket);
            w.Raw(confirmation.Extra.Span);
        });
    }
}

/// <summary>CHANNEL_OPEN_FAILURE (RFC 4254 §5.1). The description that is read is escaped.</summary>
public readonly record struct ChannelOpenFailure(uint Recipient, ChannelOpenFailureReason Reason, string Description)
{
    /// <param name="payload">The whole message.</param>
    public static ChannelOpenFailure Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        // The language tag is left out by some.
        return new(r.UInt32(), (ChannelOpenFailureReason)r.UInt32(), PeerText.Show(r.String(max: 16 * 1024)));
    }

    public byte[] Write()
    {
        ChannelOpenFailure failure = this;
        return Payload.Of((ref w) =>
        {
            w.Byte(MessageId.ChannelOpenFailure);
            w.UInt32(failure.Recipient);
            w.UInt32((uint)failure.Reason);
            w.String(failure.Description);
            w.String("");
        });
    }
}

/// <summary>CHANNEL_REQUEST (RFC 4254 §5.4); the rest depends on the type.</summary>
public readonly record struct ChannelRequest(uint Recipient, string Type, bool WantReply, ReadOnlyMemory<byte> Extra)
{
    /// <param name="payload">The whole message.</param>
    public static ChannelRequest Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        return new(r.UInt32(), r.AsciiName(max: 64), r.Boolean(), r.Rest().ToArray());
    }

    public byte[] Write()
    {
        ChannelRequest request = this;
        return Payload.Of((ref w) =>
        {
            w.Byte(MessageId.ChannelRequest);
            w.UInt32(request.Recipient);
            w.String(request.Type);
            w.Boolean(request.WantReply);
            w.Raw(request.Extra.Span);
        });
    }
}

/// <summary>GLOBAL_REQUEST (RFC 4254 §4); the rest depends on the name.</summary>
public readonly record struct GlobalRequest(string Name, bool WantReply, ReadOnlyMemory<byte> Extra)
{
    /// <param name="payload">The whole message.</param>
    public static GlobalRequest Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        return new(r.AsciiName(max: 64), r.Boolean(), r.Rest().ToArray());
    }

    public byte[] Write()
    {
        GlobalRequest request = this;
        return Payload.Of((ref w) =>
        {
            w.Byte(MessageId.GlobalRequest);
            w.String(request.Name);
            w.Boolean(request.WantReply);
            w.Raw(request.Extra.Span);
        });
    }
}
