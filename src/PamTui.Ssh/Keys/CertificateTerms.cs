using System.Net;

namespace PamTui.Ssh.Keys;

/// <summary>What a certificate must fit to be worth something.</summary>
/// <param name="Kind">Whom it must speak for.</param>
/// <param name="Principal">The name that must be among its principals.</param>
/// <param name="IsAuthority">Whether this key is a CA of that kind that is trusted.</param>
/// <param name="AuthorityAlgorithms">Signature algorithms that a CA may sign by.</param>
/// <param name="Now">The time it must be valid at.</param>
/// <param name="Peer">Where the connection comes from, as the socket says; null refuses every certificate that asks.</param>
public sealed record CertificateTerms(
    CertificateKind Kind,
    string Principal,
    Func<SshPublicKey, bool> IsAuthority,
    IReadOnlyList<string> AuthorityAlgorithms,
    DateTimeOffset Now,
    IPAddress? Peer = null);
