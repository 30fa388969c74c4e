using System.Buffers;
using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>An ECDSA scalar of one of the three curves. Signatures come from the platform, whose nonces are sound (D7).</summary>
internal sealed class EcdsaPrivateKey : PrivateKeyMaterial
{
    private readonly EcdsaCurve _curve;
    private readonly byte[] _d;
    private readonly ECPoint _q;

    private EcdsaPrivateKey(EcdsaCurve curve, byte[] d, ECPoint q)
    {
        _curve = curve;
        _d = d;
        _q = q;
    }

    /// <summary>Computes the point from the scalar; where the file says a point, it must be that one.</summary>
    public static EcdsaPrivateKey From(EcdsaCurve curve, ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point)
    {
        scalar = scalar.TrimStart((byte)0);
        if (scalar.IsEmpty || scalar.Length > curve.Size)
        {
            throw SshKeyFileException.NotAKey();
        }

        byte[] d = GC.AllocateArray<byte>(curve.Size, pinned: true);
        scalar.CopyTo(d.AsSpan(curve.Size - scalar.Length));
        try
        {
            using ECDsa imported = ECDsa.Create(new ECParameters { Curve = curve.Curve, D = d });
            EcdsaPrivateKey key = new(curve, d, imported.ExportParameters(includePrivateParameters: false).Q);
            if (point.IsEmpty || point.SequenceEqual(key.Point()))
            {
                return key;
            }
        }
        catch (CryptographicException)
        {
            // Zero, or not below the order of the curve.
        }

        CryptographicOperations.ZeroMemory(d);
        throw SshKeyFileException.NotAKey();
    }

    /// <summary>string curve name, string point, mpint scalar.</summary>
    public static EcdsaPrivateKey ReadOpenSsh(ref SshReader reader, EcdsaCurve curve)
    {
        if (reader.AsciiName(KeyTypes.MaxName) != curve.Name)
        {
            throw SshKeyFileException.NotAKey();
        }

        ReadOnlySpan<byte> point = reader.String(curve.PointSize);
        return From(curve, reader.MpInt(curve.Size), point);
    }

    public override byte[] Sign(string algorithm, ReadOnlySpan<byte> data)
    {
        using ECDsa key = ECDsa.Create(new ECParameters { Curve = _curve.Curve, D = _d, Q = _q });
        byte[] raw = key.SignData(data, _curve.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        ArrayBufferWriter<byte> signature = new();
        SshWriter writer = new(signature);
        writer.MpInt(raw.AsSpan(0, _curve.Size));
        writer.MpInt(raw.AsSpan(_curve.Size));
        return signature.WrittenSpan.ToArray();
    }

    public override void WritePrivate(ref SshWriter writer)
    {
        WritePublic(ref writer);
        writer.MpInt(_d);
    }

    public override void Dispose() => CryptographicOperations.ZeroMemory(_d);

    protected override void WritePublic(ref SshWriter writer)
    {
        writer.String(_curve.KeyType);
        writer.String(_curve.Name);
        writer.String(Point());
    }

    private byte[] Point() => [4, .. _q.X!, .. _q.Y!];
}
