using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// One key exchange, by one side: what goes into the two messages and the secret that comes out. One instance serves one exchange.
/// Values of the peer are checked here; a bad one is a <see cref="SshProtocolException"/>.
/// </summary>
internal abstract class KeyExchange : IDisposable
{
    /// <summary>Every exchange there is, best first.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "mlkem768x25519-sha256",
        "sntrup761x25519-sha512",
        "sntrup761x25519-sha512@openssh.com",
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group14-sha256",
    ];

    /// <summary>Hash of the exchange hash and of the key derivation.</summary>
    public abstract HashAlgorithmName Hash { get; }

    /// <summary>True: both values are mpints, in the messages and in the exchange hash (RFC 4253 §8). False: strings.</summary>
    public virtual bool ValuesAreMpInt => false;

    public static KeyExchange Create(string name) => name switch
    {
        "mlkem768x25519-sha256" => new HybridKeyExchange(Kem.MlKem768(), HashAlgorithmName.SHA256),
        "sntrup761x25519-sha512" or "sntrup761x25519-sha512@openssh.com" => new HybridKeyExchange(new Sntrup761(), HashAlgorithmName.SHA512),
        "curve25519-sha256" or "curve25519-sha256@libssh.org" => new X25519KeyExchange(),
        "ecdh-sha2-nistp256" => EcdhKeyExchange.P256(),
        "ecdh-sha2-nistp384" => EcdhKeyExchange.P384(),
        "ecdh-sha2-nistp521" => EcdhKeyExchange.P521(),
        "diffie-hellman-group16-sha512" => DiffieHellmanKeyExchange.Group16(),
        "diffie-hellman-group14-sha256" => DiffieHellmanKeyExchange.Group14(),
        _ => throw new ArgumentException($"There is no key exchange '{name}'.", nameof(name)),
    };

    /// <summary>Those that cost the server more than the others for a packet which costs the client nothing: up to 40 ms for a power of 4096 bits.</summary>
    public static bool IsCostly(string name) =>
        name is "sntrup761x25519-sha512" or "sntrup761x25519-sha512@openssh.com" or "diffie-hellman-group16-sha512" or "diffie-hellman-group14-sha256";

    /// <summary>The client's value. Once, before <see cref="ClientFinish"/>.</summary>
    public abstract byte[] ClientInit();

    /// <summary>The server's value and the secret. The caller disposes the secret.</summary>
    public abstract byte[] ServerReply(ReadOnlySpan<byte> clientInit, out SharedSecret secret);

    /// <summary>The secret, as the client gets it. The caller disposes it.</summary>
    public abstract SharedSecret ClientFinish(ReadOnlySpan<byte> serverReply);

    public abstract void Dispose();

    protected static SshProtocolException Refused(string what) => new(what, DisconnectReason.KeyExchangeFailed);
}
