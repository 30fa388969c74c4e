namespace PamTui.Core.Model;

/// <summary>A host key that a resource may show (RFC 4251 §4.1).</summary>
/// <param name="KeyType">The public key's type ("ssh-ed25519"), or empty when only the fingerprint was given.</param>
/// <param name="Fingerprint">"SHA256:" and the unpadded base64 of the key blob's SHA-256, as OpenSSH prints it.</param>
/// <param name="TrustSource">Where the trust comes from: "option", "known_hosts", "accepted by NAME", "first use".</param>
public sealed record HostKeyPin(string KeyType, string Fingerprint, string TrustSource, DateTimeOffset Added);

/// <summary>A system to reach.</summary>
/// <param name="Database">postgresql: the database to sign in to; mysql: optional; linux: null.</param>
/// <param name="TlsCa">PEM of the CA that a database's certificate must chain to; null: the machine's own store.</param>
/// <param name="HostKeys">linux: every key the host may show. Empty: first contact has not happened, and nothing is sent.</param>
/// <param name="TrustOnFirstUse">linux: the first key seen is pinned without a question; said at creation, and only while <paramref name="HostKeys"/> is empty.</param>
/// <param name="RotationAccount">The account of this resource that rotates the others, or null.</param>
public sealed record Resource(
    long Id,
    string Name,
    ResourceKind Kind,
    string Host,
    int Port,
    string? Database,
    TlsMode TlsMode,
    string? TlsCa,
    IReadOnlyList<HostKeyPin> HostKeys,
    bool TrustOnFirstUse,
    string Description,
    Metadata Metadata,
    string? RotationAccount,
    int AccountCount,
    DateTimeOffset Created,
    DateTimeOffset Updated)
{
    /// <summary>linux: CAs whose host certificates for <see cref="Host"/> stand for a pinned key. A CA's key itself is no host key.</summary>
    public IReadOnlyList<HostKeyPin> HostAuthorities { get; init; } = [];

    /// <summary>linux: keys that the target, known by a pinned one, has proven to hold as well. Not trusted until an admin pins them.</summary>
    public IReadOnlyList<HostKeyPin> OfferedHostKeys { get; init; } = [];

    /// <summary>What new passwords look like, where it differs from the default.</summary>
    public PasswordChoice Passwords { get; init; } = PasswordChoice.None;

    /// <summary>linux: from where the target sees certificates used; null: from this end of the connection, as there is no address translation between.</summary>
    public SourceAddresses? SourceAddress { get; init; }

    /// <summary>There is something to know the target by.</summary>
    public bool IsKnown => HostKeys.Count > 0 || HostAuthorities.Count > 0;
}
