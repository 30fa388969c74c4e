using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Login;

/// <summary>
/// What a sign-in lets its connection do, beside the grants: everything, or what the user's certificate says (PROTOCOL.certkeys). A certificate
/// never gives more than the user has.
/// </summary>
/// <param name="ForcedCommand">Runs in place of any shell, command or subsystem that is asked for; null: nothing is forced.</param>
/// <param name="MayHaveTerminal">permit-pty.</param>
/// <param name="MayForward">permit-port-forwarding: jumps through the gateway, and no forced command, as one would not hold there.</param>
internal sealed record SessionRights(string? ForcedCommand, bool MayHaveTerminal, bool MayForward)
{
    public static SessionRights All { get; } = new(null, true, true);

    /// <param name="certificate">Null: the sign-in was by something else.</param>
    public static SessionRights Of(SshCertificate? certificate) => certificate is null
        ? All
        : new(
            certificate.Options.ForceCommand,
            certificate.Extensions.Contains("permit-pty", StringComparer.Ordinal),
            certificate.Options.ForceCommand is null && certificate.Extensions.Contains("permit-port-forwarding", StringComparer.Ordinal));
}
