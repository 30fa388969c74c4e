namespace PamTui.Core.Certificates;

/// <summary>A fresh key with the certificate that makes it worth something, for one sign-in.</summary>
/// <param name="Certificate">As SSH sends it.</param>
internal sealed record CertifiedKey(SigningKey Key, byte[] Certificate) : IDisposable
{
    public void Dispose() => Key.Dispose();
}
