using System.Formats.Asn1;
using System.Security.Cryptography;

namespace PamTui.Ssh.Keys;

/// <summary>The DER forms: PKCS#1 (RFC 8017 A.1.2), SEC 1 (RFC 5915), PKCS#8 clear and encrypted (RFC 5958).</summary>
internal static class Asn1KeyFile
{
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EcOid = "1.2.840.10045.2.1";
    private const string Ed25519Oid = "1.3.101.112";

    private static readonly Asn1Tag s_parameters = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag s_publicKey = new(TagClass.ContextSpecific, 1, isConstructed: true);

    public static PrivateKeyMaterial Read(string label, ReadOnlyMemory<byte> content, ReadOnlySpan<byte> passphrase)
    {
        try
        {
            return label switch
            {
                "RSA PRIVATE KEY" => ReadRsa(content),
                "EC PRIVATE KEY" => ReadEc(content, curve: null),
                "PRIVATE KEY" => ReadPkcs8(content),
                "ENCRYPTED PRIVATE KEY" => ReadEncrypted(content, passphrase),
                _ => throw SshKeyFileException.Unsupported("The private key is of a type that is not taken: Ed25519, ECDSA and RSA are."),
            };
        }
        catch (AsnContentException e)
        {
            throw SshKeyFileException.NotAKey(e);
        }
    }

    private static PrivateKeyMaterial ReadEncrypted(ReadOnlyMemory<byte> content, ReadOnlySpan<byte> passphrase)
    {
        byte[] clear = Pkcs8Encryption.Decrypt(content, passphrase);
        try
        {
            return ReadPkcs8(clear);
        }
        catch (Exception e) when (e is AsnContentException or SshKeyFileException { Reason: SshKeyFileReason.NotAKey })
        {
            // One wrong passphrase in 256 leaves sound padding.
            throw SshKeyFileException.WrongPassphrase();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }

    private static PrivateKeyMaterial ReadPkcs8(ReadOnlyMemory<byte> content)
    {
        AsnReader key = Open(content);
        if (!key.TryReadInt32(out int version) || version is < 0 or > 1)
        {
            throw SshKeyFileException.NotAKey();
        }

        AsnReader algorithm = key.ReadSequence();
        string oid = algorithm.ReadObjectIdentifier();
        if (!key.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> inner))
        {
            throw SshKeyFileException.NotAKey();
        }

        return oid switch
        {
            RsaOid => ReadRsa(inner),
            EcOid => ReadEc(inner, CurveOf(algorithm)),
            Ed25519Oid => ReadEd25519(inner),
            _ => throw SshKeyFileException.Unsupported("The private key is of a type that is not taken: Ed25519, ECDSA and RSA are."),
        };
    }

    private static Ed25519PrivateKey ReadEd25519(ReadOnlyMemory<byte> content)
    {
        AsnReader reader = new(content, AsnEncodingRules.DER);
        bool whole = reader.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> seed) && !reader.HasData;
        return whole ? Ed25519PrivateKey.FromSeed(seed.Span) : throw SshKeyFileException.NotAKey();
    }

    // version, n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p
    private static RsaPrivateKey ReadRsa(ReadOnlyMemory<byte> content)
    {
        AsnReader key = Open(content);
        if (!key.TryReadInt32(out int version) || version != 0)
        {
            throw SshKeyFileException.Unsupported("The RSA private key has more than two primes.");
        }

        ReadOnlyMemory<byte> n = Positive(key), e = Positive(key), d = Positive(key), p = Positive(key), q = Positive(key);
        Positive(key);
        Positive(key);
        Positive(key);
        key.ThrowIfNotEmpty();
        return RsaPrivateKey.From(n.Span, e.Span, d.Span, p.Span, q.Span);
    }

    // version 1, scalar, [0] curve, [1] point
    private static EcdsaPrivateKey ReadEc(ReadOnlyMemory<byte> content, EcdsaCurve? curve)
    {
        AsnReader key = Open(content);
        if (!key.TryReadInt32(out int version) || version != 1 || !key.TryReadPrimitiveOctetString(out ReadOnlyMemory<byte> scalar))
        {
            throw SshKeyFileException.NotAKey();
        }

        if (key.HasData && key.PeekTag() == s_parameters)
        {
            EcdsaCurve named = CurveOf(key.ReadSequence(s_parameters));
            curve = curve is null || curve == named ? named : throw SshKeyFileException.NotAKey();
        }

        ReadOnlyMemory<byte> point = default;
        if (key.HasData && key.PeekTag() == s_publicKey)
        {
            AsnReader wrapped = key.ReadSequence(s_publicKey);
            if (!wrapped.TryReadPrimitiveBitString(out int unused, out point) || unused != 0 || wrapped.HasData)
            {
                throw SshKeyFileException.NotAKey();
            }
        }

        key.ThrowIfNotEmpty();
        return EcdsaPrivateKey.From(curve ?? throw SshKeyFileException.NotAKey(), scalar.Span, point.Span);
    }

    private static EcdsaCurve CurveOf(AsnReader parameters)
    {
        if (parameters.HasData && parameters.PeekTag() == Asn1Tag.ObjectIdentifier && EcdsaCurve.OfOid(parameters.ReadObjectIdentifier()) is { } curve)
        {
            parameters.ThrowIfNotEmpty();
            return curve;
        }

        throw SshKeyFileException.Unsupported("The ECDSA private key is of a curve that is not taken: nistp256, nistp384 and nistp521 are.");
    }

    private static AsnReader Open(ReadOnlyMemory<byte> content)
    {
        AsnReader reader = new(content, AsnEncodingRules.DER);
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        return sequence;
    }

    private static ReadOnlyMemory<byte> Positive(AsnReader reader)
    {
        ReadOnlyMemory<byte> number = reader.ReadIntegerBytes();
        return (number.Span[0] & 0x80) == 0 ? number : throw SshKeyFileException.NotAKey();
    }
}
