using PamTui.Ssh.Crypto;

namespace PamTui.Ssh;

/// <summary>
/// What is offered to the peer, best first (RFC 4253 §7.1). The client's order decides. Names nobody implements are a mistake of the caller
/// and refused when the first connection is made.
/// </summary>
public sealed record AlgorithmPreferences
{
    /// <summary>Each client of the interop list connects; no CBC, no SHA-1.</summary>
    public static AlgorithmPreferences Compatible { get; } = new();

    /// <summary>AEAD ciphers, post-quantum first, no NIST curves, no RSA.</summary>
    public static AlgorithmPreferences Modern { get; } = new()
    {
        KeyExchanges =
        [
            "mlkem768x25519-sha256", "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com",
            "curve25519-sha256", "curve25519-sha256@libssh.org",
        ],
        HostKeys = ["ssh-ed25519"],
        Ciphers = ["aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com"],
        Macs = ["hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com"],
        UserKeySignatures = ["ssh-ed25519", "sk-ssh-ed25519@openssh.com"],
    };

    public IReadOnlyList<string> KeyExchanges { get; init; } = KeyExchange.Names;

    /// <summary>Signature algorithms for host keys. A client that has pinned keys puts their types first.</summary>
    public IReadOnlyList<string> HostKeys { get; init; } =
        ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256"];

    public IReadOnlyList<string> Ciphers { get; init; } = PacketCipher.Names;

    /// <summary>Not used by AEAD ciphers.</summary>
    public IReadOnlyList<string> Macs { get; init; } =
        ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"];

    /// <summary>Signature algorithms for the keys of users: what a server accepts and tells by server-sig-algs, what a client signs with.</summary>
    public IReadOnlyList<string> UserKeySignatures { get; init; } =
    [
        "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com", "rsa-sha2-512", "rsa-sha2-256",
    ];
}
