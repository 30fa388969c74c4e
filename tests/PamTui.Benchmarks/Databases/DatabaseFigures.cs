using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using PamTui.Benchmarks.Endurance;
using PamTui.Servers;

namespace PamTui.Benchmarks.Databases;

/// <summary>One run of each figure by one way.</summary>
internal sealed partial class DatabaseFigures(DatabaseRig rig, int seconds)
{
    private const int Clients = 8;
    private const int SlapQueries = 40_000;
    private const int IdleSessions = 200;
    private const int CopyRows = 1024 * 1024;
    private const int CopyMegabytes = 1024;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);
    // Memory is looked at when what the opening of sessions left has been given back; nothing says when that is.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(5);

    /// <summary>The tables that pgbench and COPY read; a gibibyte that is in the server's memory.</summary>
    public async Task PrepareAsync()
    {
        await ClientAsync("pgbench", Way.Direct, tls: false, "-i", "-q", "-s", "10");
        await rig.Postgres.SqlAsync(
            $"CREATE UNLOGGED TABLE wide AS SELECT repeat('x', 1015) AS pad FROM generate_series(1, {CopyRows}); CREATE UNLOGGED TABLE sink (pad text); "
            + "GRANT ALL ON wide, sink TO bench; VACUUM wide; SELECT count(pad) FROM wide", "shop");
    }

    /// <summary>Transactions a second of `pgbench -S`.</summary>
    public async Task<double> PgBenchAsync(Way way, bool tls)
    {
        string said = await ClientAsync("pgbench", way, tls, "-S", "-n", "-c", Clients.ToString(CultureInfo.InvariantCulture), "-j", "2", "-T", seconds.ToString(CultureInfo.InvariantCulture));
        return Number(Tps().Match(said));
    }

    /// <summary>Point selects a second of mariadb-slap.</summary>
    public async Task<double> SlapAsync(Way way, bool tls)
    {
        string said = (await Run.ProgramAsync(
            "mariadb-slap",
            ["--no-defaults", "--host=127.0.0.1", $"--port={rig.PortOf(way, tls, mySql: true)}", "--user=bench", "--password=" + DatabaseRig.Password, tls ? "--ssl" : "--skip-ssl", "--ssl-verify-server-cert=0",
                "--create-schema=shop", "--no-drop", $"--concurrency={Clients}", $"--number-of-queries={SlapQueries}", "--query=SELECT pad FROM points WHERE id = 4711"],
            null,
            limit: s_limit)).Succeeded().Text;
        return SlapQueries / Number(SlapSeconds().Match(said));
    }

    /// <summary>Milliseconds of `psql -c 'SELECT 1'`, sign-in and all.</summary>
    public async Task<double> FirstQueryAsync(Way way, bool tls)
    {
        long start = Stopwatch.GetTimestamp();
        await ClientAsync("psql", way, tls, "-X", "-q", "-A", "-t", "-c", "SELECT 1");
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>Megabytes a second of a COPY out of a table.</summary>
    public Task<double> CopyOutAsync(Way way, bool tls) => CopyAsync(way, tls, "COPY wide TO STDOUT", "> /dev/null");

    /// <summary>Megabytes a second of a COPY into a table.</summary>
    public async Task<double> CopyInAsync(Way way, bool tls)
    {
        string rows = rig.Files.PathOf("rows");
        if (!File.Exists(rows))
        {
            await CopyAsync(Way.Direct, tls: false, "COPY wide TO STDOUT", "> " + rows);
        }

        await rig.Postgres.SqlAsync("TRUNCATE sink", "shop");
        return await CopyAsync(way, tls, "COPY sink FROM STDIN", "< " + rows);
    }

    /// <summary>KiB of the gateway's memory for an open session that has asked once.</summary>
    public async Task<double> IdleAsync()
    {
        List<NpgsqlConnection> open = [];
        try
        {
            await OpenAsync(open, IdleSessions / 4);
            await Task.Delay(s_settle);
            long before = ProcessState.Of(rig.GatewayProcess).Resident;
            await OpenAsync(open, IdleSessions);
            await Task.Delay(s_settle);
            return (double)(ProcessState.Of(rig.GatewayProcess).Resident - before) / IdleSessions;
        }
        finally
        {
            foreach (NpgsqlConnection connection in open)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private async Task OpenAsync(List<NpgsqlConnection> open, int count)
    {
        for (int i = 0; i < count; i++)
        {
            NpgsqlConnection connection = new($"Host=127.0.0.1;Port={rig.PortOf(Way.Gateway)};Database=shop;Username=bench;Pooling=false;SslMode=Disable");
            open.Add(connection);
            await connection.OpenAsync();
            await using NpgsqlCommand command = new("SELECT 1", connection);
            await command.ExecuteScalarAsync();
        }
    }

    private async Task<double> CopyAsync(Way way, bool tls, string statement, string redirection)
    {
        long start = Stopwatch.GetTimestamp();
        string line = $"exec psql -X -q -w -h 127.0.0.1 -p {rig.PortOf(way, tls)} -U bench -d shop -c '{statement}' {redirection}";
        (await Run.ProgramAsync("bash", ["-c", line], null, Environment(way, tls), limit: s_limit)).Succeeded();
        return CopyMegabytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private async Task<string> ClientAsync(string program, Way way, bool tls, params string[] arguments) => (await Run.ProgramAsync(
        program, ["-h", "127.0.0.1", "-p", rig.PortOf(way, tls).ToString(CultureInfo.InvariantCulture), "-U", "bench", .. arguments, "shop"], null, Environment(way, tls), limit: s_limit)).Succeeded().Text;

    // Inside the gateway's tunnel there is no TLS to ask for: it begins at the gateway.
    private static Dictionary<string, string?> Environment(Way way, bool tls) =>
        new() { ["PGPASSWORD"] = DatabaseRig.Password, ["PGSSLMODE"] = tls && way != Way.Gateway ? "require" : "disable" };

    private static double Number(Match match) => match.Success
        ? double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException("The client said nothing that was measured.");

    [GeneratedRegex(@"tps = ([0-9.]+) \(without")]
    private static partial Regex Tps();

    [GeneratedRegex(@"Average number of seconds to run all queries: ([0-9.]+)")]
    private static partial Regex SlapSeconds();
}
