using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Pqc.Crypto.NtruPrime;
using Org.BouncyCastle.Security;
using PamTui.Ssh.Crypto;
using Xunit;

namespace PamTui.Ssh.Tests.Crypto;

/// <summary>Ours beside BouncyCastle's, in both roles, and the arithmetic under it.</summary>
public sealed class Sntrup761Tests
{
    private const int Rounds = 20;

    [Fact]
    public void What_we_encapsulate_another_implementation_opens()
    {
        SecureRandom random = new();
        SNtruPrimeKeyPairGenerator generator = new();
        generator.Init(new SNtruPrimeKeyGenerationParameters(random, SNtruPrimeParameters.sntrup761));
        AsymmetricCipherKeyPair theirs = generator.GenerateKeyPair();
        SNtruPrimeKemExtractor extractor = new((SNtruPrimePrivateKeyParameters)theirs.Private);
        for (int round = 0; round < Rounds; round++)
        {
            using Sntrup761 ours = new();
            byte[] ciphertext = new byte[ours.CiphertextSize];
            byte[] secret = new byte[Kem.SecretSize];
            ours.Encapsulate(((SNtruPrimePublicKeyParameters)theirs.Public).GetPublicKey(), ciphertext, secret);
            Assert.Equal(secret, extractor.ExtractSecret(ciphertext));
        }
    }

    [Fact]
    public void What_another_implementation_encapsulates_we_open()
    {
        for (int round = 0; round < Rounds; round++)
        {
            using Sntrup761 ours = new();
            byte[] publicKey = ours.GenerateKey();
            using ISecretWithEncapsulation theirs = new SNtruPrimeKemGenerator(new SecureRandom())
                .GenerateEncapsulated(new SNtruPrimePublicKeyParameters(SNtruPrimeParameters.sntrup761, publicKey));
            byte[] secret = new byte[Kem.SecretSize];
            ours.Decapsulate(theirs.GetEncapsulation(), secret);
            Assert.Equal(theirs.GetSecret(), secret);
        }
    }

    [Fact]
    public void An_altered_ciphertext_gives_another_secret_the_same_each_time()
    {
        using Sntrup761 ours = new();
        byte[] publicKey = ours.GenerateKey();
        byte[] ciphertext = new byte[ours.CiphertextSize];
        byte[] secret = new byte[Kem.SecretSize];
        ours.Encapsulate(publicKey, ciphertext, secret);
        foreach (int place in new[] { 0, 500, NtruPrimeCoding.RoundedSize - 1, NtruPrimeCoding.RoundedSize, ciphertext.Length - 1 })
        {
            byte[] altered = [.. ciphertext];
            altered[place] ^= 1;
            byte[] first = new byte[Kem.SecretSize];
            byte[] second = new byte[Kem.SecretSize];
            ours.Decapsulate(altered, first);
            ours.Decapsulate(altered, second);
            Assert.NotEqual(secret, first);
            Assert.Equal(first, second);
        }

        byte[] again = new byte[Kem.SecretSize];
        ours.Decapsulate(ciphertext, again);
        Assert.Equal(secret, again);
    }

    [Fact]
    public void Any_bytes_of_the_right_length_are_a_public_key_and_a_ciphertext()
    {
        using Sntrup761 ours = new();
        ours.GenerateKey();
        byte[] secret = new byte[Kem.SecretSize];
        foreach (byte fill in new byte[] { 0, 1, 0x7f, 0x80, 0xff })
        {
            byte[] publicKey = new byte[ours.PublicKeySize];
            byte[] ciphertext = new byte[ours.CiphertextSize];
            publicKey.AsSpan().Fill(fill);
            ours.Encapsulate(publicKey, ciphertext, secret);
            ciphertext.AsSpan().Fill(fill);
            ours.Decapsulate(ciphertext, secret);
        }
    }

    [Fact]
    public void Every_number_the_arithmetic_can_meet_is_brought_into_its_range()
    {
        for (int x = -(1 << 24); x <= 1 << 24; x++)
        {
            int frozen = NtruPrimeRing.FreezeQ(x);
            if (frozen is < -2295 or > 2295 || (x - frozen) % NtruPrimeRing.Modulus != 0)
            {
                Assert.Fail($"{x} became {frozen}.");
            }
        }

        for (int x = -(1 << 13); x <= 1 << 13; x++)
        {
            int frozen = NtruPrimeRing.Freeze3(x);
            Assert.True(frozen is >= -1 and <= 1 && (x - frozen) % 3 == 0, $"{x} became {frozen}.");
        }
    }

    [Fact]
    public void An_inverse_times_its_polynomial_is_one()
    {
        int[] one = new int[NtruPrimeRing.Size];
        one[0] = 1;
        int[] small = new int[NtruPrimeRing.Size];
        int[] inverse = new int[NtruPrimeRing.Size];
        int[] product = new int[NtruPrimeRing.Size];
        for (int round = 0; round < Rounds; round++)
        {
            NtruPrimeRandom.Short(small);
            Assert.Equal(NtruPrimeRandom.Weight, small.Count(coefficient => coefficient != 0));
            NtruPrimeInverse.ThreefoldQ(small, inverse);
            NtruPrimeRing.MultiplyQ(inverse, small, product);
            Assert.Equal(one, product.Select(coefficient => NtruPrimeRing.FreezeQ(3 * coefficient)));

            NtruPrimeRandom.Small(small);
            if (NtruPrimeInverse.Try3(small, inverse))
            {
                NtruPrimeRing.Multiply3(inverse, small, product);
                Assert.Equal(one, product);
            }
        }
    }

    [Fact]
    public void Zero_has_no_inverse() => Assert.False(NtruPrimeInverse.Try3(new int[NtruPrimeRing.Size], new int[NtruPrimeRing.Size]));
}
