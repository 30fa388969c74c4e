using System.Net.Security;
using System.Security.Cryptography;
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
        _why = resource.TlsMode == TlsMode.Verify ? WhyNot(certificate, chain, errors) : null;
        Trusted = _why is null;

        // A look at the identity alone ends here, before the server hears a user's name.
        return Trusted && !identityOnly;
    }

    private string? WhyNot(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server shows none";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"it is not for {Text.Quote(resource.Host)}, but for {Text.Quote(string.Join(", ", NamesOf(shown)))}; use one of its names as the host";
        }

        if (resource.TlsCa is null)
        {
            return errors == SslPolicyErrors.None
                ? null
                : $"{ChainWords(chain?.ChainStatus)}; give the CA that signed it (--tls-ca)";
        }

        X509Certificate2Collection roots = [];
        try
        {
            roots.ImportFromPem(resource.TlsCa);
        }
        catch (CryptographicException)
        {
            return "the CA of the resource is no readable PEM certificate; give it again (--tls-ca)";
        }

        using X509Chain own = new();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(roots);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        own.ChainPolicy.DisableCertificateDownloads = true;
        if (chain is not null)
        {
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        }

        return own.Build(shown) ? null : $"{ChainWords(own.ChainStatus)}; check the CA of the resource (--tls-ca)";
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        X509SubjectAlternativeNameExtension? names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null
            ? [certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)]
            : names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())).Take(8);
    }

    private static string ChainWords(X509ChainStatus[]? status)
    {
        X509ChainStatusFlags flags = (status ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        return flags switch
        {
            _ when flags.HasFlag(X509ChainStatusFlags.NotTimeValid) => "it has expired or is not valid yet",
            _ when flags.HasFlag(X509ChainStatusFlags.NotValidForUsage) => "it is no server's certificate",
            _ when (flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0 => "it was signed by an unknown CA",
            _ => "its chain does not hold (" + flags + ")",
        };
    }
}
