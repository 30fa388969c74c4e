using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Listener;

/// <summary>
/// DIR/host-keys: ssh_host_ed25519_key, ssh_host_ecdsa_key, ssh_host_rsa_key, each with its .pub; made at the first start. A key that others
/// can read, or that is damaged, is refused and never made anew: clients know it, and a silent new identity is what they are warned of.
/// </summary>
public static class HostKeyFiles
{
    private const int MaxFile = 64 * 1024;
    private const int RsaBits = 3072;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private static readonly (string Name, Func<string, SshPrivateKey> Make)[] s_files =
    [
        ("ssh_host_ed25519_key", SshPrivateKey.GenerateEd25519),
        ("ssh_host_ecdsa_key", MakeEcdsa),
        ("ssh_host_rsa_key", MakeRsa),
    ];

    public static string FolderOf(DataFolder folder) => Path.Combine(folder.Path, "host-keys");

    /// <summary>Reads the host keys; makes them all when the folder is not there yet.</summary>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static Result<HostKeys> LoadOrMake(DataFolder folder, ILogger log)
    {
        string path = FolderOf(folder);
        if (!Directory.Exists(path))
        {
            Make(path, log);
        }

        return Load(folder);
    }

    /// <summary>Reads the host keys, for a reload: nothing is made. A file that cannot be read is a refusal: a gateway that runs goes on with what it has.</summary>
    public static Result<HostKeys> Load(DataFolder folder)
    {
        string path = FolderOf(folder);
        List<SshPrivateKey> keys = [];
        try
        {
            return ReadAll(path, keys);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            keys.ForEach(read => read.Dispose());
            return Refusal.Failed($"The host keys in {Text.Quote(path)} cannot be read: {Text.Escape(e.Message)}");
        }
    }

    /// <param name="keys">Takes what was read, also when the rest cannot be.</param>
    private static Result<HostKeys> ReadAll(string path, List<SshPrivateKey> keys)
    {
        List<SshCertificate> certificates = [];
        foreach ((string name, _) in s_files)
        {
            string file = Path.Combine(path, name);
            if (!File.Exists(file))
            {
                continue; // An operator may keep to fewer types.
            }

            Result<SshPrivateKey> key = Read(file);
            if (key.IsOk)
            {
                keys.Add(key.Value);
            }

            Result<SshCertificate?> certificate = key.IsOk ? HostCertificateFile.Read(file, key.Value.PublicKey) : (SshCertificate?)null;
            if ((key.Refusal ?? certificate.Refusal) is { } refusal)
            {
                keys.ForEach(read => read.Dispose());
                return refusal;
            }

            if (certificate.Value is { } shown)
            {
                certificates.Add(shown);
            }
        }

        return keys.Count == 0
            ? Refusal.NotFound($"There is no host key in {Text.Quote(path)}: put the gateway's keys back, or remove the folder to have new ones made, which every client will be warned of.")
            : new HostKeys(keys, certificates);
    }

    private static Result<SshPrivateKey> Read(string file)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~(OwnerFile | UnixFileMode.UserExecute)) != UnixFileMode.None)
        {
            return Refusal.NotAllowed($"The host key {Text.Quote(file)} can be read by others: run `chmod 600` on it, after making sure that nobody did.");
        }

        if (new FileInfo(file).Length > MaxFile)
        {
            return Refusal.Invalid($"{Text.Quote(file)} is longer than {MaxFile} bytes: it is no host key.");
        }

        byte[] content = File.ReadAllBytes(file);
        try
        {
            return SshPrivateKey.Parse(content);
        }
        catch (SshKeyFileException e)
        {
            return Refusal.Invalid($"The host key {Text.Quote(file)} cannot be used: {e.Reason switch
            {
                SshKeyFileReason.NeedsPassphrase => "it is locked by a passphrase",
                SshKeyFileReason.NotAKey => "it is no private key",
                _ => "its form is not supported",
            }}.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    // A folder that is there is complete: it is made aside and moved as a whole.
    private static void Make(string path, ILogger log)
    {
        string draft = path + ".new";
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(draft);
        }
        else
        {
            Directory.CreateDirectory(draft, OwnerFolder);
        }

        foreach ((string name, Func<string, SshPrivateKey> make) in s_files)
        {
            using SshPrivateKey key = make("pamtui gateway");
            byte[] content = key.WriteOpenSsh();
            Write(Path.Combine(draft, name), content);
            CryptographicOperations.ZeroMemory(content);
            string line = $"{key.PublicKey.KeyType} {Convert.ToBase64String(key.PublicKey.Blob.Span)} pamtui gateway\n";
            Write(Path.Combine(draft, name + ".pub"), Encoding.ASCII.GetBytes(line));
            Log.HostKeyMade(log, key.PublicKey.KeyType, key.PublicKey.Fingerprint);
        }

        Directory.Move(draft, path);
    }

    private static void Write(string file, ReadOnlySpan<byte> content)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        using FileStream stream = new(file, options);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    private static SshPrivateKey MakeEcdsa(string comment)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return FromPkcs8(key.ExportPkcs8PrivateKeyPem());
    }

    private static SshPrivateKey MakeRsa(string comment)
    {
        using RSA key = RSA.Create(RsaBits);
        return FromPkcs8(key.ExportPkcs8PrivateKeyPem());
    }

    private static SshPrivateKey FromPkcs8(string pem)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(pem);
        try
        {
            return SshPrivateKey.Parse(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
