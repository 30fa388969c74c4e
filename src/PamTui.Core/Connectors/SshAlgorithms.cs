using PamTui.Core.Model;
using Renci.SshNet;

namespace PamTui.Core.Connectors;

/// <summary>What is offered to an SSH server: modern first; no CBC, no SHA-1.</summary>
internal static class SshAlgorithms
{
    private static readonly string[] s_keyExchanges =
    [
        "mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
        "diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha256",
    ];

    private static readonly string[] s_hostKeys =
        ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256"];

    private static readonly string[] s_ciphers =
        ["aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"];

    private static readonly string[] s_macs =
        ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"];

    /// <summary>Types with a pinned key come first: else a server with several keys would show one that nobody pinned.</summary>
    /// <param name="certificates">Whether a CA of host keys is trusted.</param>
    public static void Offer(ConnectionInfo connection, IReadOnlyList<HostKeyPin> pins, bool certificates)
    {
        IEnumerable<string> plain = s_hostKeys.OrderByDescending(name => pins.Any(pin => pin.KeyType == KeyTypeOf(name)));
        // Certificates come first; the plain forms stay, as the library checks the CA's signature by them.
        IEnumerable<string> hostKeys = certificates ? [.. s_hostKeys.Select(name => name + "-cert-v01@openssh.com"), .. plain] : plain;
        Keep(connection.KeyExchangeAlgorithms, s_keyExchanges);
        Keep(connection.HostKeyAlgorithms, hostKeys);
        Keep(connection.Encryptions, s_ciphers);
        Keep(connection.HmacAlgorithms, s_macs);
        Keep(connection.CompressionAlgorithms, ["none"]);
    }

    public static string KeyTypeOf(string algorithm) => algorithm is "rsa-sha2-512" or "rsa-sha2-256" ? "ssh-rsa" : algorithm;

    private static void Keep<T>(IOrderedDictionary<string, T> algorithms, IEnumerable<string> names)
    {
        List<(string Name, T Value)> kept = [];
        foreach (string name in names)
        {
            if (algorithms.TryGetValue(name, out T? value))
            {
                kept.Add((name, value));
            }
        }

        algorithms.Clear();
        foreach ((string name, T value) in kept)
        {
            algorithms.Add(name, value);
        }
    }
}
