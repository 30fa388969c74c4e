using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Statements;
using PamTui.Gateway;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>
/// A gateway before a real PostgreSQL, and a stock `ssh -N -L` to account shop-db/analytics (alias "analytics"). The server has a database
/// `shop` that the role owns.
/// </summary>
public sealed class PostgresTunnel : IAsyncDisposable
{
    public const string Password = "tunnel-p4ss'word";

    private readonly List<ServerProcess> _tunnels = [];

    private PostgresTunnel(TestGateway gateway, Postgres server) => (Gateway, Server) = (gateway, server);

    public TestGateway Gateway { get; }

    public Postgres Server { get; }

    /// <summary>The local end for alice.</summary>
    public int Port { get; private set; }

    public static async Task<PostgresTunnel> StartAsync(TlsMode tls = TlsMode.Verify, IReadOnlyList<string>? config = null, string? hba = null, GatewayOptions? options = null)
    {
        Postgres server = await Postgres.StartAsync(config: config, hba: hba);
        PostgresTunnel tunnel = new(await TestGateway.StartAsync(options), server);
        await server.SqlAsync($"CREATE ROLE analytics LOGIN PASSWORD '{Password.Replace("'", "''", StringComparison.Ordinal)}'");
        await server.SqlAsync("CREATE DATABASE shop OWNER analytics");
        await tunnel.AddResourceAsync("shop-db", server.Port, server.Ca.Pem, tls);
        await tunnel.Gateway.AddAccountAsync("shop-db/analytics", CredentialType.Password, Encoding.UTF8.GetBytes(Password), "analytics", "analytics");
        tunnel.Port = await tunnel.OpenAsync(tunnel.Gateway.AliceKey, "alice", "analytics");
        return tunnel;
    }

    public async Task AddResourceAsync(string name, int port, string? ca, TlsMode tls) => TestGateway.Ok(await Gateway.Product.Resources.AddAsync(
        TestGateway.Local, new ResourceDraft(name, ResourceKind.PostgreSql, Postgres.Host, port, "shop", tls, tls == TlsMode.Verify ? ca : null, [], false, "", Metadata.Empty), CancellationToken.None));

    /// <summary>`ssh -N -L port:HOST:5432 user@gw`.</summary>
    public async Task<int> OpenAsync(SshKeyFile key, string user, string host)
    {
        int port = FreePort.Next();
        ServerProcess ssh = ServerProcess.Start(Tools.Need("ssh"), [
            .. Gateway.SshOptions(key), "-N", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo forwarded", "-o", "ExitOnForwardFailure=yes",
            "-L", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}:{host}:5432"), user + "@127.0.0.1"]);
        _tunnels.Add(ssh);
        await ssh.LineAsync("forwarded");
        return port;
    }

    /// <summary>The `ssh` of the last tunnel.</summary>
    public ServerProcess LastSsh => _tunnels[^1];

    public Task<RunResult> PsqlAsync(string sql, params string[] options) => PsqlAsync(Port, sql, options);

    public static Task<RunResult> PsqlAsync(int port, string sql, params string[] options) =>
        Run.ProgramAsync("psql", [.. PsqlOptions(port), .. options, "shop"], Encoding.UTF8.GetBytes(sql));

    public static IReadOnlyList<string> PsqlOptions(int port) =>
        ["-X", "-A", "-t", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "whoever", "-p", port.ToString(CultureInfo.InvariantCulture)];

    /// <summary>What the log of a session has, once the session has ended.</summary>
    public async Task<IReadOnlyList<Statement>> StatementsAsync(long session)
    {
        await Gateway.EndedAsync(session);
        Result<StatementPage> page = await Gateway.Product.Statements.ReadAsync(
            TestGateway.Local, session, new StatementQuery(), new PageRequest(0, PageRequest.MaxLimit), CancellationToken.None);
        return [.. TestGateway.Ok(page).Page.Items.Select(item => item.Statement)];
    }

    public async Task<SessionRecord> LastSessionAsync() => (await Gateway.SessionsAsync())[^1];

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess ssh in _tunnels)
        {
            await ssh.DisposeAsync();
        }

        await Gateway.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>One of them for the tests of a class.</summary>
public sealed class PostgresTunnelFixture : IAsyncLifetime
{
    public PostgresTunnel Tunnel { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Tunnel = await PostgresTunnel.StartAsync();

    public ValueTask DisposeAsync() => Tunnel.DisposeAsync();
}
