namespace PamTui.Core.Model;

/// <summary>The half of a private key that anybody may see.</summary>
/// <param name="Type">As an authorized_keys line names it: ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa.</param>
/// <param name="Fingerprint">"SHA256:…", as OpenSSH prints it.</param>
/// <param name="Comment">Printable, perhaps empty.</param>
/// <param name="Base64">The key itself (RFC 4253 §6.6).</param>
public sealed record PublicKey(string Type, int Bits, string Fingerprint, string Comment, string Base64)
{
    /// <summary>One line of an authorized_keys file.</summary>
    public string Line => Comment.Length == 0 ? $"{Type} {Base64}" : $"{Type} {Base64} {Comment}";
}
