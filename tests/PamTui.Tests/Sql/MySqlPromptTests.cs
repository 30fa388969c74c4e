using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.GatewayTests.MySql;

namespace PamTui.Tests.SqlTests;

/// <summary>`ssh alice@writer@shop-db@gw` in a terminal, with a real MariaDB behind the gateway.</summary>
public sealed class MySqlPromptTests(MySqlGateway fixture) : IClassFixture<MySqlGateway>
{
    [Fact]
    public async Task Statements_use_transactions_and_G_are_as_people_of_mysql_know_them()
    {
        await using Tmux terminal = await StartAsync();

        await EnterAsync(terminal, "select 1 as one, null as nothing;", " one | nothing\n-----+---------\n   1 | NULL\n(1 row)");
        await EnterAsync(terminal, "select 1 as a, 2 as b\\G", "a | 1\nb | 2");
        await EnterAsync(terminal, "start transaction;", "shop=*>");
        await EnterAsync(terminal, "rollback;", "shop=>");
        await EnterAsync(terminal, "select nonsense;", "ERROR 1054 (42S22): Unknown column 'nonsense'");
        await EnterAsync(terminal, "use other;", "other=>");
        await EnterAsync(terminal, "\\c shop", "shop=>");
        await EnterAsync(terminal, "\\q", "");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Ctrl_C_cancels_the_statement_and_the_prompt_goes_on()
    {
        await using Tmux terminal = await StartAsync();

        await terminal.TypeAsync("select benchmark(1, sleep(60)) as slept;");
        await terminal.PressAsync("Enter");
        await Poll.UntilAsync("the statement runs", async () =>
            (await fixture.Server.SqlAsync("select 'runs' from information_schema.processlist where info like 'select benchmark%'")).Contains("runs", StringComparison.Ordinal));
        await terminal.PressAsync("C-c");
        await Poll.UntilAsync("the statement runs no more", async () =>
            !(await fixture.Server.SqlAsync("select 'runs' from information_schema.processlist where info like 'select benchmark%'")).Contains("runs", StringComparison.Ordinal));
        await EnterAsync(terminal, "select concat('still ', 'here');", "still here");
        await EnterAsync(terminal, "\\q", "");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Ctrl_C_in_a_script_on_a_terminal_ends_it_whatever_the_server_makes_of_it()
    {
        await using Tmux terminal = await Tmux.StartAsync(
            80, 24, ["ssh", .. fixture.Gateway.SshOptions(fixture.Gateway.AliceKey), "-tt", "alice@writer@shop-db@127.0.0.1", "select sleep(60) as scripted; select concat('ne', 'ver')"]);
        await Poll.UntilAsync("the statement runs", async () => (await fixture.Server.SqlAsync("show processlist")).Contains("as scripted", StringComparison.Ordinal));

        await terminal.PressAsync("C-c");

        Assert.Equal(1, await terminal.EndsAsync());
        Assert.DoesNotContain("never", await terminal.ScreenAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Person_whose_terminal_is_gone_is_not_taken_for_a_stop_of_the_gateway()
    {
        SessionRecord session;
        await using (await StartAsync())
        {
            session = (await fixture.Gateway.SessionsAsync(liveOnly: true))[^1];
        }

        Assert.Equal("connection to the user lost", (await fixture.Gateway.EndedAsync(session.Id)).EndReason);
    }

    private async Task<Tmux> StartAsync()
    {
        Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", .. fixture.Gateway.SshOptions(fixture.Gateway.AliceKey), "-t", "alice@writer@shop-db@127.0.0.1"]);
        await terminal.SeesAsync("shop=>");
        return terminal;
    }

    private static async Task EnterAsync(Tmux terminal, string line, string sees)
    {
        await terminal.TypeAsync(line);
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync(sees);
    }
}
