using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Auth;

/// <summary>What a client shows by the publickey method: a key or a certificate of one, and whether it holds the private part.</summary>
internal sealed record PublicKeyClaim(string Algorithm, SshPublicKey Key, SshCertificate? Certificate, bool IsSigned, bool IsProven)
{
    public ReadOnlyMemory<byte> Blob => Certificate?.Blob ?? Key.Blob;

    /// <summary>
    /// The algorithm is looked up before the key is parsed, and the key is parsed only as what the algorithm signs with (A14, A15); null for what
    /// is not allowed or is no sound key.
    /// </summary>
    public static PublicKeyClaim? Read(ReadOnlySpan<byte> rest, ServerAuthOptions options, ReadOnlyMemory<byte> sessionId, string user)
    {
        PublicKeyProof proof = PublicKeyProof.Read(rest);
        string? certified = options.Certificates ? CertificateNames.PlainOf(proof.Algorithm) : null;
        string plain = certified ?? proof.Algorithm;
        if (!options.SignatureAlgorithms.Contains(plain))
        {
            return null;
        }

        SshPublicKey key;
        SshCertificate? certificate = null;
        try
        {
            string type = KeyTypes.OfAlgorithm(plain);
            certificate = certified is null ? null : SshCertificate.Parse(proof.Blob, [CertificateNames.Of(type)]);
            key = certificate?.Key ?? SshPublicKey.Parse(proof.Blob, [type]);
        }
        catch (SshProtocolException)
        {
            return null;
        }

        bool proven = proof.IsSigned && key.Verify(
            plain,
            proof.Signature,
            PublicKeyProof.SignedData(sessionId, user, proof.Algorithm, proof.Blob.ToArray()),
            certificate is { Options.VerifyRequired: true });
        return new(proof.Algorithm, key, certificate, proof.IsSigned, proven);
    }
}
