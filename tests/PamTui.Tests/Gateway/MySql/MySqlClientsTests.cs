using System.Globalization;
using MySqlConnector;
using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Gateway.Databases.MySql;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests.MySql;

/// <summary>Clients of MySQL and MariaDB through `ssh -L`, with a real MariaDB behind the gateway.</summary>
[Collection(nameof(MySqlGateway))]
public sealed class MySqlClientsTests(MySqlGateway fixture)
{
    [Theory]
    [InlineData("shop")]
    [InlineData("ed+shop-db")]
    public async Task Mariadb_program_needs_no_password_and_what_it_asks_is_in_the_log(string account)
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync(account);

        RunResult result = await tunnel.CliAsync("SELECT 1 + 1 AS two; SELECT DATABASE(); DO 1; SELECT nonsense;", "--force");

        Assert.Equal("two\n2\nDATABASE()\nshop\n", result.Text);
        Assert.Contains("ERROR 1054 (42S22) at line 1: Unknown column 'nonsense'", result.Error, StringComparison.Ordinal);
        IReadOnlyList<Statement> log = await fixture.LoggedAsync();
        Assert.Equal(["SELECT 1 + 1 AS two", "SELECT DATABASE()", "DO 1", "SELECT nonsense"], log.Select(one => one.Text).Skip(log.Count - 4));
        Assert.Equal([1L, 1, 0, null], log.Select(one => one.Rows).Skip(log.Count - 4));
        Assert.Equal("1054", log[^1].ErrorCode);
        Assert.All(log.SkipLast(1), one => Assert.Null(one.ErrorCode));
        Assert.True((await fixture.LastSessionAsync()).BytesOut > 100);
    }

    [Fact]
    public async Task Database_of_the_client_counts_before_that_of_the_resource()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");

        Assert.Equal("other\n", (await tunnel.CliAsync("SELECT DATABASE()", "--skip-column-names", "other")).Succeeded().Text);
        Assert.Equal("mysql\n", (await tunnel.CliAsync("USE mysql; SELECT DATABASE()", "--skip-column-names")).Succeeded().Text);
        Assert.Contains((await fixture.LoggedAsync()).Select(one => one.Text), text => text == "USE mysql");
    }

    [Fact]
    public async Task Prepared_statements_run_and_are_logged_with_what_was_bound_to_them()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using (MySqlConnection connection = new(tunnel.ConnectionString + "IgnorePrepare=false;AllowUserVariables=true"))
        {
            await connection.OpenAsync();
            await using MySqlCommand make = new("CREATE OR REPLACE TABLE kinds (a INT, b VARCHAR(40), c BLOB, d DATETIME(6), e DOUBLE, f TIME(6), g BIGINT UNSIGNED)", connection);
            await make.ExecuteNonQueryAsync();
            await using MySqlCommand insert = new("INSERT INTO kinds VALUES (@a, @b, @c, @d, @e, @f, @g)", connection);
            insert.Parameters.AddWithValue("@a", -7);
            insert.Parameters.AddWithValue("@b", "käse");
            insert.Parameters.AddWithValue("@c", new byte[] { 0, 255, 1 });
            insert.Parameters.AddWithValue("@d", new DateTime(2026, 2, 3, 4, 5, 6, 789, DateTimeKind.Unspecified));
            insert.Parameters.AddWithValue("@e", 0.5);
            insert.Parameters.AddWithValue("@f", new TimeSpan(-1, -2, -3, -4, -500));
            insert.Parameters.AddWithValue("@g", ulong.MaxValue);
            await insert.PrepareAsync();
            Assert.Equal(1, await insert.ExecuteNonQueryAsync());
            insert.Parameters["@b"].Value = DBNull.Value;
            insert.Parameters["@c"].Value = DBNull.Value;
            Assert.Equal(1, await insert.ExecuteNonQueryAsync());
            await using MySqlCommand select = new("SELECT * FROM kinds WHERE a = @a ORDER BY b", connection);
            select.Parameters.AddWithValue("@a", -7);
            await select.PrepareAsync();
            await using MySqlDataReader reader = await select.ExecuteReaderAsync();
            List<object> names = [];
            while (await reader.ReadAsync())
            {
                names.Add(reader[1]);
            }

            Assert.Equal([DBNull.Value, "käse"], names);
        }

        IReadOnlyList<Statement> log = await fixture.LoggedAsync();
        Statement[] ran = [.. log.Where(one => one.Values.Count > 0)];
        Assert.Equal(3, ran.Length);
        Assert.Equal(
            ["-7", "'käse'", "\\x00ff01", "2026-02-03 04:05:06.789000", "0.5", "-26:03:04.500000", "18446744073709551615"],
            ran[0].Values.Select((value, at) => at is 1 or 2 ? value.ToString() : value.Text));
        Assert.Equal([StatementValueKind.Null, StatementValueKind.Null], ran[1].Values.Skip(1).Take(2).Select(value => value.Kind));
        Assert.Equal([1L, 1, 2], ran.Select(one => one.Rows));
    }

    [Fact]
    public async Task Several_statements_and_results_at_once_and_the_next_command_after_them()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using (MySqlConnection connection = new(tunnel.ConnectionString))
        {
            await connection.OpenAsync();
            await using MySqlCommand many = new("SELECT 1; SELECT 2 UNION SELECT 3; DO 0; SELECT 4", connection);
            List<long> seen = [];
            await using (MySqlDataReader reader = await many.ExecuteReaderAsync())
            {
                do
                {
                    while (await reader.ReadAsync())
                    {
                        seen.Add(reader.GetInt64(0));
                    }
                }
                while (await reader.NextResultAsync());
            }

            Assert.Equal([1L, 2, 3, 4], seen);
            await connection.ChangeDatabaseAsync("other");
            Assert.True(await connection.PingAsync());
            await connection.ResetConnectionAsync();
            await using MySqlCommand after = new("SELECT DATABASE()", connection);
            Assert.NotNull(await after.ExecuteScalarAsync());
        }

        Statement all = Assert.Single(await fixture.LoggedAsync(), one => one.Text.StartsWith("SELECT 1;", StringComparison.Ordinal));
        Assert.Equal(4, all.Rows);
    }

    [Fact]
    public async Task G6_Packets_over_16_mib_pass_both_ways_and_only_their_beginning_is_kept()
    {
        const int length = 36 * 1024 * 1024;
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using (MySqlConnection connection = new(tunnel.ConnectionString + "IgnorePrepare=false;DefaultCommandTimeout=120"))
        {
            await connection.OpenAsync();
            byte[] big = new byte[length];
            new Random(7).NextBytes(big);
            await using MySqlCommand echo = new("SELECT ?, ?", connection);
            echo.Parameters.Add(new MySqlParameter { Value = big });
            echo.Parameters.Add(new MySqlParameter { Value = 42 });
            await echo.PrepareAsync();
            await using MySqlDataReader reader = await echo.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            Assert.Equal(big, (byte[])reader[0]);
            Assert.Equal(42, Convert.ToInt32(reader[1], CultureInfo.InvariantCulture));
        }

        Statement ran = Assert.Single(await fixture.LoggedAsync(), one => one.Values.Count == 2);
        Assert.Equal((StatementValueKind.Bytes, StatementValue.MaxBytes, (long)length, true), (ran.Values[0].Kind, ran.Values[0].Kept, ran.Values[0].Length, ran.Values[0].IsCut));
        Assert.Equal("42", ran.Values[1].Text);
    }

    [Fact]
    public async Task Kill_query_from_a_second_session_stops_the_first_ones_statement()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using MySqlConnection first = new(tunnel.ConnectionString);
        await first.OpenAsync();
        await using MySqlCommand sleep = new("SELECT SLEEP(60)", first);
        Task<object?> sleeping = sleep.ExecuteScalarAsync();
        await Poll.UntilAsync("the statement runs", async () => (await fixture.Server.SqlAsync("SHOW PROCESSLIST")).Contains("SLEEP(60)", StringComparison.Ordinal));

        await tunnel.CliAsync(string.Create(CultureInfo.InvariantCulture, $"KILL QUERY {first.ServerThread}"));

        MySqlException told = await Assert.ThrowsAsync<MySqlException>(() => sleeping);
        Assert.Equal(MySqlErrorCode.QueryInterrupted, told.ErrorCode);
        await using MySqlCommand next = new("SELECT 5", first);
        Assert.Equal(5, Convert.ToInt32(await next.ExecuteScalarAsync(), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task G5_Load_data_local_is_refused_and_the_connection_stays()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        using TempFolder files = new();
        string file = files.Write("secret.txt", "7\n");

        RunResult result = await tunnel.CliAsync($"CREATE TABLE IF NOT EXISTS loaded (a INT); LOAD DATA LOCAL INFILE '{file}' INTO TABLE loaded; SELECT COUNT(*) FROM loaded;", "--force", "--local-infile=1", "--skip-column-names");

        Assert.Equal("0\n", result.Text);
        Assert.Contains("local infile capability", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C13_Killed_session_ends_within_seconds_and_its_client_is_told_why()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        await using MySqlConnection connection = new(tunnel.ConnectionString);
        await connection.OpenAsync();
        await using MySqlCommand sleep = new("SELECT SLEEP(60)", connection);
        Task<object?> sleeping = sleep.ExecuteScalarAsync();
        SessionRecord live = Assert.Single(await fixture.Gateway.SessionsAsync(liveOnly: true));
        await Poll.UntilAsync("the statement runs", async () => (await fixture.Server.SqlAsync("SHOW PROCESSLIST")).Contains("SLEEP(60)", StringComparison.Ordinal));

        TestGateway.Ok(await fixture.Gateway.Product.Sessions.KillAsync(TestGateway.Local, live.Id, "lunch", CancellationToken.None));

        MySqlException told = await Assert.ThrowsAsync<MySqlException>(() => sleeping.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Contains("session ended: killed by local:tester: lunch", told.Message, StringComparison.Ordinal);
        Statement lost = Assert.Single(await fixture.LoggedAsync(), one => one.Text == "SELECT SLEEP(60)");
        Assert.Equal("unanswered", lost.ErrorCode);
    }

    [Theory]
    [InlineData(@"SET sql_mode = 'NO_BACKSLASH_ESCAPES'; CREATE OR REPLACE USER slashed IDENTIFIED BY 'canary\' PASSWORD EXPIRE NEVER; SELECT '\', 'canary' AS seen")]
    [InlineData(@"CREATE OR REPLACE USER slashed IDENTIFIED BY 'x\'canary' PASSWORD EXPIRE NEVER")]
    [InlineData(@"SET sql_mode = 'NO_BACKSLASH_ESCAPES'; DO 1; SET sql_mode = ''; CREATE OR REPLACE USER slashed IDENTIFIED BY 'x\'canary' PASSWORD EXPIRE NEVER")]
    public async Task Password_with_a_backslash_is_not_logged_whatever_a_backslash_is(string sql)
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");

        (await tunnel.CliAsync(sql)).Succeeded();

        IReadOnlyList<Statement> log = await fixture.LoggedAsync();
        Assert.Contains(log, one => one.Text == "CREATE OR REPLACE USER slashed IDENTIFIED BY '***' PASSWORD EXPIRE NEVER");
        Assert.DoesNotContain(log, one => one.Text.StartsWith("CREATE", StringComparison.Ordinal) && one.Text.Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Statement_of_a_session_that_is_killed_ends_at_the_server()
    {
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        Task<RunResult> running = tunnel.CliAsync("SELECT BENCHMARK(1000000000000, MD5('x')), SLEEP(600) AS killed");
        await RunsAsync("SLEEP(600) AS killed", true);
        SessionRecord live = Assert.Single(await fixture.Gateway.SessionsAsync(liveOnly: true));

        TestGateway.Ok(await fixture.Gateway.Product.Sessions.KillAsync(TestGateway.Local, live.Id, "lunch", CancellationToken.None));

        await RunsAsync("SLEEP(600) AS killed", false);
        Assert.Contains("lunch", (await running).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("ed+shop-db")]
    public async Task Statement_of_a_client_that_is_gone_ends_at_the_server(string account)
    {
        // SLEEP of MariaDB looks now and then whether its client is still there; what works does not.
        MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync(account);
        Task<RunResult> running = tunnel.CliAsync("SELECT BENCHMARK(1000000000000, MD5('x')) AS abandoned");
        await RunsAsync("MD5('x')) AS abandoned", true);

        await tunnel.DisposeAsync();

        await RunsAsync("MD5('x')) AS abandoned", false);
        await running;
    }

    [Fact]
    public async Task Statement_of_a_killed_session_ends_at_the_server_though_its_password_was_rotated_meanwhile()
    {
        await fixture.Server.SqlAsync($"CREATE USER runner@'%' IDENTIFIED BY '{MySqlGateway.Password}' REQUIRE SSL; GRANT SELECT ON shop.* TO runner@'%'");
        await fixture.AddAccountAsync("shop-db/runner", "runner", MySqlGateway.Password, "runner");
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("runner");
        Task<RunResult> running = tunnel.CliAsync("SELECT BENCHMARK(1000000000000, MD5('x')) AS rotated");
        await RunsAsync("MD5('x')) AS rotated", true);
        SessionRecord live = Assert.Single(await fixture.Gateway.SessionsAsync(liveOnly: true));

        AccountRef runner = new("shop-db", "runner");
        RotationRecord rotated = TestGateway.Ok(await fixture.Gateway.Product.Rotations.RotateAsync(TestGateway.Local, runner, byItself: true, null, TestClient.Ct));
        Assert.Equal(RotationState.Promoted, rotated.State);
        TestGateway.Ok(await fixture.Gateway.Product.Sessions.KillAsync(TestGateway.Local, live.Id, "lunch", TestClient.Ct));

        await RunsAsync("MD5('x')) AS rotated", false);
        await running;
        await Poll.UntilAsync("the row's end", async () => (await fixture.LastSessionAsync()).Ended is not null);
        Assert.Equal("killed by local:tester: lunch", (await fixture.LastSessionAsync()).EndReason);
        Page<AuditRow> audit = TestGateway.Ok(await fixture.Gateway.Product.Audit.ListAsync(TestGateway.Local, "action=session.end-running target=shop-db/runner", new PageRequest(), TestClient.Ct));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"session={live.Id}"), Assert.Single(audit.Items).Details);
    }

    [Fact]
    public async Task Session_of_an_account_that_was_removed_says_that_what_it_left_running_goes_on()
    {
        await fixture.Server.SqlAsync($"CREATE USER removed@'%' IDENTIFIED BY '{MySqlGateway.Password}' REQUIRE SSL; GRANT SELECT ON shop.* TO removed@'%'");
        await fixture.AddAccountAsync("shop-db/removed", "removed", MySqlGateway.Password, "removed");
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("removed");
        Task<RunResult> running = tunnel.CliAsync("SELECT BENCHMARK(1000000000000, MD5('x')) AS orphaned");
        await RunsAsync("MD5('x')) AS orphaned", true);

        TestGateway.Ok(await fixture.Gateway.Product.Accounts.RemoveAsync(TestGateway.Local, new AccountRef("shop-db", "removed"), TestClient.Ct));

        await running;
        await Poll.UntilAsync("the row's end", async () => (await fixture.LastSessionAsync()).Ended is not null);
        Assert.Equal("account removed; what it left running could not be ended at the server", (await fixture.LastSessionAsync()).EndReason);
        await fixture.Server.SqlAsync("KILL HARD USER removed");
        await RunsAsync("MD5('x')) AS orphaned", false);
    }

    [Fact]
    public async Task Statement_behind_which_a_client_says_goodbye_runs_to_its_end()
    {
        await fixture.Server.SqlAsync("CREATE TABLE shop.left_behind (a INT)");
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");
        RawMySqlClient client = await RawMySqlClient.SignedInAsync(tunnel);
        await using (client)
        {
            await client.Stream.WriteAsync((byte[])[.. PacketStream.Frame([(byte)Command.Query, .. "INSERT INTO left_behind SELECT SLEEP(1)"u8], 0), .. PacketStream.Frame([(byte)Command.Quit], 0)]);
        }

        await Poll.UntilAsync("the row", async () => await fixture.Server.SqlAsync("SELECT COUNT(*) FROM shop.left_behind") == "1");
    }

    [Fact]
    public async Task Dump_and_load_simulation_run_as_they_do_without_the_gateway()
    {
        await fixture.Server.SqlAsync("""
            CREATE TABLE other.dumped (id INT PRIMARY KEY, name VARCHAR(40), made TIMESTAMP NULL, data BLOB);
            INSERT INTO other.dumped SELECT seq, CONCAT('name ', seq), NULL, REPEAT(CHAR(seq % 256), 300) FROM mysql.seq_1_to_2000;
            """);
        await using MySqlGateway.Tunnel tunnel = await fixture.TunnelAsync("shop");

        RunResult dump = (await tunnel.ProgramAsync("mariadb-dump", null, "--hex-blob", "--skip-dump-date", "other")).Succeeded();
        (await tunnel.CliAsync("CREATE OR REPLACE DATABASE loaded")).Succeeded();
        (await tunnel.ProgramAsync("mariadb", dump.Output, "loaded")).Succeeded();
        RunResult slap = await tunnel.ProgramAsync("mariadb-slap", null, "--concurrency=4", "--iterations=2", "--auto-generate-sql", "--number-of-queries=200");

        slap.Succeeded();
        Assert.Equal(await fixture.Server.SqlAsync("CHECKSUM TABLE other.dumped").ContinueWith(one => one.Result.Split('\t')[1], TaskScheduler.Default), (await fixture.Server.SqlAsync("CHECKSUM TABLE loaded.dumped")).Split('\t')[1]);
        Assert.Contains("-- Dump completed", dump.Text, StringComparison.Ordinal);
    }

    private Task RunsAsync(string words, bool runs) => Poll.UntilAsync(
        $"{words} {(runs ? "runs" : "runs no more")}", async () => (await fixture.Server.SqlAsync("SHOW FULL PROCESSLIST")).Contains(words, StringComparison.Ordinal) == runs);
}
