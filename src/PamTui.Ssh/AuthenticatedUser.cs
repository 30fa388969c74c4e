using PamTui.Ssh.Keys;

namespace PamTui.Ssh;

/// <summary>Who signed in, and how.</summary>
/// <param name="UserName">As the client sent it: not ours, to be parsed or escaped.</param>
/// <param name="Key">The key that signed, when one did; never one that was only offered.</param>
/// <param name="Method">The method that completed the sign-in.</param>
public sealed record AuthenticatedUser(string UserName, SshPublicKey? Key, string Method)
{
    /// <summary>The certificate that <see cref="Key"/> came in, when one did.</summary>
    public SshCertificate? Certificate { get; init; }
}
