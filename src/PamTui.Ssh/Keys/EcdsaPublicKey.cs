using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>RFC 5656 §3.1: string curve name, string point. Signatures are mpint r, mpint s.</summary>
internal sealed class EcdsaPublicKey : PublicKeyMaterial
{
    private readonly EcdsaCurve _curve;
    private readonly ECPoint _q;

    private EcdsaPublicKey(EcdsaCurve curve, ECPoint q)
    {
        _curve = curve;
        _q = q;
        SignatureAlgorithms = [curve.KeyType];
    }

    public override int Bits => _curve.Bits;

    public override IReadOnlyList<string> SignatureAlgorithms { get; }

    public static EcdsaPublicKey Read(ref SshReader reader, EcdsaCurve curve)
    {
        if (reader.AsciiName(KeyTypes.MaxName) != curve.Name)
        {
            throw new SshProtocolException("An ECDSA public key names another curve than its type.");
        }

        ReadOnlySpan<byte> point = reader.String(curve.PointSize);
        if (point.Length != curve.PointSize || point[0] != 4)
        {
            throw new SshProtocolException("An ECDSA public key is not an uncompressed point of its curve.");
        }

        EcdsaPublicKey key = new(curve, new ECPoint { X = point[1..(1 + curve.Size)].ToArray(), Y = point[(1 + curve.Size)..].ToArray() });
        try
        {
            // Importing checks that the point is on the curve.
            using ECDsa imported = key.Import();
            return key;
        }
        catch (CryptographicException e)
        {
            throw new SshProtocolException("The point of an ECDSA public key is not on its curve.", inner: e);
        }
    }

    public override bool Verify(string algorithm, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> tail, ReadOnlySpan<byte> data)
    {
        if (!tail.IsEmpty)
        {
            return false;
        }

        SshReader reader = new(signature);
        Span<byte> raw = stackalloc byte[2 * _curve.Size];
        raw.Clear();
        ReadOnlySpan<byte> r = reader.MpInt(_curve.Size);
        ReadOnlySpan<byte> s = reader.MpInt(_curve.Size);
        reader.End();
        r.CopyTo(raw[(_curve.Size - r.Length)..]);
        s.CopyTo(raw[((2 * _curve.Size) - s.Length)..]);
        using ECDsa key = Import();
        return key.VerifyData(data, raw, _curve.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private ECDsa Import() => ECDsa.Create(new ECParameters { Curve = _curve.Curve, Q = _q });
}
