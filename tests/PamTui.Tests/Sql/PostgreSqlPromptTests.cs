using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Tests.GatewayTests.Databases;

namespace PamTui.Tests.SqlTests;

/// <summary>`ssh alice@analytics@shop-db@gw` in a terminal, with a real PostgreSQL behind the gateway.</summary>
public sealed class PostgreSqlPromptTests(PostgresTunnelFixture fixture) : IClassFixture<PostgresTunnelFixture>
{
    private readonly PostgresTunnel _tunnel = fixture.Tunnel;

    [Fact]
    public async Task Statement_over_lines_gives_a_table_and_a_transaction_is_in_the_prompt()
    {
        await using Tmux terminal = await StartAsync();

        await EnterAsync(terminal, "select 1 as one,", "shop->");
        await EnterAsync(terminal, "null as nothing, '日本' as wide;", " one | nothing | wide\n-----+---------+------\n   1 | NULL    | 日本\n(1 row)");
        await EnterAsync(terminal, "begin;", "shop=*>");
        await EnterAsync(terminal, "select nonsense;", "ERROR:  column \"nonsense\" does not exist\nLINE 1: select nonsense\n               ^\nshop=!>");
        await EnterAsync(terminal, "rollback;", "ROLLBACK\nshop=>");
        await EnterAsync(terminal, "\\x", "Expanded display is on.");
        await EnterAsync(terminal, "select 1 as a, 2 as long_name;", "a         | 1\nlong_name | 2");
        await EnterAsync(terminal, "\\! id", "the prompt runs on the gateway, whose files and programs");
        await EnterAsync(terminal, "\\q", "");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Ctrl_C_cancels_the_statement_and_the_prompt_goes_on()
    {
        await using Tmux terminal = await StartAsync();

        await terminal.TypeAsync("select pg_sleep(60);");
        await terminal.PressAsync("Enter");
        await RunsAsync();
        await terminal.PressAsync("C-c");
        string cancelled = await terminal.SeesAsync("ERROR:  canceling statement due to user request");
        Assert.DoesNotContain("rows)", cancelled, StringComparison.Ordinal);
        await EnterAsync(terminal, "select 'still ' || 'here';", "still here");
        await terminal.TypeAsync("select nothing");
        await terminal.PressAsync("C-c");
        await EnterAsync(terminal, "select 'a' || 'new';", "anew");
        await terminal.PressAsync("C-d");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Ctrl_C_in_a_script_on_a_terminal_cancels_and_nothing_after_it_runs()
    {
        await using Tmux terminal = await Tmux.StartAsync(
            80, 24, ["ssh", .. _tunnel.Gateway.SshOptions(_tunnel.Gateway.AliceKey), "-tt", "alice@analytics@shop-db@127.0.0.1", "select pg_sleep(60); select 'ne' || 'ver'"]);
        await RunsAsync();

        await terminal.PressAsync("C-c");

        Assert.Equal(1, await terminal.EndsAsync());
        string screen = await terminal.SeesAsync("ERROR:  canceling statement due to user request");
        Assert.DoesNotContain("never", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_is_drawn_anew_when_the_terminal_has_another_size()
    {
        await using Tmux terminal = await StartAsync();
        await terminal.TypeAsync("select 'abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnopqrstuvwxyz' as last");
        await terminal.SeesAsync("as last");

        await terminal.ResizeAsync(30, 24);
        await terminal.SeesAsync("shop=> select 'abcdefghijklmno\npqrstuvwxyz', 'abcdefghijklmno\npqrstuvwxyz' as last");
        await terminal.ResizeAsync(100, 24);
        string screen = await terminal.SeesAsync("shop=> select 'abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnopqrstuvwxyz' as last");

        Assert.Equal(1, screen.Split("select").Length - 1);
        await terminal.PressAsync("C-c", "C-d");
        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Tab_completes_keywords_tables_and_columns_and_what_was_typed_comes_back()
    {
        await _tunnel.Server.SqlAsync("create table if not exists invoices (invoice_total int)", "shop");
        await _tunnel.Server.SqlAsync("grant select on invoices to analytics", "shop");
        await using Tmux terminal = await StartAsync();

        await terminal.TypeAsync("sel");
        await terminal.PressAsync("Tab");
        await terminal.TypeAsync("count(inv");
        await terminal.PressAsync("Tab");
        await terminal.TypeAsync("_t");
        await terminal.PressAsync("Tab", "BSpace");
        await terminal.TypeAsync(") from invoices");
        await terminal.TypeAsync(";");
        await terminal.SeesAsync("shop=> select count(invoice_total) from invoices;");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("(1 row)");
        await EnterAsync(terminal, "select 'my password' as secret;", "secret\n");
        await terminal.PressAsync("Up");
        await terminal.PressAsync("C-a");
        await terminal.TypeAsync("explain ");
        await terminal.PressAsync("C-e", "Enter");
        await terminal.SeesAsync("Aggregate");
        await terminal.PressAsync("C-r");
        await terminal.TypeAsync("count");
        await terminal.SeesAsync("(search 'count') explain select count(invoice_total)");
        await terminal.PressAsync("Escape", "C-d");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Result_larger_than_the_screen_is_paged_moved_sideways_and_searched()
    {
        await using Tmux terminal = await StartAsync();

        await EnterAsync(terminal, "select i as id, repeat('x', 100) as wide, 'end' || i as last from generate_series(1, 500) i;", "lines 1-");
        await terminal.PressAsync("Space");
        await terminal.SeesNoMoreAsync("lines 1-");
        await terminal.TypeAsync("llll");
        await terminal.SeesAsync("end3");
        await terminal.TypeAsync("/end444");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("end444");
        await terminal.TypeAsync("G");
        await terminal.SeesAsync("of 501");
        await terminal.TypeAsync("q");
        await terminal.SeesAsync("shop=>");
        await EnterAsync(terminal, "select i from generate_series(1, 20000) i;", "lines 1-");
        await terminal.TypeAsync("G");
        await terminal.SeesAsync("20000 rows, of which the first 10000 are shown");
        await terminal.TypeAsync("q");
        await EnterAsync(terminal, "\\q", "");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task What_is_typed_at_once_after_leaving_the_pager_is_for_the_prompt()
    {
        await using Tmux terminal = await StartAsync();

        await EnterAsync(terminal, "select i from generate_series(1, 500) i;", "lines 1-");
        await terminal.TypeAsync("Gqselect 'for the ' || 'prompt';");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("for the prompt");
        await EnterAsync(terminal, "\\q", "");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Values_and_names_and_errors_of_the_database_cannot_move_the_cursor()
    {
        await using Tmux terminal = await StartAsync();

        await EnterAsync(terminal, "select E'\\x1b[2J\\x1b]0;x\\x07' as \"a\u202eb\";", "\\u{1b}[2J\\u{1b}]0;x\\u{7}");
        await EnterAsync(terminal, "do $$ begin raise notice E'\\x1b[31mred'; raise exception E'\\x1b[2Jgone'; end $$;", "ERROR:  \\u{1b}[2Jgone");
        await terminal.SeesAsync("NOTICE:  \\u{1b}[31mred");
        await EnterAsync(terminal, "\\q", "");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Paste_of_several_lines_waits_for_enter()
    {
        await using Tmux terminal = await StartAsync();

        await terminal.PasteAsync("select 1 +\n 1 as two;\nselect 3 as three;");
        await terminal.SeesAsync("select 3 as three;");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("three\n-------\n     3\n(1 row)");
        await EnterAsync(terminal, "\\q", "");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Session_that_is_ended_from_outside_ends_the_prompt_in_words_while_nothing_runs()
    {
        await using Tmux terminal = await StartAsync();
        SessionRecord session = (await _tunnel.Gateway.SessionsAsync(liveOnly: true))[^1];

        Assert.Null((await _tunnel.Gateway.Product.Sessions.KillAsync(GatewayTests.TestGateway.Local, session.Id, "enough", CancellationToken.None)).Refusal);

        await terminal.SeesAsync("enough");
        Assert.Equal(2, await terminal.EndsAsync());
    }

    [Fact]
    public async Task Person_whose_terminal_is_gone_is_not_taken_for_a_stop_of_the_gateway()
    {
        SessionRecord session;
        await using (await StartAsync())
        {
            session = (await _tunnel.Gateway.SessionsAsync(liveOnly: true))[^1];
        }

        Assert.Equal("connection to the user lost", (await _tunnel.Gateway.EndedAsync(session.Id)).EndReason);
    }

    private async Task<Tmux> StartAsync()
    {
        Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", .. _tunnel.Gateway.SshOptions(_tunnel.Gateway.AliceKey), "-t", "alice@analytics@shop-db@127.0.0.1"]);
        await terminal.SeesAsync("shop=>");
        return terminal;
    }

    private static async Task EnterAsync(Tmux terminal, string line, string sees)
    {
        await terminal.TypeAsync(line);
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync(sees);
    }

    private Task RunsAsync() => Poll.UntilAsync("the statement runs", async () =>
        (await _tunnel.Server.SqlAsync("select 'runs' from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'")).Contains("runs", StringComparison.Ordinal));
}
