using System.Security.Cryptography;

namespace PamTui.Ssh.Keys;

/// <summary>A curve of RFC 5656 §10.1 with its names. A point is 4, x, y; the hash is the one of §6.2.1.</summary>
internal sealed record EcdsaCurve(string KeyType, string Name, string Oid, ECCurve Curve, int Size, int Bits, HashAlgorithmName Hash)
{
    public static EcdsaCurve P256 { get; } =
        new(KeyTypes.EcdsaP256, "nistp256", "1.2.840.10045.3.1.7", ECCurve.NamedCurves.nistP256, 32, 256, HashAlgorithmName.SHA256);

    public static EcdsaCurve P384 { get; } =
        new(KeyTypes.EcdsaP384, "nistp384", "1.3.132.0.34", ECCurve.NamedCurves.nistP384, 48, 384, HashAlgorithmName.SHA384);

    public static EcdsaCurve P521 { get; } =
        new(KeyTypes.EcdsaP521, "nistp521", "1.3.132.0.35", ECCurve.NamedCurves.nistP521, 66, 521, HashAlgorithmName.SHA512);

    public int PointSize => 1 + (2 * Size);

    public static EcdsaCurve? OfKeyType(string keyType) => Array.Find(All, curve => curve.KeyType == keyType);

    public static EcdsaCurve? OfOid(string? oid) => Array.Find(All, curve => curve.Oid == oid);

    private static EcdsaCurve[] All => [P256, P384, P521];
}
