using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Core.Users;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.Databases;

/// <summary>`ssh -N -L 5432:analytics:5432 alice@gw`, and PostgreSQL's own tools at the other end.</summary>
public sealed class PostgresSessionTests(PostgresTunnelFixture fixture) : IClassFixture<PostgresTunnelFixture>
{
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(5);

    private PostgresTunnel Tunnel => fixture.Tunnel;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Psql_needs_no_password_and_runs_as_the_accounts_user()
    {
        RunResult result = await Tunnel.PsqlAsync("select current_user, current_database(); select ssl from pg_stat_ssl where pid = pg_backend_pid();");

        Assert.Equal("analytics|shop\nt\n", result.Succeeded().Text);
        SessionRecord row = await Tunnel.LastSessionAsync();
        Assert.Equal(("shop-db", "analytics", "alice", "127.0.0.1"), (row.Resource, row.Account, row.User, row.Source));
        await Poll.UntilAsync("the end in the row", async () => (await Tunnel.LastSessionAsync()).EndReason == "closed");
        row = await Tunnel.LastSessionAsync();
        Assert.True(row.BytesIn > 50 && row.BytesOut > 50, row.ToString());
    }

    [Fact]
    public async Task Client_that_names_no_database_gets_the_resources()
    {
        RunResult result = await Run.ProgramAsync("psql", [.. PostgresTunnel.PsqlOptions(Tunnel.Port), "-c", "select current_database()"], null);

        Assert.Equal("shop\n", result.Succeeded().Text);
    }

    [Theory]
    [InlineData("template1", "-U", "alice", "-d", "template1")]
    [InlineData("template1", "-U", "analytics", "template1")]
    [InlineData("shop", "-U", "template1", "-d", "template1")]
    public async Task Database_that_is_named_is_opened_unless_it_is_named_like_the_user(string opened, params string[] options)
    {
        string port = Tunnel.Port.ToString(CultureInfo.InvariantCulture);
        RunResult result = await Run.ProgramAsync("psql", ["-X", "-A", "-t", "-w", "-h", "127.0.0.1", "-p", port, .. options, "-c", "select current_database()"], null);

        Assert.Equal(opened + "\n", result.Succeeded().Text);
    }

    [Theory]
    [InlineData("analytics@shop-db")]
    [InlineData("analytics+shop-db")]
    [InlineData("analytics.pam")]
    public async Task Host_is_the_account_in_any_of_its_spellings(string host)
    {
        int port = await Tunnel.OpenAsync(Tunnel.Gateway.AliceKey, "alice", host);

        Assert.Equal("1\n", (await PostgresTunnel.PsqlAsync(port, "select 1")).Succeeded().Text);
    }

    [Fact]
    public async Task Resource_alone_is_refused_with_how_to_name_an_account()
    {
        int port = await Tunnel.OpenAsync(Tunnel.Gateway.AliceKey, "alice", "shop-db");

        (await PostgresTunnel.PsqlAsync(port, "select 1")).Ended(2);
        await Tunnel.LastSsh.LineAsync("'shop-db' is a postgresql resource; name one of its accounts as the host: ACCOUNT+shop-db");
    }

    [Fact]
    public async Task C9_user_without_a_grant_is_told_what_he_is_told_of_an_account_that_is_not()
    {
        int real = await Tunnel.OpenAsync(Tunnel.Gateway.BobKey, "bob", "analytics");
        (await PostgresTunnel.PsqlAsync(real, "select 1")).Ended(2);
        await Tunnel.LastSsh.LineAsync("there is no account 'analytics' that you may use.");

        int none = await Tunnel.OpenAsync(Tunnel.Gateway.BobKey, "bob", "nothing");
        (await PostgresTunnel.PsqlAsync(none, "select 1")).Ended(2);
        await Tunnel.LastSsh.LineAsync("there is no account 'nothing' that you may use.");
    }

    [Fact]
    public async Task Statements_are_logged_with_rows_and_errors_in_the_order_they_ran()
    {
        (await Tunnel.PsqlAsync("create table logged (n int); insert into logged select generate_series(1, 7);\nselect nothing;", "-v", "ON_ERROR_STOP=0")).Ended(0);

        IReadOnlyList<Statement> statements = await Tunnel.StatementsAsync((await Tunnel.LastSessionAsync()).Id);

        Assert.Equal(
            [("create table logged (n int);", null, null), ("insert into logged select generate_series(1, 7);", 7L, null), ("select nothing;", null, "42703")],
            statements.Select(one => (one.Text, one.Rows, one.ErrorCode)));
        Assert.All(statements, one => Assert.True(one.Duration > TimeSpan.Zero));
    }

    [Fact]
    public async Task Copy_goes_both_ways_and_its_rows_are_counted()
    {
        string lines = string.Concat(Enumerable.Range(0, 20_000).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}\tline {n}\n")));
        string file = Tunnel.Gateway.Temp.Write("copy.txt", lines);

        RunResult result = await Tunnel.PsqlAsync($"create table copied (n int, t text);\n\\copy copied from '{file}'\n\\copy copied to stdout\n");

        Assert.Equal(lines, result.Succeeded().Text);
        IReadOnlyList<Statement> statements = await Tunnel.StatementsAsync((await Tunnel.LastSessionAsync()).Id);
        Assert.Equal([null, 20_000L, 20_000L], statements.Select(one => one.Rows));
    }

    [Fact]
    public async Task Error_of_many_kilobytes_passes_whole()
    {
        const string Deep = "create function deep(n int) returns int language plpgsql as $$ begin if n = 0 then perform 1/0; end if; return deep(n - 1); end $$;";
        RunResult direct = await Run.ProgramAsync(
            "psql", ["-X", "-q", "-h", "127.0.0.1", "-p", Tunnel.Server.Port.ToString(CultureInfo.InvariantCulture), "-U", "analytics", "-c", Deep, "-c", "select deep(400)", "shop"],
            null,
            new Dictionary<string, string?> { ["PGPASSWORD"] = PostgresTunnel.Password });
        RunResult through = await Tunnel.PsqlAsync("select deep(400);");

        Assert.True(direct.Error.Length > 17_000, direct.Error);
        Assert.Equal(direct.Error.Split("CONTEXT:")[1], through.Error.Split("CONTEXT:")[1]);
        Assert.Equal("22012", Assert.Single(await Tunnel.StatementsAsync((await Tunnel.LastSessionAsync()).Id)).ErrorCode);
    }

    [Theory]
    [InlineData("simple")]
    [InlineData("extended")]
    [InlineData("prepared")]
    public async Task Pgbench_runs_in_each_of_its_modes(string mode)
    {
        string port = Tunnel.Port.ToString(CultureInfo.InvariantCulture);
        string[] to = ["-h", "127.0.0.1", "-p", port, "-U", "whoever", "shop"];
        (await Run.ProgramAsync("pgbench", ["-i", "-q", "-s", "1", .. to], null)).Succeeded();

        RunResult result = await Run.ProgramAsync("pgbench", ["-n", "-c", "4", "-t", "20", "-M", mode, .. to], null);

        Assert.Contains("number of transactions actually processed: 80/80", result.Succeeded().Text, StringComparison.Ordinal);
        SessionRecord[] rows = [.. (await Tunnel.Gateway.SessionsAsync()).TakeLast(4)];
        List<Statement> all = [];
        foreach (SessionRecord row in rows)
        {
            all.AddRange(await Tunnel.StatementsAsync(row.Id));
        }

        Assert.Equal(80, all.Count(one => one.Text.StartsWith("INSERT INTO pgbench_history", StringComparison.Ordinal) && one.Rows == 1 && one.ErrorCode is null));
        if (mode != "simple")
        {
            Assert.All(all.Where(one => one.Text.StartsWith("SELECT abalance", StringComparison.Ordinal)), one => Assert.True(int.Parse(Assert.Single(one.Values).Text!, CultureInfo.InvariantCulture) > 0));
        }
    }

    [Fact]
    public async Task Database_is_dumped_and_restored_through_the_tunnel()
    {
        (await Tunnel.PsqlAsync("create table kept (id serial primary key, t text); insert into kept (t) select md5(n::text) from generate_series(1, 500) n; create index on kept (t);")).Succeeded();
        await Tunnel.Server.SqlAsync("CREATE DATABASE copy OWNER analytics");
        string port = Tunnel.Port.ToString(CultureInfo.InvariantCulture);
        string dump = Tunnel.Gateway.Temp.PathOf("shop.dump");

        (await Run.ProgramAsync("pg_dump", ["-h", "127.0.0.1", "-p", port, "-U", "whoever", "-w", "-Fc", "-t", "kept", "-f", dump, "shop"], null)).Succeeded();
        (await Run.ProgramAsync("pg_restore", ["-h", "127.0.0.1", "-p", port, "-U", "whoever", "-w", "-d", "copy", dump], null)).Succeeded();

        const string Sum = "select count(*), md5(string_agg(t, ',' order by id)) from kept";
        Assert.Equal(await Tunnel.Server.SqlAsync(Sum, "shop"), await Tunnel.Server.SqlAsync(Sum, "copy"));
    }

    [Fact]
    public async Task Session_that_is_killed_ends_in_words_and_upstream()
    {
        await using ServerProcess psql = ServerProcess.Start(Tools.Need("psql"), [.. PostgresTunnel.PsqlOptions(Tunnel.Port), "-c", "select 'in ' || pg_backend_pid(); ", "-c", "select pg_sleep(60)", "shop"]);
        string pid = (await psql.LineAsync("in ")).Replace("in ", "", StringComparison.Ordinal).Trim();
        SessionRecord row = await Tunnel.LastSessionAsync();

        TestGateway.Ok(await Tunnel.Gateway.Product.Sessions.KillAsync(TestGateway.Local, row.Id, "enough", Ct));

        await psql.ExitedAsync(s_promised);
        Assert.Contains("session ended: killed by local:tester: enough", psql.Log, StringComparison.Ordinal);
        Statement last = (await Tunnel.StatementsAsync(row.Id))[^1];
        Assert.Equal(("select pg_sleep(60)", "unanswered"), (last.Text, last.ErrorCode));
        await Poll.UntilAsync("the end upstream", async () => await Tunnel.Server.SqlAsync($"select count(*) from pg_stat_activity where pid = {pid}") == "0");
    }

    [Theory]
    [InlineData(@"set standard_conforming_strings = off", @"alter role analytics password 'x\'canary'")]
    [InlineData("select 1", @"alter role analytics password 'canary\'")]
    public async Task Password_with_a_backslash_is_not_logged_whatever_a_backslash_is(string first, string second)
    {
        try
        {
            (await Tunnel.PsqlAsync("select 1", "-c", "set escape_string_warning = off", "-c", first, "-c", second)).Succeeded();
        }
        finally
        {
            await Tunnel.Server.SqlAsync($"alter role analytics password '{PostgresTunnel.Password.Replace("'", "''", StringComparison.Ordinal)}'");
        }

        IReadOnlyList<Statement> log = await Tunnel.StatementsAsync((await Tunnel.LastSessionAsync()).Id);
        Assert.Contains(log, one => one.Text.Contains("alter role analytics password '***'", StringComparison.Ordinal));
        Assert.DoesNotContain(log, one => one.Text.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Statement_of_a_client_that_is_gone_ends_at_the_server()
    {
        await using ServerProcess psql = ServerProcess.Start(Tools.Need("psql"), [.. PostgresTunnel.PsqlOptions(Tunnel.Port), "-c", "select 'in ' || pg_backend_pid(); ", "-c", "select pg_sleep(600)", "shop"]);
        string pid = (await psql.LineAsync("in ")).Replace("in ", "", StringComparison.Ordinal).Trim();
        await Poll.UntilAsync("the statement runs", async () => await Tunnel.Server.SqlAsync($"select count(*) from pg_stat_activity where pid = {pid} and query like '%pg_sleep(600)%' and state = 'active'") == "1");

        psql.Signal(Signals.Kill);

        await Poll.UntilAsync("the end upstream", async () => await Tunnel.Server.SqlAsync($"select count(*) from pg_stat_activity where pid = {pid}") == "0");
    }

    [Fact]
    public async Task C13_grant_that_is_revoked_ends_the_session_and_C14_opens_no_other()
    {
        Grant grant = TestGateway.Ok(await Tunnel.Gateway.Product.Grants.AddAsync(TestGateway.Local, new GrantDraft("bob", "shop-db/analytics", Capability.Connect), Ct));
        int port = await Tunnel.OpenAsync(Tunnel.Gateway.BobKey, "bob", "analytics");
        await using ServerProcess psql = ServerProcess.Start(Tools.Need("psql"), [.. PostgresTunnel.PsqlOptions(port), "-c", "select 'in'", "-c", "select pg_sleep(60)", "shop"]);
        await psql.LineAsync("in");

        TestGateway.Ok(await Tunnel.Gateway.Product.Grants.RemoveAsync(TestGateway.Local, grant.Id, Ct));

        await psql.ExitedAsync(s_promised);
        Assert.Contains("session ended: ", psql.Log, StringComparison.Ordinal);
        (await PostgresTunnel.PsqlAsync(port, "select 1")).Ended(2);
    }

    [Fact]
    public async Task Interrupt_in_psql_cancels_its_statement_and_no_other()
    {
        await using ServerProcess other = ServerProcess.Start(Tools.Need("psql"), [.. PostgresTunnel.PsqlOptions(Tunnel.Port), "-c", "select 'in'", "-c", "select pg_sleep(3), 'slept'", "shop"]);
        await other.LineAsync("in");
        await using ServerProcess psql = ServerProcess.Start(Tools.Need("psql"), [.. PostgresTunnel.PsqlOptions(Tunnel.Port), "-c", "select 'in'", "-c", "select pg_sleep(60)", "shop"]);
        await psql.LineAsync("in");
        await Poll.UntilAsync("both run", async () => await Tunnel.Server.SqlAsync("select count(*) from pg_stat_activity where query like 'select pg_sleep%'") == "2");

        psql.Signal(Signals.Interrupt);

        await psql.LineAsync("canceling statement due to user request");
        await other.LineAsync("slept");
        await psql.ExitedAsync();
        Assert.Equal("57014", (await Tunnel.StatementsAsync((await Tunnel.LastSessionAsync()).Id))[^1].ErrorCode);
    }
}
