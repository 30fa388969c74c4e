namespace PamTui.Ssh.Keys;

/// <summary>Names of certificates (OpenSSH's PROTOCOL.certkeys): that of the plain key type or signature algorithm, marked as certified.</summary>
internal static class CertificateNames
{
    private const string Mark = "-cert-v01@openssh.com";
    private const string Domain = "@openssh.com";

    private static readonly string[] s_plain =
    [
        KeyTypes.Ed25519, KeyTypes.EcdsaP256, KeyTypes.EcdsaP384, KeyTypes.EcdsaP521, KeyTypes.Rsa, KeyTypes.SecurityKeyEd25519,
        KeyTypes.SecurityKeyEcdsa, KeyTypes.RsaSha256, KeyTypes.RsaSha512,
    ];

    /// <summary>Types of keys that may sign certificates: never a certificate itself (A13, B17).</summary>
    public static IReadOnlyList<string> AuthorityTypes { get; } =
    [
        KeyTypes.Ed25519, KeyTypes.EcdsaP256, KeyTypes.EcdsaP384, KeyTypes.EcdsaP521, KeyTypes.Rsa, KeyTypes.SecurityKeyEd25519,
        KeyTypes.SecurityKeyEcdsa,
    ];

    /// <summary>The certified form of a key type or signature algorithm.</summary>
    public static string Of(string plain) =>
        (plain.EndsWith(Domain, StringComparison.Ordinal) ? plain[..^Domain.Length] : plain) + Mark;

    /// <summary>The plain form of a certified one; null for any other name.</summary>
    public static string? PlainOf(string name) =>
        name.EndsWith(Mark, StringComparison.Ordinal) ? Array.Find(s_plain, plain => Of(plain) == name) : null;
}
