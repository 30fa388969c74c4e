namespace PamTui.Ssh.Auth;

/// <summary>Names of services and methods (RFC 4252, RFC 4256).</summary>
internal static class AuthNames
{
    public const string UserAuth = "ssh-userauth";
    public const string Connection = "ssh-connection";
    public const string None = "none";
    public const string PublicKey = "publickey";
    public const string Password = "password";
    public const string Interactive = "keyboard-interactive";
}
