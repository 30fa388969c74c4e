namespace PamTui.Core.Model;

public enum AuthorityState
{
    /// <summary>Targets should come to trust it; it signs nothing yet.</summary>
    Next,

    /// <summary>The one that signs.</summary>
    Current,

    /// <summary>Still trusted by targets, signs nothing; it may be made current again.</summary>
    Retiring,

    /// <summary>Its private half is destroyed.</summary>
    Retired,
}

/// <summary>One key of the gateway's own SSH CA: the public half.</summary>
/// <param name="PublicKey">The key as SSH sends it (RFC 8709).</param>
/// <param name="Fingerprint">"SHA256:…", as OpenSSH prints it.</param>
/// <param name="Activated">When it last began to sign.</param>
public sealed record SshAuthority(long Id, ReadOnlyMemory<byte> PublicKey, string Fingerprint, AuthorityState State, DateTimeOffset Created, DateTimeOffset? Activated, DateTimeOffset? Retired)
{
    /// <summary>Targets should trust it now.</summary>
    public bool IsTrusted => State != AuthorityState.Retired;

    /// <summary>The line for a file that sshd's TrustedUserCAKeys names.</summary>
    public string KeyLine => FormattableString.Invariant($"ssh-ed25519 {Convert.ToBase64String(PublicKey.Span)} pamtui-ca-{Id}");
}
