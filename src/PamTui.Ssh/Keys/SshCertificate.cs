using System.Text;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Keys;

/// <summary>
/// An OpenSSH certificate (PROTOCOL.certkeys), immutable and read to its last byte, of every key type there is. Being well-formed says nothing:
/// whether it is worth anything is <see cref="CertificateCheck"/>'s to say.
/// </summary>
public sealed class SshCertificate
{
    /// <summary>Room for RSA keys of 8192 bits on both sides and a long list of principals; nothing longer is looked at.</summary>
    public const int MaxBlob = 8 * 1024;

    private const int MaxNonce = 256;
    private const int MaxKeyId = 1024;
    private const int MaxPrincipals = 256;
    private const int MaxPrincipal = 1024;
    private const int MaxSignature = 2048;

    private readonly byte[] _blob;
    private readonly byte[][] _principals;
    private readonly byte[] _signature;
    private readonly int _signedLength;

    private SshCertificate(byte[] blob, byte[][] principals, byte[] signature, int signedLength) =>
        (_blob, _principals, _signature, _signedLength) = (blob, principals, signature, signedLength);

    /// <summary>The type the blob names, such as <c>ssh-ed25519-cert-v01@openssh.com</c>.</summary>
    public required string KeyType { get; init; }

    /// <summary>The key that is certified.</summary>
    public required SshPublicKey Key { get; init; }

    public required ulong Serial { get; init; }

    public required CertificateKind Kind { get; init; }

    /// <summary>The CA's name for it, for logs; escaped.</summary>
    public required string KeyId { get; init; }

    /// <summary>Seconds since 1970; from this second on.</summary>
    public required ulong ValidAfter { get; init; }

    /// <summary>Seconds since 1970; up to the second before. 2⁶⁴−1: without end.</summary>
    public required ulong ValidBefore { get; init; }

    public required CertificateOptions Options { get; init; }

    /// <summary>What it allows, such as <c>permit-pty</c>.</summary>
    public required IReadOnlyList<string> Extensions { get; init; }

    /// <summary>The CA's key, as the certificate names it.</summary>
    public required SshPublicKey Authority { get; init; }

    /// <summary>The algorithm the CA's signature says it is of.</summary>
    public required string AuthorityAlgorithm { get; init; }

    /// <summary>The certificate as SSH sends it.</summary>
    public ReadOnlyMemory<byte> Blob => _blob;

    /// <summary>Whom it speaks for, escaped, to be shown. To compare, ask <see cref="Names"/>.</summary>
    public IReadOnlyList<string> Principals => [.. _principals.Select(principal => PeerText.Show(principal))];

    /// <summary>Reads a blob by the type it declares; a type outside <paramref name="allowedTypes"/> never reaches its parser (A14).</summary>
    /// <exception cref="SshProtocolException">Whatever is not a well-formed certificate, and one whose CA key is itself certified (A13, B17).</exception>
    public static SshCertificate Parse(ReadOnlySpan<byte> blob, IReadOnlyCollection<string>? allowedTypes = null)
    {
        if (blob.Length > MaxBlob)
        {
            throw new SshProtocolException($"A certificate of {blob.Length} bytes came where at most {MaxBlob} are allowed.");
        }

        SshReader r = new(blob);
        string type = r.AsciiName(KeyTypes.MaxName);
        if ((allowedTypes is not null && !allowedTypes.Contains(type, StringComparer.Ordinal))
            || CertificateNames.PlainOf(type) is not { } plain || CertificateNames.Of(KeyTypes.OfAlgorithm(plain)) != type)
        {
            throw new SshProtocolException("A certificate is of a type that is not known or not allowed here.");
        }

        r.String(MaxNonce);
        SshPublicKey key = SshPublicKey.ReadFields(plain, ref r, blob);
        ulong serial = r.UInt64();
        uint kind = r.UInt32();
        if (kind is not ((uint)CertificateKind.User or (uint)CertificateKind.Host))
        {
            throw new SshProtocolException("A certificate is neither for users nor for hosts.");
        }

        string keyId = PeerText.Show(r.String(MaxKeyId));
        byte[][] principals = ReadPrincipals(r.String(MaxBlob));
        ulong validAfter = r.UInt64();
        ulong validBefore = r.UInt64();
        CertificateOptions options = CertificateOptions.Read(r.String(MaxBlob));
        IReadOnlyList<string> extensions = CertificateOptions.ReadExtensions(r.String(MaxBlob));
        r.String(MaxBlob); // Reserved.
        // By its declared type before anything of it is parsed: no certificate signs a certificate, so nothing here nests (A13).
        SshPublicKey authority = SshPublicKey.Parse(r.String(SshPublicKey.MaxBlob), CertificateNames.AuthorityTypes);
        int signedLength = blob.Length - r.Remaining;
        ReadOnlySpan<byte> signature = r.String(MaxSignature);
        r.End();
        SshReader inner = new(signature);
        return new SshCertificate(blob.ToArray(), principals, signature.ToArray(), signedLength)
        {
            KeyType = type,
            Key = key,
            Serial = serial,
            Kind = (CertificateKind)kind,
            KeyId = keyId,
            ValidAfter = validAfter,
            ValidBefore = validBefore,
            Options = options,
            Extensions = extensions,
            Authority = authority,
            AuthorityAlgorithm = inner.AsciiName(KeyTypes.MaxName),
        };
    }

    /// <summary>The name of the certified form of a host key or signature algorithm, for <see cref="AlgorithmPreferences.HostKeys"/>.</summary>
    public static string AlgorithmOf(string signatureAlgorithm) => CertificateNames.Of(signatureAlgorithm);

    /// <summary>
    /// Whether it speaks for exactly this name, byte for byte: no commas, no patterns, no case, and a list without names speaks for nobody (B18).
    /// </summary>
    public bool Names(string principal)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(principal);
        return wanted.Length > 0 && Array.Exists(_principals, principal => principal.AsSpan().SequenceEqual(wanted));
    }

    /// <summary>One line as in a <c>-cert.pub</c> file, without comment.</summary>
    public override string ToString() => $"{KeyType} {Convert.ToBase64String(_blob)}";

    internal bool IsSignedByAuthority() => Authority.Verify(AuthorityAlgorithm, _signature, _blob.AsSpan(0, _signedLength));

    private static byte[][] ReadPrincipals(ReadOnlySpan<byte> list)
    {
        SshReader r = new(list);
        List<byte[]> principals = [];
        while (r.Remaining > 0)
        {
            if (principals.Count == MaxPrincipals)
            {
                throw new SshProtocolException($"A certificate names more than {MaxPrincipals} principals.");
            }

            principals.Add(r.String(MaxPrincipal).ToArray());
        }

        return [.. principals];
    }
}
