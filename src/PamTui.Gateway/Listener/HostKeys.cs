using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Listener;

/// <summary>The gateway's own identity, one key of each type.</summary>
public sealed class HostKeys(IReadOnlyList<SshPrivateKey> keys, IReadOnlyList<SshCertificate> certificates) : IDisposable
{
    public IReadOnlyList<SshPrivateKey> All => keys;

    /// <summary>Of those keys that have one.</summary>
    public IReadOnlyList<SshCertificate> Certificates => certificates;

    /// <summary>"type base64" lines, for a known_hosts file.</summary>
    public IReadOnlyList<string> PublicLines =>
        [.. keys.Select(key => key.PublicKey.KeyType + " " + Convert.ToBase64String(key.PublicKey.Blob.Span))];

    public void Dispose()
    {
        foreach (SshPrivateKey key in keys)
        {
            key.Dispose();
        }
    }
}
