using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Agreement;
using Org.BouncyCastle.Crypto.Parameters;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace PamTui.Ssh.Crypto;

/// <summary>diffie-hellman-group14-sha256 and group16-sha512 (RFC 8268): safe primes of RFC 3526, values and K as mpint.</summary>
internal sealed class DiffieHellmanKeyExchange : KeyExchange
{
    // More than twice the strength of either group (RFC 3526 §8).
    private const int ExponentBytes = 64;

    private readonly DHParameters _group;
    private readonly BigInteger _x;

    private DiffieHellmanKeyExchange(DHParameters group, HashAlgorithmName hash)
    {
        Hash = hash;
        _group = group;
        byte[] exponent = RandomNumberGenerator.GetBytes(ExponentBytes);
        exponent[0] |= 0x80;
        _x = new BigInteger(1, exponent);
        CryptographicOperations.ZeroMemory(exponent);
    }

    public override HashAlgorithmName Hash { get; }

    public override bool ValuesAreMpInt => true;

    public static DiffieHellmanKeyExchange Group14() => new(DHStandardGroups.rfc3526_2048, HashAlgorithmName.SHA256);

    public static DiffieHellmanKeyExchange Group16() => new(DHStandardGroups.rfc3526_4096, HashAlgorithmName.SHA512);

    public override byte[] ClientInit() => Power(_group.G);

    public override byte[] ServerReply(ReadOnlySpan<byte> clientInit, out SharedSecret secret)
    {
        secret = Agree(clientInit);
        return Power(_group.G);
    }

    public override SharedSecret ClientFinish(ReadOnlySpan<byte> serverReply) => Agree(serverReply);

    public override void Dispose()
    {
    }

    private SharedSecret Agree(ReadOnlySpan<byte> theirs)
    {
        // RFC 4253 §8 allows [1, p-1]; the ends give a secret that everybody knows. The length first: a number costs its square.
        if (theirs.Length > _group.P.GetLengthofByteArrayUnsigned())
        {
            throw Refused("A Diffie-Hellman value is out of range.");
        }

        BigInteger y = new(1, theirs.ToArray());
        if (y.CompareTo(BigInteger.One) <= 0 || y.CompareTo(_group.P.Subtract(BigInteger.One)) >= 0)
        {
            throw Refused("A Diffie-Hellman value is out of range.");
        }

        return new SharedSecret(Power(y), asString: false);
    }

    // ModPow's time depends on the exponent. This one serves a single exchange, two powers and then never again, so that no second
    // measurement of it exists; what one noisy timing tells is far from 512 bits. Nothing is computed before the peer's value is checked.
    private byte[] Power(BigInteger number) => number.ModPow(_x, _group.P).ToByteArrayUnsigned();
}
