using System.Globalization;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>
/// A vault, a target with a real sshd, a gateway before it, and alice's own SSH settings: host `web` is account deploy of web-1
/// through the gateway, host `gw` is the gateway itself, and `*.pam` are accounts as hosts behind it. Keys are agreed on by curve25519: the
/// client's own first choice, sntrup761, takes it three times the processor; OpenSshTests, DemoTests and its own scripts use that.
/// </summary>
public sealed class World : IAsyncDisposable
{
    private World(Vault vault, SshKeyFile alice, SshKeyFile deploy, Sshd target)
    {
        Vault = vault;
        Alice = alice;
        Deploy = deploy;
        Target = target;
    }

    public Vault Vault { get; }

    public SshKeyFile Alice { get; }

    /// <summary>The account's key; alice's tools never see it.</summary>
    public SshKeyFile Deploy { get; }

    public Sshd Target { get; }

    public GatewayProcess Gateway { get; private set; } = null!;

    public string Config { get; private set; } = "";

    public string KnownHosts { get; private set; } = "";

    public TempFolder Files => Vault.Files;

    /// <param name="settings">appsettings.json of the vault.</param>
    /// <param name="target">Further lines of the target's sshd_config.</param>
    /// <param name="prepare">Puts files beside the vault before the gateway starts.</param>
    public static async Task<World> StartAsync(string? settings = null, IReadOnlyList<string>? target = null, Action<Vault>? prepare = null)
    {
        (Vault vault, SshKeyFile alice) = await Vault.MakeAsync();
        SshKeyFile deploy = await SshKeyFile.MakeAsync(vault.Files, "deploy");

        // Not the usual debug level, whose lines sshd also writes into sessions' stderr.
        Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [deploy.PublicLine], Config: [.. target ?? [], "LogLevel VERBOSE"]));
        if (settings is not null)
        {
            vault.Settings(settings);
        }

        prepare?.Invoke(vault);
        World world = new(vault, alice, deploy, sshd);
        (await vault.HereAsync(
            "resource", "add", "web-1", "--kind", "linux", "--host", Sshd.Host, "--port", Text(sshd.Port), "--host-key", sshd.HostKey.Fingerprint, "--meta", "env=prod")).Succeeded();
        (await vault.HereAsync(
            "account", "add", "web-1/deploy", "--username", Environment.UserName, "--private-key-file", deploy.Path, "--alias", "web-root", "--meta", "team=payments")).Succeeded();
        await world.StartGatewayAsync();
        return world;
    }

    /// <summary>Starts a gateway, or after the first has gone another one where it was: the same node, which closes what the dead one left.</summary>
    public async Task StartGatewayAsync(params string[] options)
    {
        Gateway = await GatewayProcess.StartAsync(Vault, Gateway?.Port, options);
        StringBuilder known = new();
        foreach (string file in Directory.GetFiles(Path.Combine(Vault.Data, "host-keys"), "*.pub"))
        {
            known.Append(CultureInfo.InvariantCulture, $"[127.0.0.1]:{Gateway.Port} {await File.ReadAllTextAsync(file)}");
        }

        KnownHosts = Files.Write("known_hosts", known.ToString());
        Config = Files.Write("ssh_config", $"""
            Host web
              User alice@deploy@web-1
            Host gw
              User alice
            Host web gw 127.0.0.1
              HostName 127.0.0.1
              Port {Gateway.Port}
            Host *.pam
              ProxyJump alice@gw
            Host *
              HostKeyAlias [127.0.0.1]:{Gateway.Port}
              IdentityFile {Alice.Path}
              IdentitiesOnly yes
              BatchMode yes
              UserKnownHostsFile {KnownHosts}
              GlobalKnownHostsFile /dev/null
              StrictHostKeyChecking yes
              UpdateHostKeys no
              KexAlgorithms curve25519-sha256

            """);
    }

    /// <summary>Runs `ssh` with alice's settings.</summary>
    public Task<RunResult> SshAsync(params string[] arguments) => SshWithInputAsync(null, arguments);

    public Task<RunResult> SshWithInputAsync(byte[]? input, params string[] arguments) => Run.ProgramAsync("ssh", ["-F", Config, .. arguments], input);

    /// <summary>A running `ssh` that a test looks at.</summary>
    public ServerProcess StartSsh(params string[] arguments) => ServerProcess.Start(Tools.Need("ssh"), ["-F", Config, .. arguments]);

    /// <summary>Runs a line of bash in which $F is `-F` and alice's settings.</summary>
    public Task<RunResult> BashAsync(string line, TimeSpan? limit = null) =>
        Run.ProgramAsync("bash", ["-o", "pipefail", "-c", line], null, new Dictionary<string, string?> { ["F"] = "-F" + Config }, Files.Path, limit);

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        await Target.DisposeAsync();
        Vault.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One world for the tests of a class, made by the first that needs it.</summary>
public sealed class WorldFixture : IAsyncDisposable
{
    private readonly Lazy<Task<World>> _world = new(() => World.StartAsync());

    public Task<World> WorldAsync() => _world.Value;

    public async ValueTask DisposeAsync()
    {
        if (_world.IsValueCreated && _world.Value.IsCompletedSuccessfully)
        {
            await (await _world.Value).DisposeAsync();
        }
    }
}
