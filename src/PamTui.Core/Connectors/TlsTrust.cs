using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>
/// Whether a database's certificate is trusted, decided during the handshake and so before any credential is sent (G8).
/// The libraries' own "verify" modes are not used: one takes a CA only as a file's path and goes on with the sign-in
/// before it says no, the other does not say why.
/// </summary>
internal sealed class TlsTrust(CheckRun run, Resource resource, bool identityOnly)
{
    private string? _why;

    /// <summary>Set when the handshake reached the certificate and it is trusted.</summary>
    public bool Trusted { get; private set; }

    /// <summary>A failure when the certificate is not trusted.</summary>
    public CheckFailure? Failure => _why is null
        ? null
        : run.FailAt(CheckStage.Identity, CheckCause.TlsUntrusted, $"The certificate of {Reach.Name(resource)} is not trusted: {_why}. Nothing was sent.");

    /// <summary>To be called when TLS is about to start: the connection stands.</summary>
    public void Starts() => run.Enter(CheckStage.Identity);

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        run.Enter(CheckStage.Identity);
        _why = TlsIdentity.WhyRefused(resource, certificate, chain, errors);
        Trusted = _why is null;

        // A look at the identity alone ends here, before the server hears a user's name.
        return Trusted && !identityOnly;
    }
}
