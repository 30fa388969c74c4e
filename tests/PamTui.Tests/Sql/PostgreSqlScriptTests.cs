using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.GatewayTests.Databases;

namespace PamTui.Tests.SqlTests;

/// <summary>`ssh alice@analytics@shop-db@gw` without a terminal, with a real PostgreSQL behind the gateway.</summary>
public sealed class PostgreSqlScriptTests(PostgresTunnelFixture fixture) : IClassFixture<PostgresTunnelFixture>
{
    private readonly PostgresTunnel _tunnel = fixture.Tunnel;

    [Fact]
    public async Task Statement_of_the_command_is_run_as_the_account_and_its_table_printed()
    {
        RunResult result = (await SshAsync("select current_user, 1 + 1 as two, null as nothing, E'a\\tb\\u202e' as odd")).Succeeded();

        Assert.Equal("""
             current_user | two | nothing |     odd
            --------------+-----+---------+--------------
             analytics    |   2 | NULL    | a\tb\u{202e}
            (1 row)


            """, result.Text);
        SessionRecord session = await _tunnel.LastSessionAsync();
        Assert.Contains((await _tunnel.StatementsAsync(session.Id)), statement => statement.Text.StartsWith("select current_user", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Script_from_stdin_stops_at_its_first_error_which_is_marked_and_is_its_exit_status()
    {
        RunResult result = await SshAsync("create temp table t (a int);\ninsert into t values (1), (2);\nselect a,\n  nonsense from t;\nselect 'never';\n"u8.ToArray());

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("CREATE TABLE\nINSERT 0 2\n", result.Text);
        Assert.Equal("ERROR:  column \"nonsense\" does not exist\nLINE 2:   nonsense from t\n          ^\n", result.Error);
    }

    [Fact]
    public async Task Result_of_any_length_comes_as_csv_or_json_in_a_stream()
    {
        string csv = (await SshAsync("\\export csv select i as id, repeat('x,\"', 2) as text, null as none, '' as empty from generate_series(1, 20000) i")).Succeeded().Text;
        string json = (await SshAsync("\\pset format json\nselect 1 as n, true as yes, 'a\"b' as t, null as z, 'NaN'::float as f")).Succeeded().Text;

        Assert.StartsWith("id,text,none,empty\n1,\"x,\"\"x,\"\"\",,\"\"\n", csv, StringComparison.Ordinal);
        Assert.Equal(20001, csv.Count('\n'));
        Assert.Equal("[\n{\"n\":1,\"yes\":true,\"t\":\"a\\\"b\",\"z\":null,\"f\":\"NaN\"}\n]\n", json);
    }

    [Fact]
    public async Task Routine_with_a_body_in_plain_sql_is_one_statement()
    {
        RunResult result = await SshAsync("\\pset format csv\ncreate or replace function twice(a int) returns int begin atomic select 1; select case when a is null then 0 else 2 * a end; end;\nselect twice(21) as it;\n"u8.ToArray());

        Assert.Equal("it\n42\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Literal_ends_where_the_setting_of_the_session_says()
    {
        RunResult result = await SshAsync("\\pset format csv\nset escape_string_warning = off;\nset standard_conforming_strings = off;\nselect 'a\\';b' as it;\nset standard_conforming_strings = on;\nselect 'a\\' as it;\n"u8.ToArray());

        Assert.Equal("it\na';b\nit\na\\\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Copy_to_stdout_comes_as_it_is_and_copy_from_stdin_is_refused_by_name()
    {
        Assert.Equal("1\tä\n2\tä\n", (await SshAsync("copy (select i, 'ä' from generate_series(1, 2) i) to stdout")).Succeeded().Text);

        RunResult refused = await SshAsync("create temp table c (a int); copy c from stdin; select 1");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("use psql through `ssh -L`", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_are_listed_and_described()
    {
        (await SshAsync("create table if not exists orders (id int primary key, item text not null default 'a;b'); create or replace view open_orders as select * from orders")).Succeeded();

        string list = (await SshAsync("\\d")).Succeeded().Text;
        string one = (await SshAsync("\\d orders")).Succeeded().Text;
        RunResult none = await SshAsync("\\d \"Orders'; drop table orders; --\"");

        Assert.Contains(" public | orders      | table | analytics", list, StringComparison.Ordinal);
        Assert.Contains(" public | open_orders | view  | analytics", list, StringComparison.Ordinal);
        Assert.Contains(" item   | text    | not null | 'a;b'::text", one, StringComparison.Ordinal);
        Assert.Contains(" orders_pkey | primary key | CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)", one, StringComparison.Ordinal);
        Assert.Equal(1, none.ExitCode);
        foreach (string command in (string[])["\\dt ord*", "\\dv", "\\di", "\\dn", "\\du", "\\df", "\\l shop", "\\conninfo", "\\?", "\\c postgres"])
        {
            Assert.NotEmpty((await SshAsync(command)).Succeeded().Text);
        }
    }

    [Theory]
    [InlineData("\\! id")]
    [InlineData("\\i /etc/passwd")]
    [InlineData("\\o /tmp/x")]
    [InlineData("\\copy t from '/etc/passwd'")]
    public async Task No_command_reaches_files_or_programs_of_the_gateway(string command)
    {
        RunResult result = await SshAsync(command);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("whose files and programs are nobody's", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_that_is_ended_from_outside_ends_the_script_with_another_status()
    {
        Task<RunResult> running = SshAsync("select pg_sleep(60)");
        SessionRecord session = await LiveAsync();
        Assert.Null((await _tunnel.Gateway.Product.Sessions.KillAsync(GatewayTests.TestGateway.Local, session.Id, "enough", CancellationToken.None)).Refusal);

        RunResult result = await running;

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("enough", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_use_the_account_is_told_so()
    {
        RunResult result = await _tunnel.Gateway.SshAsync(_tunnel.Gateway.BobKey, "bob@analytics@shop-db", "select 1");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("that you may use", result.Error, StringComparison.Ordinal);
    }

    private async Task<SessionRecord> LiveAsync()
    {
        SessionRecord? live = null;
        await Poll.UntilAsync("a statement runs", async () =>
        {
            live = (await _tunnel.Gateway.SessionsAsync(liveOnly: true)) is [.., SessionRecord last] ? last : null;
            return live is not null && (await _tunnel.Server.SqlAsync("select count(*) from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'")).Contains('1', StringComparison.Ordinal);
        });
        return live!;
    }

    private Task<RunResult> SshAsync(string command) => _tunnel.Gateway.SshAsync("alice@analytics@shop-db", command);

    private Task<RunResult> SshAsync(byte[] script) => _tunnel.Gateway.SshAsync("alice@analytics@shop-db", script, "-T");
}
