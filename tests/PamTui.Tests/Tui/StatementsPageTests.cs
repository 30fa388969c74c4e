using PamTui.Core.Model;
using PamTui.Core.Statements;
using PamTui.Servers;
using PamTui.Tests.CoreTests;

namespace PamTui.Tests.Tui;

public sealed class StatementsPageTests
{
    [Fact]
    public async Task Statements_of_a_session_are_listed_filtered_and_read_whole()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await vault.LogAsync(
            vault.Statement("SELECT 1", rows: 1),
            vault.Statement("SELECT *\n  FROM nothing \u001b[2J WHERE a = $1", error: "42P01") with { Values = [StatementValue.OfText("x\u001b]0;y")] });
        await using ShellRun run = await OpenAsync(vault);
        await run.SeesAsync("STATEMENTS of session 1");
        await run.SeesAsync("SELECT 1");
        await run.SeesAsync("SELECT * FROM nothing \\u{1b}[2J WHERE");

        await run.TypeAsync("o", "STATEMENTS THAT FAILED");
        await run.SeesNoMoreAsync("SELECT 1");
        await run.TypeAsync("\r", "Statement 2 of session 1");
        await run.SeesAsync("error 42P01");
        await run.SeesAsync("$1  'x\\u{1b}]0;y'");
        run.Type("\e");
        await run.SeesNoMoreAsync("Statement 2 of session 1");
        await run.TypeAsync("o", "SELECT 1");
        run.Type("/NOTHING\r");
        await run.SeesNoMoreAsync("SELECT 1");

        Assert.Contains(TestVault.Ok(await vault.Product.Audit.ListAsync(TestVault.Local, "action=statements.read", new PageRequest(), TestVault.Ct)).Items, row => row.Actor == "local:root");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(120, 40)]
    public async Task Sessions_statements_and_audit_with_awkward_data(int columns, int rows)
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await vault.LogAsync(
            vault.Statement("SELECT '日本語', 'e\u0301', '\u202eright to left'", rows: 1),
            vault.Statement("UPDATE orders\nSET note = $1 \u001b[2J WHERE id = $2", rows: 1234567) with { Values = [StatementValue.OfText("x\u001b]0;y"), StatementValue.Null] },
            vault.Statement("SELECT " + string.Join(", ", Enumerable.Range(1, 90).Select(static number => "column_" + number)) + " FROM wide", error: "42P01"),
            vault.Statement("COPY wide TO STDOUT", rows: 0) with { Truncated = true });
        await using ShellRun run = ShellRun.Start(vault.Vault, columns: columns, rows: rows);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("4", "sessions › 1");
        await GoldenTests.MatchesAsync(run, $"sessions-{columns}x{rows}");
        await run.TypeAsync("t", "session 1 › 1");
        await run.TypeAsync("j", "session 1 › 2");
        await GoldenTests.MatchesAsync(run, $"statements-{columns}x{rows}");
        await run.TypeAsync("\r", "Statement 2 of session 1");
        await GoldenTests.MatchesAsync(run, $"statement-{columns}x{rows}");
        run.Type("\e");
        await run.SeesNoMoreAsync("Statement 2 of session 1");
        await run.TypeAsync("5", "audit › 10");
        await GoldenTests.MatchesAsync(run, $"audit-{columns}x{rows}");
    }

    [Fact]
    public async Task Statements_of_a_live_session_come_as_they_run()
    {
        await using LoggedVault vault = await LoggedVault.OpenAsync();
        await using StatementLog log = await vault.StartAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.SeesAsync("The session asked no database anything.");

        await log.AppendAsync(vault.Statement("SELECT 'now'"), TestVault.Ct);

        await Poll.UntilAsync("the statement is on the screen", () =>
        {
            vault.Time.Advance(TimeSpan.FromSeconds(1));
            return run.Screen.Contains("SELECT 'now'", StringComparison.Ordinal);
        });
    }

    private static async Task<ShellRun> OpenAsync(LoggedVault vault)
    {
        ShellRun run = ShellRun.Start(vault.Vault, columns: 120);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("4", "● live");
        run.Type("t");
        return run;
    }
}
