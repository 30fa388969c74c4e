using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Transport;

/// <summary>What all key exchanges of one connection start from: the role, both versions, what we offer, the host keys we can prove.</summary>
internal sealed class KexTerms
{
    private readonly AlgorithmPreferences _algorithms;
    private readonly IReadOnlyList<string> _hostKeyAlgorithms;
    private readonly IReadOnlyList<SshPrivateKey> _hostKeys;
    private readonly IReadOnlyList<SshCertificate> _certificates;

    public KexTerms(SshRole role, SshOptions options, IReadOnlyList<SshPrivateKey> hostKeys)
    {
        (Role, _hostKeys, _certificates, _algorithms) = (role, hostKeys, options.HostCertificates, options.Algorithms);
        _hostKeyAlgorithms = role == SshRole.Client ? _algorithms.HostKeys : [.. Certified(), .. Plain()];
        if (_hostKeyAlgorithms.Count == 0)
        {
            throw new ArgumentException("No host key fits the host key algorithms.", nameof(hostKeys));
        }

        OurVersion = VersionExchange.Ours(options.SoftwareVersion);
    }

    public SshRole Role { get; }

    public string OurVersion { get; }

    /// <summary>Empty until it came, which is before any exchange.</summary>
    public string PeerVersion { get; set; } = "";

    /// <summary>One exchange, with a KEXINIT of its own.</summary>
    public KexRun NewRun(bool first)
    {
        KexInit ours = KexInit.Offer(_algorithms, _hostKeyAlgorithms, Role, first);
        (string client, string server) = Role == SshRole.Client ? (OurVersion, PeerVersion) : (PeerVersion, OurVersion);
        return new(Role, ours, client, server);
    }

    /// <summary>Server: what is shown for a host key algorithm that was agreed on, and by what its key signs.</summary>
    public (SshPrivateKey Key, ReadOnlyMemory<byte> Shown, string Algorithm) HostKeyFor(string algorithm)
    {
        if (CertificateNames.PlainOf(algorithm) is not { } plain)
        {
            SshPrivateKey key = _hostKeys.First(key => key.SignatureAlgorithms.Contains(algorithm));
            return (key, key.PublicKey.Blob, algorithm);
        }

        SshCertificate certificate = _certificates.First(shown => shown.Key.SignatureAlgorithms.Contains(plain) && HasKeyOf(shown));
        return (_hostKeys.First(key => key.PublicKey.Equals(certificate.Key)), certificate.Blob, plain);
    }

    private IEnumerable<string> Plain() => _algorithms.HostKeys.Where(name => _hostKeys.Any(key => key.SignatureAlgorithms.Contains(name)));

    private IEnumerable<string> Certified() => _algorithms.HostKeys
        .Where(name => _certificates.Any(shown => shown.Key.SignatureAlgorithms.Contains(name) && HasKeyOf(shown)))
        .Select(CertificateNames.Of);

    private bool HasKeyOf(SshCertificate certificate) => _hostKeys.Any(key => key.PublicKey.Equals(certificate.Key));
}
