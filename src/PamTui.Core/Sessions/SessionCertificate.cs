namespace PamTui.Core.Sessions;

/// <summary>The certificate of one session, good for minutes and from the gateway's address alone.</summary>
/// <param name="Blob">As SSH sends it.</param>
/// <param name="Session">The number that the session will have: the certificate names it.</param>
public sealed record SessionCertificate(ReadOnlyMemory<byte> Blob, long Session);
