using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>tls-server-end-point (RFC 5929 §4): the hash of the server's certificate, by the hash of its own signature.</summary>
internal static class ChannelBinding
{
    /// <summary>Empty: the signature has no hash of its own (Ed25519) or none that this knows, so there is nothing to bind to.</summary>
    public static byte[] Of(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        // With MD5 and SHA-1 the RFC says SHA-256: RSA, then ECDSA.
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.113549.1.1.11" or "1.2.840.10045.4.1" or "1.2.840.10045.4.3.2" => SHA256.HashData(certificate.RawData),
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => SHA384.HashData(certificate.RawData),
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => SHA512.HashData(certificate.RawData),
        _ => [],
    };
}
