using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>
/// PostgreSQL's own regression SQL (test.sh fetches it): each script by a psql of its own, in the order of its schedule, at one server directly
/// and at another one like it through the gateway.
/// </summary>
public sealed class PostgresRegressionTests
{
    /// <summary>Those in which much of the protocol is, and what they stand on. All: PAMTUI_PG_REGRESS=all.</summary>
    private static readonly string[] s_usual =
    [
        "test_setup", "boolean", "text", "bit", "uuid", "enum", "strings", "encoding", "euc_kr", "copy", "copyselect", "copydml", "create_misc", "create_type", "errors",
        "transactions", "portals", "arrays", "prepared_xacts", "async", "psql", "psql_crosstab", "guc", "json", "copy2", "temp", "prepare", "conversion", "rowtypes", "returning", "largeobject",
    ];

    private static readonly string[] s_server = ["autovacuum=off", "jit=off", "max_prepared_transactions=2"];

    // As pg_regress makes it; and C functions, COPY of files and the like are for superusers.
    private static readonly string[] s_database =
    [
        "CREATE DATABASE regression TEMPLATE template0",
        "ALTER DATABASE regression SET lc_messages TO 'C'",
        "ALTER DATABASE regression SET lc_monetary TO 'C'",
        "ALTER DATABASE regression SET lc_numeric TO 'C'",
        "ALTER DATABASE regression SET lc_time TO 'C'",
        "ALTER DATABASE regression SET bytea_output TO 'hex'",
        "ALTER DATABASE regression SET timezone_abbreviations TO 'Default'",
        "ALTER ROLE analytics SUPERUSER",
    ];

    [Fact]
    public async Task PostgreSQLs_own_regression_sql_prints_the_same_bytes_with_and_without_the_gateway()
    {
        string source = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../postgresql-regress"));
        if (!Directory.Exists(source))
        {
            throw Missing.SkipOrFail("needs PostgreSQL's regression SQL, which ./test.sh fetches as root");
        }

        string[] scripts = ScriptsOf(source);
        await using PostgresTunnel one = await PostgresTunnel.StartAsync(config: s_server);
        await using PostgresTunnel other = await PostgresTunnel.StartAsync(config: s_server);

        Dictionary<string, RunResult>[] ran = await Task.WhenAll(RunAsync(source, scripts, one.Server, one.Server.Port), RunAsync(source, scripts, other.Server, other.Port));

        (Dictionary<string, RunResult> direct, Dictionary<string, RunResult> through) = (ran[0], ran[1]);
        foreach (string script in scripts)
        {
            Assert.True(direct[script].Text == through[script].Text, $"{script}: {Difference(direct[script].Text, through[script].Text)}");
            Assert.Equal(direct[script].ExitCode, through[script].ExitCode);
        }

        // That they ran, and did not fail from the start.
        Assert.Equal("(1 row)", through["boolean"].Text.Split('\n').First(line => line.StartsWith("(1 ", StringComparison.Ordinal)));
        Assert.True(through.Values.Sum(result => result.Output.Length) > 20_000 * scripts.Length, "They print little.");
        await Poll.UntilAsync("the sessions' ends", async () => (await other.Gateway.SessionsAsync()).All(session => session.Ended is not null));
        IReadOnlyList<SessionRecord> sessions = await other.Gateway.SessionsAsync();
        Assert.True(sessions.Count >= scripts.Length, "There were few sessions.");
        Assert.All(sessions, session => Assert.Equal("closed", session.EndReason));
        IReadOnlyList<Statement> first = await other.StatementsAsync(sessions[0].Id);
        Assert.Contains(first, statement => statement.Text.StartsWith("CREATE TABLE CHAR_TBL", StringComparison.Ordinal));
    }

    private static string[] ScriptsOf(string source)
    {
        string[] all =
        [
            .. File.ReadLines(Path.Combine(source, "parallel_schedule"))
                .Where(line => line.StartsWith("test: ", StringComparison.Ordinal))
                .SelectMany(line => line["test: ".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        return Environment.GetEnvironmentVariable("PAMTUI_PG_REGRESS") == "all" ? all : [.. all.Where(s_usual.Contains)];
    }

    private static async Task<Dictionary<string, RunResult>> RunAsync(string source, string[] scripts, Postgres server, int port)
    {
        foreach (string statement in s_database)
        {
            await server.SqlAsync(statement);
        }

        // The server reads data here, and writes some.
        using TempFolder folder = new(readableByAll: true);
        (await Run.ProgramAsync("cp", "-r", Path.Combine(source, "data"), folder.PathOf("data"))).Succeeded();
        (await Run.ProgramAsync("install", "-d", "-m", "777", folder.PathOf("results"))).Succeeded();
        Dictionary<string, RunResult> results = [];
        foreach (string script in scripts)
        {
            results[script] = await Run.ProgramAsync(
                "bash",
                ["-c", "exec psql -X -a -q -h 127.0.0.1 -p \"$1\" -U analytics -v HIDE_TABLEAM=on -v HIDE_TOAST_COMPRESSION=on regression < \"$2\" 2>&1", "psql", port.ToString(CultureInfo.InvariantCulture), Path.Combine(source, "sql", script + ".sql")],
                null,
                EnvironmentOf(script, folder.Path),
                folder.Path,
                TimeSpan.FromMinutes(4));
        }

        return results;
    }

    // As pg_regress has it. Its library of C functions is in no package: what is made of those fails in both runs.
    private static Dictionary<string, string?> EnvironmentOf(string script, string folder) => new()
    {
        ["PGAPPNAME"] = "pg_regress/" + script,
        ["PGPASSWORD"] = PostgresTunnel.Password,
        ["PGTZ"] = "PST8PDT",
        ["PGDATESTYLE"] = "Postgres, MDY",
        ["PGOPTIONS"] = "-c intervalstyle=postgres_verbose",
        ["PG_ABS_SRCDIR"] = folder,
        ["PG_ABS_BUILDDIR"] = folder,
        ["PG_LIBDIR"] = "/nowhere",
        ["PG_DLSUFFIX"] = ".so",
        ["LC_ALL"] = "C",
    };

    /// <summary>The first lines that differ.</summary>
    private static string Difference(string direct, string through)
    {
        string[] left = direct.Split('\n');
        string[] right = through.Split('\n');
        int line = left.Zip(right).TakeWhile(pair => pair.First == pair.Second).Count();
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"line {line + 1}\n--- directly\n{string.Join('\n', left.Skip(Math.Max(0, line - 3)).Take(12))}\n");
        text.Append(CultureInfo.InvariantCulture, $"--- through the gateway\n{string.Join('\n', right.Skip(Math.Max(0, line - 3)).Take(12))}");
        return text.ToString();
    }
}
