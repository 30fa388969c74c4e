using System.Numerics;
using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>An RSA key of two primes. While it is read its numbers are BigIntegers, which cannot be zeroed; what is kept can.</summary>
internal sealed class RsaPrivateKey : PrivateKeyMaterial
{
    private readonly RSAParameters _key;

    private RsaPrivateKey(RSAParameters key) => _key = key;

    /// <summary>
    /// From unsigned big-endian numbers. The CRT values are computed, not taken; the numbers must belong together, because a signature
    /// made with a wrong one gives the key away.
    /// </summary>
    public static RsaPrivateKey From(
        ReadOnlySpan<byte> modulus,
        ReadOnlySpan<byte> exponent,
        ReadOnlySpan<byte> secretExponent,
        ReadOnlySpan<byte> prime1,
        ReadOnlySpan<byte> prime2)
    {
        BigInteger n = Number(modulus), e = Number(exponent), d = Number(secretExponent), p = Number(prime1), q = Number(prime2);
        // Before any arithmetic: its cost grows with the square of the length (A12).
        if (n.GetBitLength() is < RsaPublicKey.MinBits or > RsaPublicKey.MaxBits)
        {
            throw new SshKeyFileException(
                SshKeyFileReason.Unsupported,
                $"The RSA key has {n.GetBitLength()} bits: {RsaPublicKey.MinBits} to {RsaPublicKey.MaxBits} are taken.");
        }

        int half = (int)((n.GetBitLength() + 15) / 16);
        if (p.GetBitLength() > half * 8 || q.GetBitLength() > half * 8 || d >= n || e.GetBitLength() > 32
            || p <= BigInteger.One || q <= BigInteger.One || p * q != n
            || e * d % (p - 1) != BigInteger.One || e * d % (q - 1) != BigInteger.One)
        {
            throw SshKeyFileException.NotAKey();
        }

        int size = (int)((n.GetBitLength() + 7) / 8);
        return new RsaPrivateKey(new RSAParameters
        {
            Modulus = Bytes(n, size),
            Exponent = e.ToByteArray(isUnsigned: true, isBigEndian: true),
            D = Bytes(d, size),
            P = Bytes(p, half),
            Q = Bytes(q, half),
            DP = Bytes(d % (p - 1), half),
            DQ = Bytes(d % (q - 1), half),
            // Fermat: q^(p-2) is 1/q modulo the prime p.
            InverseQ = Bytes(BigInteger.ModPow(q, p - 2, p), half),
        });
    }

    /// <summary>mpint n, e, d, iqmp, p, q.</summary>
    public static RsaPrivateKey ReadOpenSsh(ref SshReader reader)
    {
        ReadOnlySpan<byte> n = reader.MpInt(SshPublicKey.MaxBlob);
        ReadOnlySpan<byte> e = reader.MpInt(SshPublicKey.MaxBlob);
        ReadOnlySpan<byte> d = reader.MpInt(SshPublicKey.MaxBlob);
        reader.MpInt(SshPublicKey.MaxBlob);
        ReadOnlySpan<byte> p = reader.MpInt(SshPublicKey.MaxBlob);
        return From(n, e, d, p, reader.MpInt(SshPublicKey.MaxBlob));
    }

    public override byte[] Sign(string algorithm, ReadOnlySpan<byte> data)
    {
        using RSA key = RSA.Create(_key);
        return key.SignData(data, RsaPublicKey.HashOf(algorithm), RSASignaturePadding.Pkcs1);
    }

    public override void WritePrivate(ref SshWriter writer)
    {
        writer.String(KeyTypes.Rsa);
        writer.MpInt(_key.Modulus);
        writer.MpInt(_key.Exponent);
        writer.MpInt(_key.D);
        writer.MpInt(_key.InverseQ);
        writer.MpInt(_key.P);
        writer.MpInt(_key.Q);
    }

    public override void Dispose()
    {
        foreach (byte[]? secret in new[] { _key.D, _key.P, _key.Q, _key.DP, _key.DQ, _key.InverseQ })
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    protected override void WritePublic(ref SshWriter writer)
    {
        writer.String(KeyTypes.Rsa);
        writer.MpInt(_key.Exponent);
        writer.MpInt(_key.Modulus);
    }

    private static BigInteger Number(ReadOnlySpan<byte> magnitude) => new(magnitude, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number, int size)
    {
        byte[] bytes = GC.AllocateArray<byte>(size, pinned: true);
        int written = number.GetByteCount(isUnsigned: true);
        number.TryWriteBytes(bytes.AsSpan(size - written), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }
}
