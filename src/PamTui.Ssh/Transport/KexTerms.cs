using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Transport;

/// <summary>What all key exchanges of one connection start from: the role, both versions, what we offer, the host keys we can prove.</summary>
internal sealed class KexTerms
{
    private readonly AlgorithmPreferences _algorithms;
    private readonly IReadOnlyList<string> _hostKeyAlgorithms;

    public KexTerms(SshRole role, SshOptions options, IReadOnlyList<SshPrivateKey> hostKeys)
    {
        (Role, HostKeys, _algorithms) = (role, hostKeys, options.Algorithms);
        _hostKeyAlgorithms = role == SshRole.Client
            ? _algorithms.HostKeys
            : [.. _algorithms.HostKeys.Where(name => hostKeys.Any(key => key.SignatureAlgorithms.Contains(name)))];
        if (_hostKeyAlgorithms.Count == 0)
        {
            throw new ArgumentException("No host key fits the host key algorithms.", nameof(hostKeys));
        }

        OurVersion = VersionExchange.Ours(options.SoftwareVersion);
    }

    public SshRole Role { get; }

    /// <summary>The server's own; the client has none.</summary>
    public IReadOnlyList<SshPrivateKey> HostKeys { get; }

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
}
