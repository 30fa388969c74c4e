using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

/// <summary>Whoever knows where he goes does not wait for the screen: what is typed in one go comes to what waiting at each list would have.</summary>
public sealed class TypedAheadTests
{
    [Theory]
    [InlineData("2jj", "accounts › web-1/beta")]
    [InlineData("2G", "accounts › web-1/gamma")]
    [InlineData("2Gk", "accounts › web-1/beta")]
    [InlineData("2j\e[B", "accounts › web-1/beta")]
    [InlineData("2j j ", "2 marked")]
    [InlineData("2/web\rjj", "accounts › web-1/gamma")]
    [InlineData("2/web\r/\u0015beta\r", "accounts › web-1/beta")]
    [InlineData("2//web-1/beta\r", "accounts › web-1/beta")]
    [InlineData("2jjd", "web-1 › beta")]
    [InlineData("2jjx", "Type its name:  type beta")]
    [InlineData("2/beta\rx", "Type its name:  type beta")]
    [InlineData("3j", "resources › web-1")]
    [InlineData("3j\rj", "web-1 › web-1/beta")]
    [InlineData("bjj\rj", "web-1 › beta")]
    [InlineData("bG\rGk", "web-1 › beta")]
    public async Task What_is_typed_before_a_list_has_come_is_done_when_it_has(string keys, string sees)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "settings");
        await run.SeesAsync("settings");
        await run.TypeAsync(keys, sees);
        Assert.DoesNotContain("There is no account", run.Screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2jj\r", "web-1/beta")]
    [InlineData("2/beta\r\r", "web-1/beta")]
    [InlineData("/gamma\r\r", "web-1/gamma")]
    [InlineData("bG\rjj\r", "web-1/gamma")]
    [InlineData("2jjd\r", "web-1/beta")]
    [InlineData("jj\r", "web-1/beta")]
    public async Task Enter_is_about_the_account_that_was_meant(string keys, string account)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "home");
        await run.SeesAsync("YOUR ACCOUNTS");
        run.Type(keys);
        Assert.Equal(account, Assert.IsType<ShellOutcome.Connect>(await run.Outcome).Account.ToString());
    }

    [Fact]
    public async Task Whoever_comes_back_goes_on_from_the_row_where_he_was()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › db-1/zulu");
        await run.TypeAsync("jj", "accounts › web-1/beta");
        await run.TypeAsync("9", "settings");
        await run.TypeAsync("2j", "accounts › web-1/gamma");
    }

    [Fact]
    public async Task A_mark_and_what_is_done_with_it_are_about_the_same_row()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "settings");
        await run.SeesAsync("settings");
        await run.TypeAsync("2jj \e[3~", "1 account");
        await run.TypeAsync("remove 1\r", "1 of 1 are removed.");
        await run.SeesNoMoreAsync("web-1/beta");
        await run.SeesAsync("web-1/gamma");
    }

    [Theory]
    [InlineData("\e")]
    [InlineData("\u0003")]
    public async Task Esc_takes_back_what_waits(string esc)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "accounts");
        run.Type("jjx" + esc);
        await run.SeesAsync("accounts › db-1/zulu");
        await run.TypeAsync("j", "accounts › web-1/alpha");
        Assert.DoesNotContain("Remove account", run.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_held_key_is_kept_no_longer_than_anybody_types()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "accounts");
        run.Type(new string('k', 5000));
        await run.SeesAsync("accounts › db-1/zulu");
        await run.TypeAsync("j", "accounts › web-1/alpha");
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db-1");
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("db-1/zulu", "team=blue");
        await vault.AddAccountAsync("web-1/alpha", "team=blue");
        await vault.AddAccountAsync("web-1/beta", "team=red");
        await vault.AddAccountAsync("web-1/gamma", "team=red");
        return vault;
    }
}
