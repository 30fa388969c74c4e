namespace PamTui.Ssh.Keys;

/// <summary>Whom a certificate speaks for: a CA of the one kind says nothing about the other (B17).</summary>
public enum CertificateKind
{
    User = 1,
    Host = 2,
}
