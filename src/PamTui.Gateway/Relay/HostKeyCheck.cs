using PamTui.Core.Model;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Relay;

/// <summary>The identity of a target: a pinned key, or a certificate of a pinned CA, before anything secret leaves (D1, D3).</summary>
internal static class HostKeyCheck
{
    /// <summary>Null: this is the target. Else why not, for the log.</summary>
    /// <param name="authorityAlgorithms">Signature algorithms that a CA may sign by.</param>
    public static string? WhyRefused(Resource resource, ShownHostKey shown, IReadOnlyList<string> authorityAlgorithms, DateTimeOffset now)
    {
        if (IsPinned(resource.HostKeys, shown.Key))
        {
            return null;
        }

        return shown.Certificate is { } certificate
            ? CertificateCheck.WhyRefused(certificate, new CertificateTerms(
                CertificateKind.Host, resource.Host, key => resource.HostAuthorities.Any(pin => Is(pin, key)), authorityAlgorithms, now)) is { } why ? "its certificate: " + why : null
            : "it is not pinned";
    }

    public static bool IsPinned(IReadOnlyList<HostKeyPin> pins, SshPublicKey shown) => pins.Any(pin => Is(pin, shown));

    /// <summary>
    /// Certificates first where a CA is pinned, then the algorithms of the pinned types, so that a host with several keys shows the one we know.
    /// </summary>
    public static IReadOnlyList<string> Ordered(IReadOnlyList<string> algorithms, Resource resource)
    {
        IEnumerable<string> plain = algorithms.OrderBy(algorithm => resource.HostKeys.Any(pin => pin.KeyType == TypeOf(algorithm)) ? 0 : 1);
        return resource.HostAuthorities.Count == 0 ? [.. plain] : [.. algorithms.Select(SshCertificate.AlgorithmOf), .. plain];
    }

    private static bool Is(HostKeyPin pin, SshPublicKey key) => pin.Fingerprint == key.Fingerprint && (pin.KeyType.Length == 0 || pin.KeyType == key.KeyType);

    private static string TypeOf(string algorithm) => algorithm is "rsa-sha2-512" or "rsa-sha2-256" ? "ssh-rsa" : algorithm;
}
