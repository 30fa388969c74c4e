using System.Globalization;
using System.Text;
using Xunit;

namespace PamTui.Servers;

/// <param name="HostKeyTypes">The host keys it has: ed25519, ecdsa, rsa.</param>
/// <param name="AuthorizedKeys">Public key lines that may sign in, as any user it lets in.</param>
/// <param name="Config">Lines of sshd_config that come first, so they win.</param>
/// <param name="UsePam">Password sign-in through PAM, which also knows expired and locked accounts (root only); its rules are this server's own.</param>
/// <param name="Passwords">With PAM: what a new password must pass, as lines of PAM without their first word; null: what Debian asks for.</param>
/// <param name="Mounts">With PAM: files and folders that take the place of others for whoever signs in, one after the other.</param>
public sealed record SshdOptions(
    IReadOnlyList<string>? HostKeyTypes = null,
    IReadOnlyList<string>? AuthorizedKeys = null,
    IReadOnlyList<string>? Config = null,
    bool UsePam = false,
    IReadOnlyList<string>? Passwords = null,
    IReadOnlyList<(string Source, string Over)>? Mounts = null);

/// <summary>OpenSSH's sshd on a loopback port of its own, with host keys of its own.</summary>
public sealed class Sshd : IAsyncDisposable
{
    // $0 and $1, $2 and $3 and so on: what is mounted over what; then the server, in the same process.
    private const string MountAndRun = "set -- \"$0\" \"$@\"; while [ \"$1\" != -- ]; do mount --rbind \"$1\" \"$2\" || exit; shift 2; done; shift; exec \"$@\"";

    private readonly TempFolder _folder;
    private readonly ServerProcess _process;

    /// <summary>The configuration it reads, anew at SIGHUP.</summary>
    public string ConfigFile => _folder.PathOf("sshd_config");

    private Sshd(TempFolder folder, ServerProcess process, int port, IReadOnlyList<SshKeyFile> hostKeys)
    {
        _folder = folder;
        _process = process;
        Port = port;
        HostKeys = hostKeys;
    }

    public static string Host => "127.0.0.1";

    public int Port { get; }

    public int ProcessId => _process.Id;

    public IReadOnlyList<SshKeyFile> HostKeys { get; }

    public SshKeyFile HostKey => HostKeys[0];

    /// <summary>What it said so far, at LogLevel DEBUG1.</summary>
    public string Log => _process.Log;

    /// <summary>"[127.0.0.1]:PORT KEY…": known_hosts lines for its keys.</summary>
    public string KnownHosts => string.Concat(HostKeys.Select(key => string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port} {key.PublicLine}\n")));

    public static async Task<Sshd> StartAsync(SshdOptions? options = null)
    {
        options ??= new SshdOptions();
        string program = Tools.Need("sshd");
        if (options.UsePam)
        {
            Missing.NeedRoot();
            await Missing.NeedMountsAsync();
        }

        if (Tools.IsRoot)
        {
            Directory.CreateDirectory("/run/sshd");
        }

        // sshd reads authorized_keys as the user who signs in.
        TempFolder folder = new(readableByAll: true);
        List<SshKeyFile> hostKeys = [];
        foreach (string type in options.HostKeyTypes ?? ["ed25519"])
        {
            hostKeys.Add(await SshKeyFile.MakeAsync(folder, "host_" + type, type, "", type == "rsa" ? ["-b", "3072"] : []));
        }

        Directory.CreateDirectory(folder.PathOf("home"));
        string authorized = folder.Write("authorized_keys", string.Concat((options.AuthorizedKeys ?? []).Select(line => line + "\n")));
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort.Next();
            string config = folder.Write("sshd_config", Config(options, port, hostKeys, authorized, folder));
            string[] command = [program, "-D", "-e", "-f", config];
            ServerProcess process = options.UsePam
                ? ServerProcess.Start(Tools.Need("unshare"), ["--mount", "sh", "-c", MountAndRun, Pam.Write(folder, options.Passwords), "/etc/pam.d", .. (options.Mounts ?? []).SelectMany(one => new[] { one.Source, one.Over }), "--", .. command])
                : ServerProcess.Start(program, command[1..]);
            if (await process.FindLineAsync("Server listening") is not null)
            {
                return new Sshd(folder, process, port, hostKeys);
            }

            Assert.True(attempt < 5, "sshd did not start:\n" + process.Log);
            await process.DisposeAsync();
        }
    }

    public Task<string> LineAsync(string words, TimeSpan? limit = null) => _process.LineAsync(words, limit);

    /// <summary>Ends every session at once, as a crashing machine would; the listener stays.</summary>
    public void KillSessions()
    {
        foreach (int session in Signals.ChildrenOf(_process.Id))
        {
            Signals.KillTree(session);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    // What the shell of whoever runs the tests does when it starts (~/.bashrc) is no part of them: it may take seconds.
    private static string Config(SshdOptions options, int port, List<SshKeyFile> hostKeys, string authorized, TempFolder folder)
    {
        StringBuilder config = new();
        foreach (string line in options.Config ?? [])
        {
            config.Append(line).Append('\n');
        }

        foreach (SshKeyFile key in hostKeys)
        {
            config.Append(CultureInfo.InvariantCulture, $"HostKey {key.Path}\n");
        }

        config.Append(CultureInfo.InvariantCulture, $"""
            ListenAddress {Host}
            Port {port}
            PidFile {folder.PathOf("pid")}
            AuthorizedKeysFile {authorized}
            StrictModes no
            UsePAM {(options.UsePam ? "yes" : "no")}
            PermitRootLogin yes
            MaxStartups 200
            MaxSessions 64
            UseDNS no
            LogLevel DEBUG1
            Subsystem sftp internal-sftp
            AcceptEnv LANG LC_*

            """);
        if (!(options.Config ?? []).Any(line => line.StartsWith("SetEnv HOME=", StringComparison.Ordinal)))
        {
            config.Append(CultureInfo.InvariantCulture, $"Match User {Environment.UserName}\nSetEnv HOME={folder.PathOf("home")}\n");
        }

        return config.ToString();
    }
}
