using System.Numerics;
using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>RFC 4253 §6.6: mpint e, mpint n. Signatures are those of RFC 8332 only.</summary>
internal sealed class RsaPublicKey : PublicKeyMaterial
{
    public const int MinBits = 2048;

    /// <summary>A verification costs the square of this; nobody's real key is longer (A12).</summary>
    public const int MaxBits = 8192;

    private const int MaxExponentBytes = 4;

    private readonly byte[] _e;
    private readonly byte[] _n;

    private RsaPublicKey(byte[] e, byte[] n)
    {
        _e = e;
        _n = n;
        Bits = BitsOf(n);
    }

    public override int Bits { get; }

    public override IReadOnlyList<string> SignatureAlgorithms { get; } = [KeyTypes.RsaSha512, KeyTypes.RsaSha256];

    public static HashAlgorithmName HashOf(string algorithm) =>
        algorithm == KeyTypes.RsaSha512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;

    public static RsaPublicKey Read(ref SshReader reader)
    {
        ReadOnlySpan<byte> e = reader.MpInt(MaxExponentBytes);
        ReadOnlySpan<byte> n = reader.MpInt(SshPublicKey.MaxBlob);
        int bits = BitsOf(n);
        if (bits is < MinBits or > MaxBits)
        {
            throw new SshProtocolException($"An RSA key has {bits} bits: {MinBits} to {MaxBits} are taken.");
        }

        if (BitsOf(e) < 2 || (e[^1] & 1) == 0 || (n[^1] & 1) == 0)
        {
            throw new SshProtocolException("An RSA public key has an exponent or modulus that no sound key has.");
        }

        return new RsaPublicKey(e.ToArray(), n.ToArray());
    }

    public override bool Verify(string algorithm, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> tail, ReadOnlySpan<byte> data)
    {
        if (!tail.IsEmpty || signature.Length > _n.Length)
        {
            return false;
        }

        // RFC 8332 §3 wants the modulus' length, some peers drop leading zeros.
        Span<byte> padded = stackalloc byte[_n.Length];
        padded.Clear();
        signature.CopyTo(padded[(_n.Length - signature.Length)..]);
        using RSA key = RSA.Create(new RSAParameters { Exponent = _e, Modulus = _n });
        return key.VerifyData(data, padded, HashOf(algorithm), RSASignaturePadding.Pkcs1);
    }

    private static int BitsOf(ReadOnlySpan<byte> magnitude) =>
        magnitude.IsEmpty ? 0 : (magnitude.Length * 8) - BitOperations.LeadingZeroCount((uint)magnitude[0] << 24);
}
