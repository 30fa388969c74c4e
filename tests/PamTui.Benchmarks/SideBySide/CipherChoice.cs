namespace PamTui.Benchmarks.SideBySide;

/// <summary>What every leg of a bulk run is made to use.</summary>
internal sealed record CipherChoice(string Name, string Cipher, string Mac)
{
    public static IReadOnlyList<CipherChoice> All { get; } =
    [
        new("gcm", "aes256-gcm@openssh.com", "hmac-sha2-256-etm@openssh.com"),
        new("chacha", "chacha20-poly1305@openssh.com", "hmac-sha2-256-etm@openssh.com"),
        new("ctr", "aes128-ctr", "hmac-sha2-256-etm@openssh.com"),
    ];

    public string Words => Name == "ctr" ? "aes128-ctr + hmac-sha2-256-etm" : Cipher.Replace("@openssh.com", "", StringComparison.Ordinal);
}
