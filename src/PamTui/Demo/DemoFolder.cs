using System.Text;
using PamTui.Ssh.Keys;

namespace PamTui.Demo;

/// <summary>The demo's throw-away folder: for its owner alone, gone at the end.</summary>
internal sealed class DemoFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pamtui-demo-");

    public string Vault => Path.Combine(_folder.FullName, "vault");

    public string KeyFile => Path.Combine(_folder.FullName, "key");

    public string KnownHosts => Path.Combine(_folder.FullName, "known_hosts");

    /// <summary>Settings of ssh that sign in to the gateway, for the lines that a person copies in the TUI.</summary>
    public string SshSettings => Path.Combine(_folder.FullName, "ssh_config");

    /// <summary>The key that signs in to the gateway as the demo's admin; ssh refuses one that others can read.</summary>
    public void WriteKey(SshPrivateKey key)
    {
        byte[] content = key.WriteOpenSsh();
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream file = new(KeyFile, options);
        file.Write(content);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
    }

    public static string LineOf(SshPublicKey key, string comment) => $"{key.KeyType} {Convert.ToBase64String(key.Blob.Span)} {comment}";

    /// <summary>The gateway's host keys, and the settings that look for them there.</summary>
    public void WriteKnownHosts(string content)
    {
        Write(KnownHosts, content);
        Write(SshSettings, $"""
            Host *
                IdentityFile {KeyFile}
                IdentitiesOnly yes
                UserKnownHostsFile {KnownHosts}
                GlobalKnownHostsFile /dev/null
                StrictHostKeyChecking yes

            """);
    }

    private static void Write(string file, string content) => File.WriteAllText(file, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    public void Dispose() => _folder.Delete(recursive: true);
}
