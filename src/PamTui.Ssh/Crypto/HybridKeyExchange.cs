using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>
/// A KEM beside X25519: mlkem768x25519-sha256 (draft-ietf-sshm-mlkem-hybrid-kex) and sntrup761x25519-sha512 (draft-ietf-sshm-ntruprime-ssh).
/// Values are the KEM's then X25519's, end to end; K = HASH(K_kem || K_x25519), and travels as a string.
/// </summary>
internal sealed class HybridKeyExchange(Kem kem, HashAlgorithmName hash) : KeyExchange
{
    private readonly X25519Pair _mine = new();

    public override HashAlgorithmName Hash => hash;

    public override byte[] ClientInit() => [.. kem.GenerateKey(), .. _mine.PublicKey];

    public override byte[] ServerReply(ReadOnlySpan<byte> clientInit, out SharedSecret secret)
    {
        CheckLength(clientInit, kem.PublicKeySize);
        Span<byte> both = stackalloc byte[Kem.SecretSize + X25519Pair.Size];
        byte[] reply = new byte[kem.CiphertextSize + X25519Pair.Size];
        // The cheap half first: a bad point costs no encapsulation.
        _mine.Agree(clientInit[kem.PublicKeySize..], both[Kem.SecretSize..]);
        kem.Encapsulate(clientInit[..kem.PublicKeySize], reply.AsSpan(0, kem.CiphertextSize), both[..Kem.SecretSize]);
        _mine.PublicKey.CopyTo(reply.AsSpan(kem.CiphertextSize));
        secret = Combine(both);
        return reply;
    }

    public override SharedSecret ClientFinish(ReadOnlySpan<byte> serverReply)
    {
        CheckLength(serverReply, kem.CiphertextSize);
        Span<byte> both = stackalloc byte[Kem.SecretSize + X25519Pair.Size];
        _mine.Agree(serverReply[kem.CiphertextSize..], both[Kem.SecretSize..]);
        kem.Decapsulate(serverReply[..kem.CiphertextSize], both[..Kem.SecretSize]);
        return Combine(both);
    }

    public override void Dispose()
    {
        _mine.Dispose();
        kem.Dispose();
    }

    private static void CheckLength(ReadOnlySpan<byte> value, int kemPart)
    {
        if (value.Length != kemPart + X25519Pair.Size)
        {
            throw Refused($"A hybrid key exchange value has {value.Length} bytes instead of {kemPart + X25519Pair.Size}.");
        }
    }

    private SharedSecret Combine(Span<byte> both)
    {
        byte[] combined = CryptographicOperations.HashData(hash, both);
        CryptographicOperations.ZeroMemory(both);
        return new SharedSecret(combined, asString: true);
    }
}
