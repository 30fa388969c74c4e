namespace PamTui.Core.Certificates;

/// <summary>An OpenSSH user certificate for one sign-in (PROTOCOL.certkeys), before it is signed.</summary>
/// <param name="PublicKey">The 32 bytes of the Ed25519 key that is certified.</param>
/// <param name="KeyId">What the target's own log says of whoever signs in.</param>
/// <param name="Principal">The one user it opens.</param>
/// <param name="From">The networks from which alone it is worth anything; null: it is anywhere.</param>
internal sealed record UserCertificate(
    ReadOnlyMemory<byte> PublicKey,
    ulong Serial,
    string KeyId,
    string Principal,
    DateTimeOffset ValidAfter,
    DateTimeOffset ValidBefore,
    string? From)
{
    public const string KeyType = "ssh-ed25519-cert-v01@openssh.com";
    public const int NonceBytes = 32;

    private const uint UserKind = 1;

    /// <summary>What the gateway relays of a login, in the order of their names as the format asks: it forwards nothing, so nothing that forwards is allowed.</summary>
    private static readonly string[] s_extensions = ["permit-pty", "permit-user-rc"];

    /// <summary>The certificate as SSH sends it. Fields in the order of PROTOCOL.certkeys; all of it before the signature is what is signed.</summary>
    public byte[] Sign(SigningKey authority, ReadOnlySpan<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(PublicKey.Length, SigningKey.PublicBytes);
        ArgumentOutOfRangeException.ThrowIfZero(Principal.Length);
        WireWriter certificate = new WireWriter()
            .String(KeyType)
            .String(nonce)
            .String(PublicKey.Span)
            .UInt64(Serial)
            .UInt32(UserKind)
            .String(KeyId)
            .String(new WireWriter().String(Principal).Written)
            .UInt64((ulong)ValidAfter.ToUnixTimeSeconds())
            .UInt64((ulong)ValidBefore.ToUnixTimeSeconds())
            .String(CriticalOptions())
            .String(Extensions())
            .String("")
            .String(authority.PublicBlob());
        certificate.String(authority.Sign(certificate.Written));
        return certificate.Written.ToArray();
    }

    // A value is a string inside a string (PROTOCOL.certkeys: "data" of an option is itself packed).
    private ReadOnlySpan<byte> CriticalOptions() => From is null ? [] : new WireWriter()
        .String("source-address")
        .String(new WireWriter().String(From).Written)
        .Written;

    private static ReadOnlySpan<byte> Extensions()
    {
        WireWriter extensions = new();
        foreach (string name in s_extensions)
        {
            extensions.String(name).String("");
        }

        return extensions.Written;
    }
}
