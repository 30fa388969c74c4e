using PamTui.Core.Model;

namespace PamTui.Gateway.Databases.MySql;

/// <summary>How a sign-in to a server ended.</summary>
/// <param name="Ok">The server's OK packet; empty: it did not let us in.</param>
/// <param name="Code">The server's number, which the client is told too.</param>
/// <param name="Why">In words of ours: the end of "cannot be opened: ".</param>
/// <param name="Detail">For the gateway's log alone; what the server said.</param>
internal sealed record SignInAnswer(byte[] Ok, ushort Code, string Why, string Detail)
{
    public bool IsIn => Ok.Length > 0;

    /// <summary>SERVER_STATUS_… when it let us in.</summary>
    public int Status { get; private init; }

    /// <exception cref="BrokenProtocolException">It is no OK packet.</exception>
    public static SignInAnswer In(byte[] ok) => new(ok, 0, "", "") { Status = StatusOf(ok) };

    public static SignInAnswer No(string why, string detail) => new([], ErrPacket.AccessDenied, why, detail);

    /// <summary>SERVER_STATUS_… of an OK packet.</summary>
    public static int StatusOf(ReadOnlySpan<byte> ok)
    {
        MySqlReader reader = new(ok);
        reader.Byte();
        reader.Length();
        reader.Length();
        return reader.UInt16();
    }

    /// <param name="err">The server's ERR packet.</param>
    /// <param name="database">What the client asked for, in its charset.</param>
    public static SignInAnswer No(ReadOnlySpan<byte> err, string account, ReadOnlySpan<byte> database)
    {
        ushort code = ErrPacket.CodeOf(err);
        string name = Text.Quote(System.Text.Encoding.UTF8.GetString(database));
        string why = code switch
        {
            1044 => $"its user may not use the database {name} there; choose another, or have an operator GRANT it something.",
            1045 => $"it did not accept the stored password; an operator must check it (`pamtui account check {account}`).",
            1049 => $"there is no database {name} there; check its name.",
            1040 or 1203 or 1226 => "it has no connection left for this user; try again later.",
            1129 or 1130 => "it takes no connection from the gateway's machine; an operator must allow it there.",
            1698 => "it lets this user in only over its local socket; an operator must give the user a password there.",
            1820 or 1862 => "the password of the account has expired there; an operator must set a new one on the target and in the vault (`pamtui account edit`).",
            3118 or 4151 => "the account is locked there; an operator must unlock it (ALTER USER … ACCOUNT UNLOCK).",
            3159 => "it takes only TLS; an operator must set the resource's TLS mode to verify.",
            _ => "it does not let the account in; an operator should see the gateway's log.",
        };
        return new SignInAnswer([], code, why, Text.Escape($"{code} {ErrPacket.WordsOf(err)}"));
    }
}
