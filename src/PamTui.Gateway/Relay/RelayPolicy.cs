using System.Text;
using PamTui.Gateway.Login;
using PamTui.Ssh.Wire;

namespace PamTui.Gateway.Relay;

/// <summary>What becomes of a request.</summary>
internal enum Ruling
{
    Relay,

    /// <summary>Answered with a failure by the gateway; the other side never sees it.</summary>
    Refuse,

    /// <summary>For the gateway itself; not passed on.</summary>
    Learn,
}

/// <summary>What may pass between the user's leg and the target's (design 6). Lists name what is known; what is unknown passes as opaque bytes only where its receiver can do nothing but answer.</summary>
internal sealed class RelayPolicy(IReadOnlyList<string> acceptEnvironment, SessionRights? rights = null)
{
    private const int MaxVariable = 256;
    private const int MaxValue = 32 * 1024;

    private readonly SessionRights _rights = rights ?? SessionRights.All;

    /// <summary>Only sessions: forwarding in any direction would carry traffic past authorisation and account (C9, C10).</summary>
    public static bool MayOpen(string kind) => kind == "session";

    public Ruling RequestOfUser(string type, ReadOnlySpan<byte> extra) => type switch
    {
        "auth-agent-req@openssh.com" or "auth-agent-req" or "x11-req" => Ruling.Refuse,
        "env" => AcceptsVariable(extra) ? Ruling.Relay : Ruling.Refuse,
        "pty-req" => _rights.MayHaveTerminal ? Ruling.Relay : Ruling.Refuse,
        "shell" or "exec" or "subsystem" or "window-change" or "signal" or "break" => Ruling.Relay,

        // What a server of another make may run for a request that nobody here knows is not the forced command.
        _ => _rights.ForcedCommand is null || type == "eow@openssh.com" ? Ruling.Relay : Ruling.Refuse,
    };

    /// <summary>What goes to the target in place of a request of the user's; null: the request itself.</summary>
    public byte[]? InPlaceOf(string type, uint recipient, bool wantsReply) => type is "shell" or "exec" or "subsystem" && _rights.ForcedCommand is { } command
        ? RelayMessages.Exec(recipient, wantsReply, command)
        : null;

    /// <summary>A target only reports; what clients ask of servers is not for it to ask (RFC 4254 §6.5: a client should ignore it).</summary>
    public static Ruling RequestOfTarget(string type) => type switch
    {
        "pty-req" or "shell" or "exec" or "subsystem" or "env" or "window-change" or "signal" or "break"
            or "x11-req" or "auth-agent-req" or "auth-agent-req@openssh.com" => Ruling.Refuse,
        _ => Ruling.Relay,
    };

    public static Ruling GlobalOfUser(string name) => name switch
    {
        "tcpip-forward" or "cancel-tcpip-forward" or "streamlocal-forward@openssh.com" or "cancel-streamlocal-forward@openssh.com" => Ruling.Refuse,

        // It asks for a proof of the target's host keys, which are not what this client knows as its host.
        "hostkeys-prove-00@openssh.com" => Ruling.Refuse,
        _ => Ruling.Relay,
    };

    public static Ruling GlobalOfTarget(string name) => name switch
    {
        "keepalive@openssh.com" => Ruling.Relay,

        // The client would write the target's keys into its known hosts under the gateway's name.
        "hostkeys-00@openssh.com" => Ruling.Learn,
        _ => Ruling.Refuse,
    };

    /// <summary>LD_PRELOAD, BASH_ENV, GIT_* and the like run code at the target: only what is listed passes (C11).</summary>
    private bool AcceptsVariable(ReadOnlySpan<byte> extra)
    {
        SshReader reader = new(extra);
        ReadOnlySpan<byte> bytes = reader.String(MaxVariable);
        reader.String(MaxValue);
        reader.End();
        return AcceptsVariable(Encoding.Latin1.GetString(bytes));
    }

    public bool AcceptsVariable(string name)
    {
        foreach (string pattern in acceptEnvironment)
        {
            if (pattern.EndsWith('*') ? name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : name == pattern)
            {
                return true;
            }
        }

        return false;
    }
}
