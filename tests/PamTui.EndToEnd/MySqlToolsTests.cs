using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>The built program before a real MariaDB: what people use with MySQL, and what is left of the password afterwards.</summary>
public sealed class MySqlToolsTests
{
    private static readonly string Canary = "c4n4ry_Mq7!rT2-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(10));

    private static string Peers => Path.Combine(AppContext.BaseDirectory, "Peers");

    [Fact]
    public async Task Mysql2_of_npm_runs_queries_prepared_statements_several_results_and_a_pool()
    {
        await using World world = await World.StartAsync();
        await using MariaDb server = await MariaDb.StartAsync();
        await AddAsync(world, server);
        (ServerProcess ssh, int port) = await TunnelAsync(world);
        await using ServerProcess tunnel = ssh;
        string client = await Mysql2Async(world);

        RunResult result = await Run.ProgramAsync("node", [Path.Combine(client, "client.js"), Text(port)], null, folder: client);

        Assert.Equal("""
            [{"a":1,"b":"käse"}]
            1
            1
            [{"id":1,"name":"one","d":"00FF"},{"id":2,"name":null,"d":null}]
            [[{"x":1}],[{"x":2},{"x":3}]]
            1054 ER_BAD_FIELD_ERROR
            1047 ER_UNKNOWN_COM_ERROR
            [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30]

            """.ReplaceLineEndings("\n"), result.Succeeded().Text);
    }

    [Fact]
    public async Task D6_Password_of_a_MySql_account_is_nowhere_but_sealed_after_its_sessions_and_their_failures()
    {
        await using World world = await World.StartAsync(settings: """{ "Logging": { "Level": "Debug", "File": "gateway.log" } }""");
        await using MariaDb server = await MariaDb.StartAsync();
        using CancellationTokenSource stop = new();
        Task<string> watching = Processes.WatchAsync(stop.Token);
        await AddAsync(world, server);
        StringBuilder seen = new();
        (ServerProcess ssh, int port) = await TunnelAsync(world);
        await using (ssh)
        {
            RunResult works = await CliAsync(port, "SELECT 'through'; CREATE USER IF NOT EXISTS other IDENTIFIED BY '" + Canary + "'; SELECT absent;");
            seen.Append(works);
            Assert.Contains("through", works.Text, StringComparison.Ordinal);
            await server.SqlAsync("ALTER USER app IDENTIFIED BY 'changed at the server behind the back of the vault'");
            RunResult refused = await CliAsync(port, "SELECT 1");
            seen.Append(refused);
            Assert.Contains("did not accept the stored password", refused.Error, StringComparison.Ordinal);
            await server.SqlAsync("DROP USER app; CREATE USER app IDENTIFIED VIA unix_socket");
            seen.Append(await CliAsync(port, "SELECT 1"));
            await world.Vault.RunAsync("resource", "edit", "shop-db", "--port", Text(FreePort.Next()));
            seen.Append(await CliAsync(port, "SELECT 1"));
        }

        RunResult sessions = await world.Vault.RunAsync("session", "list", "--json");
        seen.Append(sessions);
        seen.Append(await world.Vault.RunAsync("session", "statements", "1"));
        seen.Append(await world.Vault.RunAsync("audit", "list", "--limit", "500", "--json"));
        await stop.CancelAsync();
        string processes = await watching;

        LeakHunt hunt = new();
        hunt.For("the password", Canary);
        await hunt.LookIntoAsync(world);
        hunt.Look("output of tools and verbs", seen.ToString());
        hunt.Look("process list", processes);
        hunt.FoundNothing();
        Assert.Contains("CREATE USER IF NOT EXISTS other", seen.ToString(), StringComparison.Ordinal);
    }

    private static async Task AddAsync(World world, MariaDb server)
    {
        await server.SqlAsync($"CREATE DATABASE shop; CREATE USER app IDENTIFIED BY '{Canary}'; GRANT ALL ON *.* TO app WITH GRANT OPTION");
        string ca = world.Files.Write("mysql-ca.pem", server.Ca.Pem);
        (await world.Vault.HereAsync("resource", "add", "shop-db", "--kind", "mysql", "--host", MariaDb.Host, "--port", Text(server.Port), "--database", "shop", "--tls-ca", ca)).Succeeded();
        (await world.Vault.RunWithInputAsync(Canary + "\n", "account", "add", "shop-db/app", "--username", "app", "--alias", "shop", "--password-stdin")).Succeeded();
    }

    private static async Task<(ServerProcess Ssh, int Port)> TunnelAsync(World world)
    {
        int port = FreePort.Next();
        ServerProcess ssh = world.StartSsh("-v", "-N", "-o", "ExitOnForwardFailure=yes", "-L", $"127.0.0.1:{Text(port)}:shop:3306", "gw");
        await ssh.LineAsync("Entering interactive session");
        return (ssh, port);
    }

    private static Task<RunResult> CliAsync(int port, string sql) =>
        Run.ProgramAsync("mariadb", ["--no-defaults", "--host=127.0.0.1", "--port=" + Text(port), "--user=nobody", "--batch", "--force"], Encoding.UTF8.GetBytes(sql));

    private static async Task<string> Mysql2Async(World world)
    {
        string folder = world.Files.PathOf("mysql2");
        Tools.Need("node");
        string npm = Tools.Need("npm");
        (await Run.ProgramAsync("cp", "-r", Path.Combine(Peers, "mysql2"), folder)).Succeeded();
        RunResult made = await Run.ProgramAsync(
            npm, ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"], null, folder: folder, limit: TimeSpan.FromMinutes(3));
        return made.ExitCode == 0 ? folder : throw Missing.SkipOrFail("mysql2 from the npm registry, which gave: " + (made.Error.Length > 500 ? made.Error[..500] : made.Error), "npm");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
