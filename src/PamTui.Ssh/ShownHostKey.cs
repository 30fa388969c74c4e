using PamTui.Ssh.Keys;

namespace PamTui.Ssh;

/// <summary>What a server has proven to hold.</summary>
/// <param name="Key">The key that signed; of a certificate the one it certifies.</param>
/// <param name="Certificate">The certificate, when that was agreed on. It is well-formed and no more: <see cref="CertificateCheck"/> judges it.</param>
public sealed record ShownHostKey(SshPublicKey Key, SshCertificate? Certificate);
