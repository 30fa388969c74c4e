using PamTui.Core.Model;

namespace PamTui.Core.Certificates;

/// <summary>What a certificate is asked for.</summary>
/// <param name="PublicKey">The key to certify, as SSH sends it; only Ed25519.</param>
/// <param name="KeyId">Whose sign-in it is: the target writes it into its log.</param>
/// <param name="Username">The target's user.</param>
/// <param name="From">Where the target sees it come from.</param>
/// <param name="Target">What the audit row is about.</param>
internal sealed record CertificateRequest(ReadOnlyMemory<byte> PublicKey, string KeyId, string Username, SourceAddresses From, string Target);
