using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>PostgreSQL through the built program and a stock `ssh -N -L`.</summary>
public sealed class PostgresClientsTests
{
    private static readonly string Canary = "c4n4ry-Pg7'!\\kL_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(10));

    [Fact]
    public async Task Npm_pg_prepares_pools_and_listens_through_a_tunnel()
    {
        await using World world = await World.StartAsync();
        await using Postgres postgres = await WithShopAsync(world, "right");
        Tools.Need("node");
        string npm = Tools.Need("npm");
        string folder = world.Files.PathOf("pg");
        (await Run.ProgramAsync("cp", "-r", Path.Combine(AppContext.BaseDirectory, "Peers", "pg"), folder)).Succeeded();
        RunResult made = await Run.ProgramAsync(npm, ["ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"], null, folder: folder, limit: TimeSpan.FromMinutes(3));
        if (made.ExitCode != 0)
        {
            throw Missing.SkipOrFail("pg from the npm registry, which gave: " + made.Error[..Math.Min(made.Error.Length, 500)], "npm");
        }

        (int port, ServerProcess ssh) = await OpenAsync(world, "analytics");
        await using (ssh)
        {
            RunResult result = await Run.ProgramAsync("node", [Path.Combine(folder, "client.js"), Text(port)], null, folder: folder);

            Assert.Equal(
                """
                user analytics
                values {"n":7,"t":"it's","j":{"a":[1]},"b":{"type":"Buffer","data":[1,255]},"missing":null}
                named 2
                named 4
                named 6
                notices noticed
                error 22012
                notification heard
                pool 12359500

                """,
                result.Succeeded().Text);
        }
    }

    [Fact]
    public async Task Pgjdbc_prepares_batches_copies_listens_and_times_out_through_a_tunnel()
    {
        const string driver = "/usr/share/java/postgresql.jar";
        string java = Tools.Need("java");
        if (!File.Exists(driver))
        {
            throw Missing.SkipOrFail("pgjdbc", "libpostgresql-jdbc-java");
        }

        await using World world = await World.StartAsync();
        await using Postgres postgres = await WithShopAsync(world, "right");
        (int port, ServerProcess ssh) = await OpenAsync(world, "analytics");
        await using (ssh)
        {
            RunResult result = await Run.ProgramAsync(
                java, "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-cp", driver, Path.Combine(AppContext.BaseDirectory, "Peers", "pgjdbc", "Client.java"), Text(port));

            Assert.Equal(
                """
                prepared 2 4 6 8 10 12 14 16 server true
                values -7000000000 Grüße 'x' [1, 0, -1] 1.5 12345678901234567890.5 00112233-4455-6677-8899-aabbccddeeff 2026-02-03T04:05:06.789 [1, null, 3] null
                values -7000000000 Grüße 'x' [1, 0, -1] 1.5 12345678901234567890.5 00112233-4455-6677-8899-aabbccddeeff 2026-02-03T04:05:06.789 [1, null, 3] null
                batch 1000
                batch error 23505
                things 1000
                error 22012
                error 25P02
                within 10
                after 1000
                large 50500 1275150250 20000000
                copy in 20000
                copy error 22P02
                copy out 20000 true
                notification heard
                timeout 57014
                still analytics
                simple 42

                """,
                result.Succeeded().Text);
        }

        // What the driver ran by a name of its own from the fifth time on is kept as what it is, with its values, texts or binary.
        JsonElement first = (await world.Vault.LookAsync("session", "list")).EnumerateArray().MinBy(session => session.GetProperty("id").GetInt64());
        JsonElement statements = default;
        await Poll.UntilAsync("its statements are rows", async () =>
        {
            statements = await world.Vault.LookAsync("session", "statements", Text(first.GetProperty("id").GetInt32()), "--text", "::int * 2");
            return statements.GetArrayLength() >= 8;
        });
        Assert.Equal(Enumerable.Range(1, 8).Select(n => $"select $1::int * 2 {n}"), statements.EnumerateArray().Select(one => one.GetProperty("text").GetString() + " " + one.GetProperty("values")[0].GetString()));
    }

    [Fact]
    public async Task D6_password_of_a_database_account_is_nowhere_but_sealed_whatever_its_sessions_do()
    {
        await using World world = await World.StartAsync(settings: """{ "Logging": { "Level": "Debug", "File": "gateway.log" } }""");
        Vault vault = world.Vault;
        await using Postgres postgres = await WithShopAsync(world, Canary);
        (await vault.RunWithInputAsync("not " + Canary + "\n", "account", "add", "shop-db/wrong", "--username", "analytics", "--password-stdin", "--unverified")).Succeeded();
        (await vault.RunWithInputAsync(Canary + "\n", "account", "add", "shop-db/nobody", "--username", "nobody", "--password-stdin", "--unverified")).Succeeded();
        using CancellationTokenSource stop = new();
        Task<string> watching = Processes.WatchAsync(stop.Token);
        StringBuilder seen = new();
        foreach (string account in (string[])["analytics", "wrong@shop-db", "nobody@shop-db"])
        {
            (int port, ServerProcess ssh) = await OpenAsync(world, account);
            await using (ssh)
            {
                foreach (string database in (string[])["shop", "nowhere"])
                {
                    seen.AppendLine((await PsqlAsync(port, database, "select current_user; select nothing;")).ToString());
                }

                // A person who changes the password says it himself; the log must not keep it.
                seen.AppendLine((await PsqlAsync(port, "shop", "select 1/0;")).ToString());
                seen.AppendLine(ssh.Log);
            }
        }

        (int own, ServerProcess tunnel) = await OpenAsync(world, "analytics");
        await using (tunnel)
        {
            await PsqlAsync(own, "shop", $"alter role analytics password '{Canary.Replace("'", "''", StringComparison.Ordinal)}';");
        }

        seen.AppendLine((await vault.RunAsync("session", "list")).ToString());
        seen.AppendLine((await vault.RunAsync("audit", "list", "--limit", "500")).ToString());
        await stop.CancelAsync();

        LeakHunt hunt = new();
        hunt.For("the password", Canary);
        await hunt.LookIntoAsync(world);
        hunt.Look("output of psql and ssh", seen.ToString());
        hunt.Look("process list", await watching);
        hunt.FoundNothing();
        Assert.Contains("did not accept the stored password", seen.ToString(), StringComparison.Ordinal);
        Assert.Contains("there is no such database", seen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_is_listed_and_killed_by_the_program()
    {
        await using World world = await World.StartAsync();
        await using Postgres postgres = await WithShopAsync(world, "right");
        (int port, ServerProcess ssh) = await OpenAsync(world, "analytics");
        await using (ssh)
        {
            await using ServerProcess psql = ServerProcess.Start(Tools.Need("psql"), [.. PsqlOptions(port), "-c", "select 'in'", "-c", "select pg_sleep(60)", "shop"]);
            await psql.LineAsync("in");
            JsonElement live = Assert.Single((await world.Vault.LookAsync("session", "list", "--live")).EnumerateArray());
            Assert.Equal(("shop-db", "analytics", "alice"), (live.GetProperty("resource").GetString(), live.GetProperty("account").GetString(), live.GetProperty("user").GetString()));

            (await world.Vault.RunAsync("session", "kill", live.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture), "--reason", "maintenance")).Succeeded();

            await psql.ExitedAsync(TimeSpan.FromSeconds(5));
            Assert.Contains("maintenance", psql.Log, StringComparison.Ordinal);
        }
    }

    private static async Task<Postgres> WithShopAsync(World world, string password)
    {
        Postgres postgres = await Postgres.StartAsync();
        await postgres.SqlAsync($"set standard_conforming_strings = on; CREATE ROLE analytics LOGIN PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'");
        await postgres.SqlAsync("CREATE DATABASE shop OWNER analytics");
        string ca = world.Files.Write("pg-ca.pem", postgres.Ca.Pem);
        (await world.Vault.HereAsync("resource", "add", "shop-db", "--kind", "postgresql", "--host", Postgres.Host, "--port", Text(postgres.Port), "--database", "shop", "--tls-ca", ca)).Succeeded();
        (await world.Vault.RunWithInputAsync(password + "\n", "account", "add", "shop-db/analytics", "--username", "analytics", "--password-stdin", "--alias", "analytics")).Succeeded();
        return postgres;
    }

    private static async Task<(int Port, ServerProcess Ssh)> OpenAsync(World world, string host)
    {
        int port = FreePort.Next();
        ServerProcess ssh = world.StartSsh("-N", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo forwarded", "-L", $"127.0.0.1:{Text(port)}:{host}:5432", "gw");
        await ssh.LineAsync("forwarded");
        return (port, ssh);
    }

    private static Task<RunResult> PsqlAsync(int port, string database, string sql) => Run.ProgramAsync("psql", [.. PsqlOptions(port), database], Encoding.UTF8.GetBytes(sql));

    private static IReadOnlyList<string> PsqlOptions(int port) => ["-X", "-A", "-t", "-q", "-w", "-h", "127.0.0.1", "-U", "whoever", "-p", Text(port)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
