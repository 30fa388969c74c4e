namespace PamTui.Ssh.Keys;

/// <summary>Names of key types; those of signature algorithms are the same but for RSA.</summary>
internal static class KeyTypes
{
    public const string Ed25519 = "ssh-ed25519";
    public const string EcdsaP256 = "ecdsa-sha2-nistp256";
    public const string EcdsaP384 = "ecdsa-sha2-nistp384";
    public const string EcdsaP521 = "ecdsa-sha2-nistp521";
    public const string Rsa = "ssh-rsa";
    public const string SecurityKeyEd25519 = "sk-ssh-ed25519@openssh.com";
    public const string SecurityKeyEcdsa = "sk-ecdsa-sha2-nistp256@openssh.com";
    public const string RsaSha256 = "rsa-sha2-256";
    public const string RsaSha512 = "rsa-sha2-512";

    /// <summary>Room for every name above, and no more than a sane stranger needs.</summary>
    public const int MaxName = 64;

    /// <summary>The type of the keys that sign by an algorithm: one RSA key type has two algorithms (RFC 8332 §3).</summary>
    public static string OfAlgorithm(string signatureAlgorithm) =>
        signatureAlgorithm is RsaSha256 or RsaSha512 ? Rsa : signatureAlgorithm;
}
