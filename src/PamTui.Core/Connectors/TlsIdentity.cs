using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>
/// The identity of a database: whether the certificate that it shows in the TLS handshake is trusted, by the resource's CA or else by the
/// machine's. One judge for checks, rotations and sessions (G8).
/// </summary>
public static class TlsIdentity
{
    /// <summary>Null: this is the target, or the resource says that anybody will do. Else why not, as the end of a sentence about the certificate.</summary>
    /// <param name="certificate">What the callback of <see cref="SslStream"/> is given, as are the others.</param>
    public static string? WhyRefused(Resource resource, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (resource.TlsMode != TlsMode.Verify)
        {
            return null;
        }

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
