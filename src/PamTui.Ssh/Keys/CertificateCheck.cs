using System.Net;

namespace PamTui.Ssh.Keys;

/// <summary>Whether a certificate is worth something: one function, all of it (PROTOCOL.certkeys), and the answer in words.</summary>
public static class CertificateCheck
{
    /// <summary>
    /// Null when it fits; else why not, for a log, with whatever the certificate says escaped. That the peer holds the certified key is proven
    /// elsewhere, as is a verified user where the certificate wants one.
    /// </summary>
    public static string? WhyRefused(SshCertificate certificate, CertificateTerms terms)
    {
        if (certificate.Kind != terms.Kind)
        {
            return $"it is a certificate for a {Name(certificate.Kind)}, not for a {Name(terms.Kind)}";
        }

        if (!terms.IsAuthority(certificate.Authority))
        {
            return $"its CA {certificate.Authority.Fingerprint} is not trusted";
        }

        if (!terms.AuthorityAlgorithms.Contains(certificate.AuthorityAlgorithm, StringComparer.Ordinal))
        {
            return $"its CA signed by {certificate.AuthorityAlgorithm}, which is not allowed";
        }

        if (!certificate.IsSignedByAuthority())
        {
            return "the signature of its CA is wrong";
        }

        return WhyNotNow(certificate, terms.Now)
            ?? (certificate.Names(terms.Principal) ? null : "the name is not among its principals")
            ?? WhyNotByOptions(certificate, terms);
    }

    private static string? WhyNotNow(SshCertificate certificate, DateTimeOffset now)
    {
        ulong second = (ulong)Math.Max(0, now.ToUnixTimeSeconds());
        return second < certificate.ValidAfter ? "it is not valid yet"
            : second >= certificate.ValidBefore ? "it has expired"
            : null;
    }

    private static string? WhyNotByOptions(SshCertificate certificate, CertificateTerms terms)
    {
        CertificateOptions options = certificate.Options;
        if (options.Unknown.Count > 0)
        {
            return $"it has the unknown critical option {options.Unknown[0]}";
        }

        // None is defined for hosts, and what is not understood is refused.
        if (certificate.Kind == CertificateKind.Host && options is not { ForceCommand: null, SourceAddress: null, VerifyRequired: false })
        {
            return "it is for a host and has a critical option of users";
        }

        return options.SourceAddress is { } networks && !Covers(networks, terms.Peer) ? "it may not be used from this address" : null;
    }

    /// <summary>A list that is empty, or not understood to its end, covers nobody (B15).</summary>
    private static bool Covers(string networks, IPAddress? peer)
    {
        if (peer is null)
        {
            return false;
        }

        IPAddress address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        bool covers = false;
        foreach (string part in networks.Split(','))
        {
            if (!TryNetwork(part, out IPNetwork network))
            {
                return false;
            }

            covers |= network.Contains(address);
        }

        return covers;
    }

    private static bool TryNetwork(string text, out IPNetwork network)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out network);
        }

        network = default;
        if (!IPAddress.TryParse(text, out IPAddress? single) || (single.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && text.Count(c => c == '.') != 3))
        {
            return false;
        }

        network = new IPNetwork(single, single.GetAddressBytes().Length * 8);
        return true;
    }

    private static string Name(CertificateKind kind) => kind == CertificateKind.User ? "user" : "host";
}
