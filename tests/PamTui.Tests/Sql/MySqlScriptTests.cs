using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Servers;
using PamTui.Tests.GatewayTests.MySql;

namespace PamTui.Tests.SqlTests;

/// <summary>`ssh alice@writer@shop-db@gw` without a terminal, with a real MariaDB behind the gateway.</summary>
public sealed class MySqlScriptTests(MySqlGateway fixture) : IClassFixture<MySqlGateway>
{
    [Fact]
    public async Task Statements_of_the_command_are_run_as_the_account_and_logged()
    {
        RunResult result = (await SshAsync("select 1 + 1 as two, null as nothing, 'käse' as t, x'00ff' as b; do 1; select '日本' as j")).Succeeded();

        Assert.Equal("""
             two | nothing |  t   |   b
            -----+---------+------+--------
               2 | NULL    | käse | 0x00FF
            (1 row)

            Query OK, 0 rows affected
              j
            ------
             日本
            (1 row)


            """, result.Text);
        IReadOnlyList<Statement> log = await fixture.LoggedAsync();
        Assert.Equal(["do 1", "select '日本' as j"], log.Select(one => one.Text).Where(text => text.Length > 0).TakeLast(2));
    }

    [Fact]
    public async Task Script_from_stdin_stops_at_its_first_error()
    {
        RunResult result = await SshAsync("create temporary table t (a int);\ninsert into t values (1), (2);\nselect nonsense;\nselect 'never';\n"u8.ToArray());

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("Query OK, 0 rows affected\nQuery OK, 2 rows affected\n", result.Text);
        Assert.StartsWith("ERROR 1054 (42S22): Unknown column 'nonsense'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_of_more_than_16_MiB_and_results_of_a_procedure_are_read()
    {
        string[] lines = (await SshAsync("\\pset format csv\nselect repeat('x', 20000000) as a, 1 as b")).Succeeded().Text.Split('\n');

        Assert.Equal(20000002, lines[1].Length);
        string both = (await SshAsync("delimiter //\ncreate or replace procedure two() begin select 1 as a; select 2 as b; end//\ndelimiter ;\n\\pset format csv\ncall two();\n"u8.ToArray())).Succeeded().Text;
        Assert.Contains("a\n1\nb\n2\n", both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Literal_ends_where_the_setting_of_the_session_says()
    {
        RunResult result = await SshAsync("\\pset format csv\nselect 'a\\';b' as it;\nset sql_mode = 'NO_BACKSLASH_ESCAPES';\nselect 'a\\' as it, \"b\\\" as other;\n"u8.ToArray());

        Assert.Equal("it\na';b\nit,other\na\\,b\\\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Tables_are_listed_and_described()
    {
        (await SshAsync("create or replace table orders (id int primary key, item varchar(20) not null default 'a')")).Succeeded();

        Assert.Contains("orders", (await SshAsync("\\dt")).Succeeded().Text, StringComparison.Ordinal);
        string one = (await SshAsync("\\d orders")).Succeeded().Text;
        Assert.Contains(" item   | varchar(20) | not null | 'a'", one, StringComparison.Ordinal);
        Assert.Contains("PRIMARY", one, StringComparison.Ordinal);
        Assert.Equal(1, (await SshAsync("\\d or'ders")).ExitCode);
        foreach (string command in (string[])["\\dv", "\\di", "\\dn", "\\du", "\\df", "\\l shop", "\\conninfo", "\\c other"])
        {
            Assert.NotEmpty((await SshAsync(command)).Succeeded().Text);
        }
    }

    [Fact]
    public async Task Session_that_is_ended_from_outside_ends_the_script_with_another_status()
    {
        Task<RunResult> running = SshAsync("select sleep(60)");
        SessionRecord? live = null;
        await Poll.UntilAsync("a session", async () => (live = (await fixture.Gateway.SessionsAsync(liveOnly: true)) is [.., SessionRecord last] ? last : null) is not null);
        Assert.Null((await fixture.Gateway.Product.Sessions.KillAsync(GatewayTests.TestGateway.Local, live!.Id, "enough", CancellationToken.None)).Refusal);

        RunResult result = await running;

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("enough", result.Error, StringComparison.Ordinal);
    }

    private Task<RunResult> SshAsync(string command) => fixture.Gateway.SshAsync("alice@writer@shop-db", command);

    private Task<RunResult> SshAsync(byte[] script) => fixture.Gateway.SshAsync("alice@writer@shop-db", script, "-T");
}
