using System.Globalization;
using PamTui.EndToEnd;
using PamTui.Servers;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>
/// The machines of the comparison, all on this one: sshds as targets, an sshd as jump host, and the built gateway over a fresh vault. Every
/// leg of a lab uses the same algorithms, because its targets offer nothing else.
/// </summary>
internal sealed class Rig : IAsyncDisposable
{
    // The gateway's own limits would drop 32 strangers of one source at once; sshd's are raised in the same way.
    private const string Settings = """{ "Gateway": { "MaxStartupsPerSource": 1000, "StartDropping": 1000, "MaxStartups": 2000 } }""";

    private readonly List<Sshd> _targets = [];
    private readonly Vault _vault;
    private readonly SshKeyFile _alice;
    private readonly SshKeyFile _deploy;
    private readonly Sshd _jump;
    private readonly string _address;
    private ServerProcess _gateway = null!;
    private int _port;
    private long _clockTicks;

    private Rig(Vault vault, SshKeyFile alice, SshKeyFile deploy, Sshd jump, string address) =>
        (_vault, _alice, _deploy, _jump, _address) = (vault, alice, deploy, jump, address);

    public int GatewayProcess => _gateway.Id;

    public TempFolder Files => _vault.Files;

    /// <param name="address">Where everybody listens.</param>
    /// <param name="settings">appsettings.json of the gateway.</param>
    /// <param name="program">The gateway's program; null: the built one.</param>
    /// <param name="environment">Further variables of the gateway.</param>
    public static async Task<Rig> StartAsync(string address = "127.0.0.1", string settings = Settings, string? program = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        (Vault vault, SshKeyFile alice) = await Vault.MakeAsync();
        SshKeyFile deploy = await SshKeyFile.MakeAsync(vault.Files, "deploy");
        Rig rig = new(vault, alice, deploy, await SshdAsync(deploy, address), address);
        vault.Settings(settings);
        await rig.StartGatewayAsync(program ?? Vault.Program, environment);
        return rig;
    }

    /// <summary>Processor seconds of the gateway so far.</summary>
    public double GatewaySeconds()
    {
        // proc(5): after the command, which may hold anything, utime and stime are fields 14 and 15.
        string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{_gateway.Id}/stat"));
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double)(long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / _clockTicks;
    }

    /// <summary>A target with further lines of sshd_config, and the client's configuration to get to it on every route.</summary>
    /// <param name="client">Lines of ssh_config for every hop.</param>
    /// <param name="behindGateway">Another target for the gateway alone; null: the same.</param>
    public async Task<Lab> LabAsync(string name, IReadOnlyList<string> client, IReadOnlyList<string> target, IReadOnlyList<string>? behindGateway = null)
    {
        Sshd direct = await TargetAsync(target);
        Sshd behind = behindGateway is null ? direct : await TargetAsync(behindGateway);
        (await _vault.RunAsync("resource", "add", name, "--kind", "linux", "--host", _address, "--port", Lab.Text(behind.Port), "--host-key", behind.HostKey.Fingerprint)).Succeeded();
        (await _vault.RunAsync("account", "add", name + "/deploy", "--username", Environment.UserName, "--private-key-file", _deploy.Path)).Succeeded();
        string known = string.Concat(
            new[] { ("target", direct.HostKey.PublicLine), ("jump", _jump.HostKey.PublicLine) }
                .Concat(Directory.GetFiles(Path.Combine(_vault.Data, "host-keys"), "*.pub").Select(file => ("gateway", File.ReadAllText(file).Trim())))
                .Select(entry => $"{entry.Item1} {entry.Item2}\n"));
        string knownHosts = Files.Write(name + ".known_hosts", known);
        return new Lab(Files.Write(name + ".ssh_config", $"""
            Host direct jump
              User {Environment.UserName}
              IdentityFile {_deploy.Path}
            Host direct
              Port {direct.Port}
              HostKeyAlias target
            Host jump
              Port {_jump.Port}
              HostKeyAlias jump
            Host via-jump
              User {Environment.UserName}
              IdentityFile {_deploy.Path}
              Port {direct.Port}
              HostKeyAlias target
              ProxyJump jump
            Host gateway
              User alice@deploy@{name}
              IdentityFile {_alice.Path}
              Port {_port}
              HostKeyAlias gateway
            Host *
              HostName {_address}
              IdentitiesOnly yes
              BatchMode yes
              LogLevel ERROR
              UserKnownHostsFile {knownHosts}
              GlobalKnownHostsFile /dev/null
              StrictHostKeyChecking yes
              UpdateHostKeys no
            {string.Concat(client.Select(line => $"  {line}\n"))}
            """));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        foreach (Sshd target in _targets)
        {
            await target.DisposeAsync();
        }

        await _jump.DisposeAsync();
        _vault.Dispose();
    }

    private async Task<Sshd> TargetAsync(IReadOnlyList<string> lines)
    {
        Sshd target = await SshdAsync(_deploy, _address, lines);
        _targets.Add(target);
        return target;
    }

    private static Task<Sshd> SshdAsync(SshKeyFile key, string address, params IReadOnlyList<string> lines) => Sshd.StartAsync(new SshdOptions(
        AuthorizedKeys: [key.PublicLine],
        Config: [.. lines, "LogLevel INFO", "MaxStartups 1000", .. address == Sshd.Host ? Array.Empty<string>() : ["ListenAddress " + address]]));

    private async Task StartGatewayAsync(string program, IReadOnlyDictionary<string, string?>? environment)
    {
        _clockTicks = long.Parse((await Run.ProgramAsync("getconf", "CLK_TCK")).Succeeded().Text, CultureInfo.InvariantCulture);
        _port = FreePort.Next();
        _gateway = ServerProcess.Start(program, ["gateway", "--data", _vault.Data, "--listen", string.Create(CultureInfo.InvariantCulture, $"{_address}:{_port}")], environment);
        await _gateway.LineAsync("listening on");
    }
}
