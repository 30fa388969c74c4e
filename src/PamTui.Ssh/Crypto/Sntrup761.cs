using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Pqc.Crypto.NtruPrime;
using Org.BouncyCastle.Security;

namespace PamTui.Ssh.Crypto;

/// <summary>Streamlined NTRU Prime 761 of BouncyCastle. A pair costs tens of milliseconds: the transport limits unauthenticated connections.</summary>
internal sealed class Sntrup761 : Kem
{
    private readonly SecureRandom _random = new(new CryptoApiRandomGenerator());
    private SNtruPrimePrivateKeyParameters? _mine;

    public override int PublicKeySize => 1158;

    public override int CiphertextSize => 1039;

    public override byte[] GenerateKey()
    {
        SNtruPrimeKeyPairGenerator generator = new();
        generator.Init(new SNtruPrimeKeyGenerationParameters(_random, SNtruPrimeParameters.sntrup761));
        AsymmetricCipherKeyPair pair = generator.GenerateKeyPair();
        _mine = (SNtruPrimePrivateKeyParameters)pair.Private;
        return ((SNtruPrimePublicKeyParameters)pair.Public).GetPublicKey();
    }

    public override void Encapsulate(ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> secret)
    {
        // Decoding reduces every coefficient into its range: any bytes are a key (NTRU Prime, round 3, §4.1).
        SNtruPrimePublicKeyParameters theirs = new(SNtruPrimeParameters.sntrup761, publicKey.ToArray());
        using ISecretWithEncapsulation made = new SNtruPrimeKemGenerator(_random).GenerateEncapsulated(theirs);
        made.GetEncapsulation().CopyTo(ciphertext);
        Take(made.GetSecret(), secret);
    }

    public override void Decapsulate(ReadOnlySpan<byte> ciphertext, Span<byte> secret) =>
        Take(new SNtruPrimeKemExtractor(_mine ?? throw new InvalidOperationException("No key was made.")).ExtractSecret(ciphertext.ToArray()), secret);

    public override void Dispose() => _mine = null;

    private static void Take(byte[] from, Span<byte> to)
    {
        from.CopyTo(to);
        CryptographicOperations.ZeroMemory(from);
    }
}
