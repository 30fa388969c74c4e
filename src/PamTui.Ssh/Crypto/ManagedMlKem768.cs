using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Kems;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Security;

namespace PamTui.Ssh.Crypto;

/// <summary>ML-KEM-768 of BouncyCastle, with the operating system's randomness.</summary>
internal sealed class ManagedMlKem768 : Kem
{
    private readonly SecureRandom _random = new(new CryptoApiRandomGenerator());
    private MLKemPrivateKeyParameters? _mine;

    public override int PublicKeySize => 1184;

    public override int CiphertextSize => 1088;

    public override byte[] GenerateKey()
    {
        MLKemKeyPairGenerator generator = new();
        generator.Init(new MLKemKeyGenerationParameters(_random, MLKemParameters.ml_kem_768));
        _mine = (MLKemPrivateKeyParameters)generator.GenerateKeyPair().Private;
        return _mine.GetPublicKeyEncoded();
    }

    public override void Encapsulate(ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> secret)
    {
        MLKemPublicKeyParameters theirs;
        try
        {
            // Checks that every coefficient is below q, as FIPS 203 §7.2 demands.
            theirs = MLKemPublicKeyParameters.FromEncoding(MLKemParameters.ml_kem_768, publicKey.ToArray());
        }
        catch (ArgumentException e)
        {
            throw NotAKey(e);
        }

        MLKemEncapsulator encapsulator = new(MLKemParameters.ml_kem_768);
        encapsulator.Init(new ParametersWithRandom(theirs, _random));
        encapsulator.Encapsulate(ciphertext, secret);
    }

    public override void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret)
    {
        MLKemDecapsulator decapsulator = new(MLKemParameters.ml_kem_768);
        decapsulator.Init(_mine ?? throw new InvalidOperationException("No key was made."));
        decapsulator.Decapsulate(ciphertext, secret);
    }

    // BouncyCastle's key has no way to zero it.
    public override void Dispose() => _mine = null;
}
