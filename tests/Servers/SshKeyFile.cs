namespace PamTui.Servers;

/// <summary>A key pair made by ssh-keygen.</summary>
/// <param name="Path">The private key; the public one is beside it with ".pub".</param>
/// <param name="PublicLine">"ssh-ed25519 AAAA… comment".</param>
/// <param name="Fingerprint">"SHA256:…", as ssh-keygen -l prints it.</param>
public sealed record SshKeyFile(string Path, string PublicLine, string Fingerprint)
{
    public string KeyType => PublicLine.Split(' ')[0];

    public byte[] PrivateBytes => File.ReadAllBytes(Path);

    /// <param name="type">ed25519, ecdsa, rsa.</param>
    /// <param name="more">Further options of ssh-keygen ("-b", "3072", "-m", "PEM").</param>
    public static async Task<SshKeyFile> MakeAsync(TempFolder folder, string name, string type = "ed25519", string passphrase = "", params string[] more)
    {
        string path = folder.PathOf(name);
        (await Run.ProgramAsync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-C", name, "-f", path, .. more], null)).Succeeded();
        string line = (await File.ReadAllTextAsync(path + ".pub")).Trim();
        RunResult shown = (await Run.ProgramAsync("ssh-keygen", "-l", "-E", "sha256", "-f", path + ".pub")).Succeeded();
        return new SshKeyFile(path, line, shown.Text.Split(' ')[1]);
    }
    /// <summary>Has <paramref name="ca"/> certify it: <c>ssh-keygen -s</c> with these options; each certificate is a file of its own.</summary>
    public async Task<string> CertifyAsync(SshKeyFile ca, params string[] options)
    {
        string copy = Path + "-" + Guid.NewGuid().ToString("N");
        File.Copy(Path + ".pub", copy + ".pub");
        (await Run.ProgramAsync("ssh-keygen", ["-q", "-s", ca.Path, .. options, copy + ".pub"], null)).Succeeded();
        return copy + "-cert.pub";
    }
}
