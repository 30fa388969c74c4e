using System.Security.Cryptography;

namespace PamTui.Ssh.Crypto;

/// <summary>ecdh-sha2-nistp256, -384, -521 (RFC 5656 §4) on the platform's curves. Values are uncompressed points.</summary>
internal sealed class EcdhKeyExchange : KeyExchange
{
    private readonly ECCurve _curve;
    private readonly int _size;
    private readonly ECDiffieHellman _mine;

    private EcdhKeyExchange(ECCurve curve, int size, HashAlgorithmName hash)
    {
        _curve = curve;
        _size = size;
        Hash = hash;
        _mine = ECDiffieHellman.Create(curve);
    }

    public override HashAlgorithmName Hash { get; }

    public static EcdhKeyExchange P256() => new(ECCurve.NamedCurves.nistP256, 32, HashAlgorithmName.SHA256);

    public static EcdhKeyExchange P384() => new(ECCurve.NamedCurves.nistP384, 48, HashAlgorithmName.SHA384);

    public static EcdhKeyExchange P521() => new(ECCurve.NamedCurves.nistP521, 66, HashAlgorithmName.SHA512);

    public override byte[] ClientInit()
    {
        ECPoint q = _mine.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. q.X!, .. q.Y!];
    }

    public override byte[] ServerReply(ReadOnlySpan<byte> clientInit, out SharedSecret secret)
    {
        secret = Agree(clientInit);
        return ClientInit();
    }

    public override SharedSecret ClientFinish(ReadOnlySpan<byte> serverReply) => Agree(serverReply);

    public override void Dispose() => _mine.Dispose();

    private SharedSecret Agree(ReadOnlySpan<byte> theirs)
    {
        if (theirs.Length != 1 + (2 * _size) || theirs[0] != 4)
        {
            throw Refused("An ECDH value is not an uncompressed point of its curve.");
        }

        ECPoint q = new() { X = theirs.Slice(1, _size).ToArray(), Y = theirs[(1 + _size)..].ToArray() };
        try
        {
            // Importing checks that the point is on the curve.
            using ECDiffieHellman peer = ECDiffieHellman.Create(new ECParameters { Curve = _curve, Q = q });
            using ECDiffieHellmanPublicKey publicKey = peer.PublicKey;
            return new SharedSecret(_mine.DeriveRawSecretAgreement(publicKey), asString: false);
        }
        catch (CryptographicException)
        {
            throw Refused("An ECDH value is not a point of its curve.");
        }
    }
}
