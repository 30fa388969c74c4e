using PamTui.Core.Model;
using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Relay;

/// <summary>The identity of a target: its key must be one of the resource's pins, before anything secret leaves (D1, D3).</summary>
internal static class HostKeyCheck
{
    public static bool IsPinned(IReadOnlyList<HostKeyPin> pins, SshPublicKey shown) =>
        pins.Any(pin => pin.Fingerprint == shown.Fingerprint && (pin.KeyType.Length == 0 || pin.KeyType == shown.KeyType));

    /// <summary>The algorithms with those of the pinned types first, so that a host with several keys shows the one we know.</summary>
    public static IReadOnlyList<string> Ordered(IReadOnlyList<string> algorithms, IReadOnlyList<HostKeyPin> pins) =>
        [.. algorithms.OrderBy(algorithm => pins.Any(pin => pin.KeyType == TypeOf(algorithm)) ? 0 : 1)];

    private static string TypeOf(string algorithm) => algorithm is "rsa-sha2-512" or "rsa-sha2-256" ? "ssh-rsa" : algorithm;
}
