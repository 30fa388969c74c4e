using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Login;

/// <summary>Whose certificates sign users in, and which keys are worth nothing whatever else says so (B19).</summary>
public sealed class KeyTrust(IReadOnlyList<SshPublicKey> userAuthorities, IReadOnlyCollection<string> revoked)
{
    private readonly HashSet<string> _revoked = new(revoked, StringComparer.Ordinal);

    /// <summary>No certificates, and nothing revoked.</summary>
    public static KeyTrust None { get; } = new([], []);

    public bool TakesCertificates => userAuthorities.Count > 0;

    public bool IsUserAuthority(SshPublicKey key) => userAuthorities.Contains(key) && !IsRevoked(key);

    public bool IsRevoked(SshPublicKey key) => _revoked.Contains(key.Fingerprint);
}
