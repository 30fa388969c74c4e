using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>A post-quantum key encapsulation, as one half of a hybrid exchange. One instance serves one exchange.</summary>
internal abstract class Kem : IDisposable
{
    /// <summary>Both KEMs here agree on 32 bytes.</summary>
    public const int SecretSize = 32;

    public abstract int PublicKeySize { get; }

    public abstract int CiphertextSize { get; }

    /// <summary>ML-KEM-768 (FIPS 203): from the platform where it has it (OpenSSL 3.5), else managed.</summary>
    public static Kem MlKem768() => MLKem.IsSupported ? new PlatformMlKem768() : new ManagedMlKem768();

    /// <summary>Client: makes the key pair and keeps its private half.</summary>
    public abstract byte[] GenerateKey();

    /// <summary>Server: <paramref name="publicKey"/> has the right length; what else is wrong with it is a <see cref="SshProtocolException"/>.</summary>
    public abstract void Encapsulate(ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> secret);

    /// <summary>Client, after <see cref="GenerateKey"/>. A ciphertext for another key gives another secret, not an error: the exchange then fails at the signature.</summary>
    public abstract void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret);

    public abstract void Dispose();

    protected static SshProtocolException NotAKey(Exception? inner = null) =>
        new("A post-quantum public key is not in its range.", DisconnectReason.KeyExchangeFailed, inner);
}
