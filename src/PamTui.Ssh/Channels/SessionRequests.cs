using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Channels;

// What follows want_reply in the requests of RFC 4254 §6. Read takes ChannelRequest.Extra to its last byte, Write makes it. Texts that are read
// are as the peer sent them: escape them where they are shown.

/// <summary>pty-req (§6.2). The modes are passed on as they are.</summary>
public readonly record struct PtyRequest(string Term, uint Columns, uint Rows, uint WidthPixels, uint HeightPixels, ReadOnlyMemory<byte> Modes)
{
    public const string Type = "pty-req";

    public static PtyRequest Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        PtyRequest request = new(
            r.AsciiName(max: 128), r.UInt32(), r.UInt32(), r.UInt32(), r.UInt32(), r.String(max: 4096).ToArray());
        r.End();
        return request;
    }

    public byte[] Write()
    {
        PtyRequest request = this;
        return Payload.Of((ref w) =>
        {
            w.String(request.Term);
            w.UInt32(request.Columns);
            w.UInt32(request.Rows);
            w.UInt32(request.WidthPixels);
            w.UInt32(request.HeightPixels);
            w.String(request.Modes.Span);
        });
    }
}

/// <summary>window-change (§6.7).</summary>
public readonly record struct WindowChange(uint Columns, uint Rows, uint WidthPixels, uint HeightPixels)
{
    public const string Type = "window-change";

    public static WindowChange Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        WindowChange request = new(r.UInt32(), r.UInt32(), r.UInt32(), r.UInt32());
        r.End();
        return request;
    }

    public byte[] Write()
    {
        WindowChange request = this;
        return Payload.Of((ref w) =>
        {
            w.UInt32(request.Columns);
            w.UInt32(request.Rows);
            w.UInt32(request.WidthPixels);
            w.UInt32(request.HeightPixels);
        });
    }
}

/// <summary>env (§6.4).</summary>
public readonly record struct EnvRequest(string Name, ReadOnlyMemory<byte> Value)
{
    public const string Type = "env";

    public static EnvRequest Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        EnvRequest request = new(r.AsciiName(max: 256), r.String(max: 32 * 1024).ToArray());
        r.End();
        return request;
    }

    public byte[] Write()
    {
        EnvRequest request = this;
        return Payload.Of((ref w) =>
        {
            w.String(request.Name);
            w.String(request.Value.Span);
        });
    }
}

/// <summary>shell (§6.5) has nothing of its own.</summary>
public static class ShellRequest
{
    public const string Type = "shell";
}

/// <summary>exec (§6.5). A command is bytes: no encoding is promised.</summary>
public readonly record struct ExecRequest(ReadOnlyMemory<byte> Command)
{
    public const string Type = "exec";

    public static ExecRequest Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        ExecRequest request = new(r.String(max: 256 * 1024).ToArray());
        r.End();
        return request;
    }

    public byte[] Write()
    {
        ExecRequest request = this;
        return Payload.Of((ref w) => w.String(request.Command.Span));
    }
}

/// <summary>subsystem (§6.5).</summary>
public readonly record struct SubsystemRequest(string Name)
{
    public const string Type = "subsystem";

    public static SubsystemRequest Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        SubsystemRequest request = new(r.AsciiName(max: 256));
        r.End();
        return request;
    }

    public byte[] Write()
    {
        SubsystemRequest request = this;
        return Payload.Of((ref w) => w.String(request.Name));
    }
}

/// <summary>signal (§6.9): a name without SIG.</summary>
public readonly record struct SignalRequest(string Signal)
{
    public const string Type = "signal";

    public static SignalRequest Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        SignalRequest request = new(r.AsciiName(max: 64));
        r.End();
        return request;
    }

    public byte[] Write()
    {
        SignalRequest request = this;
        return Payload.Of((ref w) => w.String(request.Signal));
    }
}

/// <summary>exit-status (§6.10), without reply.</summary>
public readonly record struct ExitStatus(uint Status)
{
    public const string Type = "exit-status";

    public static ExitStatus Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        ExitStatus request = new(r.UInt32());
        r.End();
        return request;
    }

    public byte[] Write()
    {
        ExitStatus request = this;
        return Payload.Of((ref w) => w.UInt32(request.Status));
    }
}

/// <summary>exit-signal (§6.10), without reply. The message that is read is escaped.</summary>
public readonly record struct ExitSignal(string Signal, bool CoreDumped, string Message)
{
    public const string Type = "exit-signal";

    public static ExitSignal Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        ExitSignal request = new(r.AsciiName(max: 64), r.Boolean(), PeerText.Show(r.String(max: 16 * 1024)));
        r.String(max: 256);
        r.End();
        return request;
    }

    public byte[] Write()
    {
        ExitSignal request = this;
        return Payload.Of((ref w) =>
        {
            w.String(request.Signal);
            w.Boolean(request.CoreDumped);
            w.String(request.Message);
            w.String("");
        });
    }
}

/// <summary>What follows in CHANNEL_OPEN of kind direct-tcpip (§7.2).</summary>
public readonly record struct DirectTcpip(string Host, uint Port, string OriginHost, uint OriginPort)
{
    public const string Kind = "direct-tcpip";

    public static DirectTcpip Read(ReadOnlySpan<byte> extra)
    {
        SshReader r = new(extra);
        DirectTcpip open = new(r.AsciiName(max: 256), r.UInt32(), r.AsciiName(max: 256), r.UInt32());
        r.End();
        return open;
    }

    public byte[] Write()
    {
        DirectTcpip open = this;
        return Payload.Of((ref w) =>
        {
            w.String(open.Host);
            w.UInt32(open.Port);
            w.String(open.OriginHost);
            w.UInt32(open.OriginPort);
        });
    }
}
