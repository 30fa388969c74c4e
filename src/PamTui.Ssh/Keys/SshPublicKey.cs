using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>A public key, immutable and checked to its last byte: Ed25519, ECDSA (nistp256, 384, 521), RSA of 2048 to 8192 bits, and FIDO keys.</summary>
public sealed class SshPublicKey : IEquatable<SshPublicKey>
{
    /// <summary>Room for an RSA key of 8192 bits; nothing longer is looked at (A12).</summary>
    public const int MaxBlob = 4096;

    // An RSA signature of 8192 bits and its name.
    private const int MaxSignature = 2048;

    private readonly byte[] _blob;
    private readonly PublicKeyMaterial _material;

    private SshPublicKey(string keyType, byte[] blob, PublicKeyMaterial material)
    {
        KeyType = keyType;
        _blob = blob;
        _material = material;
        Fingerprint = "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=');
    }

    /// <summary>The type the blob names, such as <c>ssh-ed25519</c>.</summary>
    public string KeyType { get; }

    /// <summary>The key as SSH sends it (RFC 4253 §6.6).</summary>
    public ReadOnlyMemory<byte> Blob => _blob;

    /// <summary><c>SHA256:</c> and unpadded base64, as OpenSSH shows it.</summary>
    public string Fingerprint { get; }

    public int Bits => _material.Bits;

    /// <summary>What <see cref="Verify"/> takes, best first: for an <c>ssh-rsa</c> key rsa-sha2-512 and rsa-sha2-256, never SHA-1.</summary>
    public IReadOnlyList<string> SignatureAlgorithms => _material.SignatureAlgorithms;

    /// <summary>
    /// Reads a blob by the type it declares; a type outside <paramref name="allowedTypes"/> never reaches its parser (A14), and certificates
    /// are not keys (A13, B17). Throws <see cref="SshProtocolException"/> for whatever is not a sound key.
    /// </summary>
    public static SshPublicKey Parse(ReadOnlySpan<byte> blob, IReadOnlyCollection<string>? allowedTypes = null)
    {
        if (blob.Length > MaxBlob)
        {
            throw new SshProtocolException($"A public key of {blob.Length} bytes came where at most {MaxBlob} are allowed.");
        }

        SshReader reader = new(blob);
        string type = reader.AsciiName(KeyTypes.MaxName);
        if (allowedTypes is not null && !allowedTypes.Contains(type, StringComparer.Ordinal))
        {
            throw new SshProtocolException("A public key is of a type that is not allowed here.");
        }

        PublicKeyMaterial material = ReadMaterial(type, ref reader);
        reader.End();
        return new SshPublicKey(type, blob.ToArray(), material);
    }

    /// <summary>
    /// True when <paramref name="signatureBlob"/> (string algorithm, string signature) is this key's signature of <paramref name="data"/> under
    /// exactly <paramref name="signatureAlgorithm"/>. Never throws for what a peer sends. A security key must have been touched (B20), and with
    /// <paramref name="requireUserVerification"/> have verified its user (by PIN or finger), which no other key can say.
    /// </summary>
    public bool Verify(string signatureAlgorithm, ReadOnlySpan<byte> signatureBlob, ReadOnlySpan<byte> data, bool requireUserVerification = false)
    {
        if (!_material.SignatureAlgorithms.Contains(signatureAlgorithm, StringComparer.Ordinal) || signatureBlob.Length > MaxSignature)
        {
            return false;
        }

        try
        {
            SshReader reader = new(signatureBlob);
            if (reader.AsciiName(KeyTypes.MaxName) != signatureAlgorithm)
            {
                return false;
            }

            ReadOnlySpan<byte> signature = reader.String(MaxSignature);
            ReadOnlySpan<byte> tail = reader.Rest();
            return (!requireUserVerification || (_material is SecurityKeyPublicKey && SecurityKeyPublicKey.SaysUserVerified(tail)))
                && _material.Verify(signatureAlgorithm, signature, tail, data);
        }
        catch (Exception e) when (e is SshProtocolException or CryptographicException)
        {
            return false;
        }
    }

    public bool Equals(SshPublicKey? other) => other is not null && _blob.AsSpan().SequenceEqual(other._blob);

    public override bool Equals(object? obj) => Equals(obj as SshPublicKey);

    public override int GetHashCode() => Fingerprint.GetHashCode(StringComparison.Ordinal);

    /// <summary>One line as in a <c>.pub</c> file, without comment.</summary>
    public override string ToString() => $"{KeyType} {Convert.ToBase64String(_blob)}";

    /// <summary>The key of a certificate: the fields of its type, without the type, at the place where <paramref name="reader"/> is in <paramref name="whole"/>.</summary>
    internal static SshPublicKey ReadFields(string type, ref SshReader reader, ReadOnlySpan<byte> whole)
    {
        int start = whole.Length - reader.Remaining;
        PublicKeyMaterial material = ReadMaterial(type, ref reader);
        byte[] fields = whole[start..^reader.Remaining].ToArray();
        return new SshPublicKey(
            type,
            Payload.Of((ref w) =>
            {
                w.String(type);
                w.Raw(fields);
            }),
            material);
    }

    private static PublicKeyMaterial ReadMaterial(string type, ref SshReader reader) => type switch
    {
        KeyTypes.Ed25519 => Ed25519PublicKey.Read(ref reader),
        KeyTypes.EcdsaP256 => EcdsaPublicKey.Read(ref reader, EcdsaCurve.P256),
        KeyTypes.EcdsaP384 => EcdsaPublicKey.Read(ref reader, EcdsaCurve.P384),
        KeyTypes.EcdsaP521 => EcdsaPublicKey.Read(ref reader, EcdsaCurve.P521),
        KeyTypes.Rsa => RsaPublicKey.Read(ref reader),
        KeyTypes.SecurityKeyEd25519 => SecurityKeyPublicKey.ReadEd25519(ref reader),
        KeyTypes.SecurityKeyEcdsa => SecurityKeyPublicKey.ReadEcdsa(ref reader),
        _ => throw new SshProtocolException("A public key is of an unknown type."),
    };
}
