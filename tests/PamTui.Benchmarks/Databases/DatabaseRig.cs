using System.Globalization;
using PamTui.EndToEnd;
using PamTui.Servers;

namespace PamTui.Benchmarks.Databases;

/// <summary>
/// A PostgreSQL, a MariaDB, an sshd before them and the gateway beside it, all on this machine, with one `ssh -N -L` a way. The servers speak
/// TLS to whoever asks for it: "clear" resources and clients do not, "tls" ones do (with OpenSSH from the client on, with the gateway from there).
/// </summary>
internal sealed class DatabaseRig : IAsyncDisposable
{
    public const string Password = "bench-pass";

    private const string Settings =
        """{ "Gateway": { "MaxStartupsPerSource": 1000, "StartDropping": 1000, "MaxStartups": 2000, "MaxChannels": 1024 }, "Statements": { "SessionMegabytes": 4096, "TotalMegabytes": 16384 } }""";

    private readonly List<ServerProcess> _tunnels = [];
    private readonly Dictionary<(Way Way, bool Tls, bool MySql), int> _ports = [];
    private readonly Vault _vault;
    private readonly SshKeyFile _alice;
    private readonly Sshd _sshd;
    private readonly ServerProcess _gateway;
    private readonly int _port;

    private DatabaseRig(Vault vault, SshKeyFile alice, Sshd sshd, Postgres postgres, MariaDb mariaDb, ServerProcess gateway, int port) =>
        (_vault, _alice, _sshd, Postgres, MariaDb, _gateway, _port) = (vault, alice, sshd, postgres, mariaDb, gateway, port);

    public Postgres Postgres { get; }

    public MariaDb MariaDb { get; }

    public int GatewayProcess => _gateway.Id;

    public TempFolder Files => _vault.Files;

    public static async Task<DatabaseRig> StartAsync(string program)
    {
        (Vault vault, SshKeyFile alice) = await Vault.MakeAsync();
        vault.Settings(Settings);
        Sshd sshd = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [alice.PublicLine], Config: ["LogLevel INFO", "MaxSessions 1000"]));
        Postgres postgres = await Postgres.StartAsync(config: ["max_connections=400", "shared_buffers=256MB", "max_wal_size=4GB", "log_connections=off"]);
        MariaDb mariaDb = await MariaDb.StartAsync(options: ["--max-connections=400", "--log-warnings=1"]);
        await postgres.SqlAsync($"CREATE ROLE bench LOGIN PASSWORD '{Password}'");
        await postgres.SqlAsync("CREATE DATABASE shop OWNER bench");
        await mariaDb.SqlAsync(
            $"CREATE DATABASE shop; CREATE USER bench@'%' IDENTIFIED BY '{Password}'; GRANT ALL ON shop.* TO bench@'%'; USE shop; "
            + "CREATE TABLE points (id INT PRIMARY KEY, pad VARCHAR(80)); INSERT INTO points SELECT seq, REPEAT('x', 80) FROM seq_1_to_100000");
        int port = FreePort.Next();
        ServerProcess gateway = ServerProcess.Start(program, ["gateway", "--data", vault.Data, "--listen", "127.0.0.1:" + Text(port)]);
        await gateway.LineAsync("listening on");
        DatabaseRig rig = new(vault, alice, sshd, postgres, mariaDb, gateway, port);
        await rig.TunnelsAsync();
        return rig;
    }

    /// <summary>Where a client finds the server by that way.</summary>
    public int PortOf(Way way, bool tls = false, bool mySql = false) => way == Way.Direct ? (mySql ? MariaDb.Port : Postgres.Port) : _ports[(way, tls, mySql)];

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess tunnel in _tunnels)
        {
            await tunnel.DisposeAsync();
        }

        await _gateway.DisposeAsync();
        await MariaDb.DisposeAsync();
        await Postgres.DisposeAsync();
        await _sshd.DisposeAsync();
        _vault.Dispose();
    }

    private async Task TunnelsAsync()
    {
        string ca = Files.Write("postgres.pem", Postgres.Ca.Pem);
        string mariaCa = Files.Write("mariadb.pem", MariaDb.Ca.Pem);
        foreach ((string name, string kind, int port, string file, bool tls) in new[]
        {
            ("pg-clear", "postgresql", Postgres.Port, ca, false), ("pg-tls", "postgresql", Postgres.Port, ca, true),
            ("maria-clear", "mysql", MariaDb.Port, mariaCa, false), ("maria-tls", "mysql", MariaDb.Port, mariaCa, true),
        })
        {
            string[] trust = tls ? ["--tls-ca", file] : ["--tls-mode", "off"];
            (await _vault.RunAsync(["resource", "add", name, "--kind", kind, "--host", "127.0.0.1", "--port", Text(port), "--database", "shop", .. trust])).Succeeded();
            (await _vault.RunWithInputAsync(Password + "\n", "account", "add", name + "/bench", "--username", "bench", "--password-stdin")).Succeeded();
            bool mySql = kind == "mysql";
            _ports[(Way.Gateway, tls, mySql)] = await TunnelAsync(_port, "alice", $"bench@{name}:{(mySql ? 3306 : 5432)}");
            _ports[(Way.OpenSsh, tls, mySql)] = await TunnelAsync(_sshd.Port, Environment.UserName, "127.0.0.1:" + Text(port));
        }
    }

    private async Task<int> TunnelAsync(int sshPort, string user, string to)
    {
        int port = FreePort.Next();
        ServerProcess ssh = ServerProcess.Start(Tools.Need("ssh"), [
            "-F", "none", "-N", "-i", _alice.Path, "-p", Text(sshPort), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "LogLevel=ERROR", "-c", "aes256-gcm@openssh.com", "-o", "ExitOnForwardFailure=yes", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo forwarded",
            "-L", $"127.0.0.1:{Text(port)}:{to}", user + "@127.0.0.1"]);
        _tunnels.Add(ssh);
        await ssh.LineAsync("forwarded");
        return port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
