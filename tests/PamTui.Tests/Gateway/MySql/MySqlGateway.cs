using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Statements;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>
/// A gateway before a real MariaDB with verified TLS: accounts shop-db/writer (alias "shop"), shop-db/ed (MariaDB's ed25519), and alice, who
/// may use all of them.
/// </summary>
[CollectionDefinition(nameof(MySqlGateway))]
public sealed class MySqlGateway : ICollectionFixture<MySqlGateway>, IAsyncLifetime
{
    public const string Password = "correct-horse-canary-battery";

    public TestGateway Gateway { get; private set; } = null!;

    public MariaDb Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Gateway = await TestGateway.StartAsync();
        Server = await MariaDb.StartAsync(options: ["--plugin-load-add=auth_ed25519", "--max-allowed-packet=128M", "--performance-schema=ON"]);
        await Server.SqlAsync($"""
            CREATE DATABASE shop; CREATE DATABASE other;
            CREATE USER writer@'%' IDENTIFIED BY '{Password}' REQUIRE SSL;
            GRANT ALL ON *.* TO writer@'%';
            CREATE USER ed@'%' IDENTIFIED VIA ed25519 USING PASSWORD('{Password}');
            GRANT ALL ON shop.* TO ed@'%';
            """);
        await AddResourceAsync("shop-db", Server.Port, TlsMode.Verify, Server.Ca.Pem);
        await AddAccountAsync("shop-db/writer", "writer", Password, "shop");
        await AddAccountAsync("shop-db/ed", "ed", Password, null);
    }

    public async Task AddResourceAsync(string name, int port, TlsMode tls, string? ca, string? database = "shop") => TestGateway.Ok(await Gateway.Product.Resources.AddAsync(
        TestGateway.Local, new ResourceDraft(name, ResourceKind.MySql, MariaDb.Host, port, database, tls, ca, [], false, "", Metadata.Empty), CancellationToken.None));

    public Task AddAccountAsync(string reference, string username, string password, string? alias) =>
        Gateway.AddAccountAsync(reference, CredentialType.Password, Encoding.UTF8.GetBytes(password), alias, username);

    /// <summary>`ssh -N -L PORT:ACCOUNT:3306 alice@gw`.</summary>
    public async Task<Tunnel> TunnelAsync(string account, SshKeyFile? key = null, string user = "alice")
    {
        int port = FreePort.Next();
        ServerProcess ssh = ServerProcess.Start(Tools.Need("ssh"), [
            .. Gateway.SshOptions(key ?? Gateway.AliceKey).Select(option => option == "LogLevel=INFO" ? "LogLevel=DEBUG1" : option), "-N", "-o", "ExitOnForwardFailure=yes",
            "-L", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}:{account}:3306"), user + "@127.0.0.1"]);
        await ssh.LineAsync("Entering interactive session");
        return new Tunnel(ssh, port);
    }

    public async Task<SessionRecord> LastSessionAsync() => (await Gateway.SessionsAsync())[^1];

    /// <summary>What the log has of the newest session, which is over.</summary>
    public async Task<IReadOnlyList<Statement>> LoggedAsync()
    {
        await Poll.UntilAsync("the end of the session", async () => (await LastSessionAsync()).Ended is not null);
        return await LoggedAsync((await LastSessionAsync()).Id);
    }

    public async Task<IReadOnlyList<Statement>> LoggedAsync(long session) =>
        [.. TestGateway.Ok(await Gateway.Product.Statements.ReadAsync(TestGateway.Local, session, new StatementQuery(), new PageRequest(0, PageRequest.MaxLimit), CancellationToken.None)).Page.Items.Select(item => item.Statement)];

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Gateway.DisposeAsync();
    }

    /// <summary>A port of this machine that speaks MySQL as the account.</summary>
    public sealed class Tunnel(ServerProcess ssh, int port) : IAsyncDisposable
    {
        public int Port => port;

        public string Log => ssh.Log;

        public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"Server=127.0.0.1;Port={port};User ID=nobody;Password=nothing;SslMode=None;Pooling=false;");

        /// <summary>The `mariadb` program, which knows neither user nor password.</summary>
        public Task<RunResult> CliAsync(string sql, params string[] arguments) => ProgramAsync("mariadb", Encoding.UTF8.GetBytes(sql), ["--batch", .. arguments]);

        public Task<RunResult> ProgramAsync(string program, byte[]? input, params string[] arguments) => Run.ProgramAsync(
            program, ["--no-defaults", "--host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={port}"), "--user=nobody", .. arguments], input);

        public async Task<NetworkStream> ConnectAsync()
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return new NetworkStream(socket, ownsSocket: true);
        }

        public ValueTask DisposeAsync() => ssh.DisposeAsync();
    }
}
