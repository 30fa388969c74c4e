using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Auth;

/// <summary>USERAUTH_REQUEST (RFC 4252 §5): string user, service, method; the rest depends on the method.</summary>
internal readonly ref struct AuthRequest(string user, string service, string method, ReadOnlySpan<byte> rest)
{
    public const int LongestUser = 255;
    private const int LongestName = 64;

    public string User => user;

    public string Service => service;

    public string Method => method;

    public ReadOnlySpan<byte> Rest { get; } = rest;

    public static AuthRequest Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        return new(r.Utf8(LongestUser), r.AsciiName(LongestName), r.AsciiName(LongestName), r.Rest());
    }

    public static void Write(ref SshWriter w, string user, string method)
    {
        w.Byte(MessageId.UserAuthRequest);
        w.String(user);
        w.String(AuthNames.Connection);
        w.String(method);
    }
}
