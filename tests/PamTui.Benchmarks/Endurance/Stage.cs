using System.Globalization;
using PamTui.EndToEnd;
using PamTui.Servers;
using PamTui.Ssh.Keys;

namespace PamTui.Benchmarks.Endurance;

/// <summary>The built gateway over a fresh vault, with one account on an <see cref="EchoServer"/>.</summary>
internal sealed class Stage : IAsyncDisposable
{
    // One source opens everything here.
    private const string Settings = """{ "Gateway": { "MaxStartupsPerSource": 1000, "StartDropping": 1000, "MaxStartups": 2000, "MaxConnections": 10000 } }""";

    private readonly Vault _vault;
    private readonly SshPrivateKey _alice;
    private readonly ServerProcess _gateway;
    private readonly int _port;

    private Stage(Vault vault, SshPrivateKey alice, EchoServer target, ServerProcess gateway, int port) =>
        (_vault, _alice, Target, _gateway, _port) = (vault, alice, target, gateway, port);

    public EchoServer Target { get; }

    public static async Task<Stage> StartAsync()
    {
        (Vault vault, SshKeyFile alice) = await Vault.MakeAsync();
        vault.Settings(Settings);
        SshKeyFile deploy = await SshKeyFile.MakeAsync(vault.Files, "deploy");
        using SshPrivateKey deployKey = SshPrivateKey.Parse(File.ReadAllBytes(deploy.Path));
        EchoServer target = new(deployKey.PublicKey);
        (await vault.RunAsync("resource", "add", "echo", "--kind", "linux", "--host", "127.0.0.1", "--port", target.Port.ToString(CultureInfo.InvariantCulture), "--host-key", target.HostKeyFingerprint)).Succeeded();
        (await vault.RunAsync("account", "add", "echo/deploy", "--username", "deploy", "--private-key-file", deploy.Path, "--unverified")).Succeeded();
        int port = FreePort.Next();
        ServerProcess gateway = ServerProcess.Start(Vault.Program, ["gateway", "--data", vault.Data, "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")]);
        await gateway.LineAsync("listening on");
        return new Stage(vault, SshPrivateKey.Parse(File.ReadAllBytes(alice.Path)), target, gateway, port);
    }

    public ProcessState Gateway => ProcessState.Of(_gateway.Id);

    public Task<BrokeredSession> OpenAsync(CancellationToken ct) => BrokeredSession.OpenAsync(_port, "alice@deploy@echo", _alice, ct);

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await Target.DisposeAsync();
        _alice.Dispose();
        _vault.Dispose();
    }
}
