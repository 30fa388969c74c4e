using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Login;

/// <summary>
/// What a sign-in lets its connection do, beside the grants: everything, or what the user's certificate says (PROTOCOL.certkeys). A certificate
/// never gives more than the user has.
/// </summary>
/// <param name="ForcedCommand">Runs in place of any shell, command or subsystem that is asked for; null: nothing is forced.</param>
/// <param name="MayHaveTerminal">permit-pty.</param>
/// <param name="MayForward">permit-port-forwarding: raw TCP by a grant, also beside a forced command, as with sshd.</param>
internal sealed record SessionRights(string? ForcedCommand, bool MayHaveTerminal, bool MayForward)
{
    /// <summary>To an account through the gateway: a forced command would not hold there.</summary>
    public bool MayJump => MayForward && ForcedCommand is null;

    public static SessionRights All { get; } = new(null, true, true);

    /// <param name="certificate">Null: the sign-in was by something else.</param>
    public static SessionRights Of(SshCertificate? certificate) => certificate is null
        ? All
        : new(
            certificate.Options.ForceCommand,
            certificate.Extensions.Contains("permit-pty", StringComparer.Ordinal),
            certificate.Extensions.Contains("permit-port-forwarding", StringComparer.Ordinal));
}
