using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui;
using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

public sealed class ListPageTests
{
    [Fact]
    public async Task Accounts_are_sorted_by_a_chosen_column_and_the_other_way()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAccountsAsync(vault);
        await run.TypeAsync("s", "Sort by");
        await run.TypeAsync("username\r", "USERNAME ▲");
        await run.Channel.UntilAsync(screen => Order(screen.Text, "web-1/alpha", "db-1/zulu"), "the order of usernames");
        await run.TypeAsync("S", "USERNAME ▼");
        await run.Channel.UntilAsync(screen => Order(screen.Text, "db-1/zulu", "web-1/alpha"), "the other way");
    }

    [Fact]
    public async Task Columns_are_chosen_and_stay_chosen_after_a_session()
    {
        await using TestVault vault = await FilledAsync();
        ShellState state = new();
        await using (ShellRun run = await OpenAccountsAsync(vault, state))
        {
            await run.SeesNoMoreAsync("ALIAS");
            await run.TypeAsync("v", "□ alias");
            await run.TypeAsync("alias\r", "■ alias");
            run.Type("\e");
            await run.SeesNoMoreAsync("□ name");
            await run.TypeAsync("G", "accounts › web-1/beta");
            run.Type("\r");
            Assert.Equal(new AccountRef("web-1", "beta"), Assert.IsType<ShellOutcome.Connect>(await run.Outcome).Account);
        }

        await using ShellRun again = ShellRun.Start(vault, state: state, columns: 120);
        await again.SeesAsync("ALIAS");
        await again.SeesAsync("accounts › web-1/beta");
    }

    [Fact]
    public async Task Marked_accounts_are_checked_together_and_those_that_fail_stay_marked()
    {
        await using TestVault vault = await FilledAsync();
        vault.Check = (username, _) => username != "zzz"
            ? TestVault.Passed
            : new CheckReport(new CheckFailure(CheckStage.Connect, CheckCause.PortRefused, "db-1 refuses connections."), null, TimeSpan.Zero);
        await using ShellRun run = await OpenAccountsAsync(vault);
        await run.TypeAsync("*", "3 marked");
        await run.TypeAsync("c", "2 of 3 sign in.");
        await run.SeesAsync("db-1/zulu: db-1 refuses connections.");
        await run.SeesAsync("1 marked");
        await run.SeesAsync("■ db-1/zulu");
    }

    [Fact]
    public async Task A_pair_is_given_to_all_that_are_marked_and_a_key_taken_from_them()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAccountsAsync(vault);
        await run.TypeAsync("j  ", "2 marked");
        await run.TypeAsync("m", "Metadata of 2 accounts");
        await run.TypeAsync("owner=alice\r", "2 of 2 are saved.");
        Assert.Equal("alice", await OwnerAsync(vault, "web-1", "alpha"));
        Assert.Equal("alice", await OwnerAsync(vault, "web-1", "beta"));
        Assert.Null(await OwnerAsync(vault, "db-1", "zulu"));

        await run.TypeAsync("*", "3 marked");
        await run.TypeAsync("m", "Metadata of 3 accounts");
        await run.TypeAsync("-owner\r", "3 of 3 are saved.");
        Assert.Null(await OwnerAsync(vault, "web-1", "alpha"));
    }

    [Fact]
    public async Task Removing_all_marked_takes_the_typed_number()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAccountsAsync(vault);
        await run.TypeAsync("*", "3 marked");
        await run.TypeAsync("\e[3~", "3 accounts go with their credentials");
        await run.TypeAsync("remove 2\r", "Type remove 3 to go on.");
        await run.TypeAsync("\u0015remove 3\r", "3 of 3 are removed.");
        await run.SeesAsync("No accounts yet:");
    }

    [Fact]
    public async Task Esc_takes_the_marks_then_the_filter_then_the_place()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAccountsAsync(vault);
        await run.TypeAsync("/resource=web-1", "2/3");
        await run.TypeAsync("\r ", "1 marked  2/3");
        await run.TypeAsync("\e", "web-1/beta");
        await run.SeesNoMoreAsync("marked");
        await run.TypeAsync("\e", "db-1/zulu");
        await run.TypeAsync("\e", "RESOURCES");
    }

    [Fact]
    public async Task Enter_on_a_resource_shows_its_accounts_and_esc_comes_back_to_it()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("3", "resources › db-1");
        await run.TypeAsync("j", "resources › web-1");
        await run.TypeAsync("\r", "ACCOUNTS of web-1");
        await run.SeesAsync("web-1/beta");
        Assert.DoesNotContain("db-1", run.Screen, StringComparison.Ordinal);
        await run.TypeAsync("\e", "resources › web-1");
    }

    [Fact]
    public async Task A_click_on_a_header_sorts_and_a_double_click_on_a_row_connects()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAccountsAsync(vault);
        string[] lines = run.Screen.Split('\n');
        int column = lines[2].IndexOf("USERNAME", StringComparison.Ordinal) + 1;
        run.Type($"\e[<0;{column};3M\e[<0;{column};3m");
        await run.SeesAsync("USERNAME ▲");
        await run.Channel.UntilAsync(screen => Order(screen.Text, "web-1/alpha", "db-1/zulu"), "the order of usernames");
        string click = "\e[<0;6;4M\e[<0;6;4m";
        run.Type(click + click);
        Assert.Equal(new AccountRef("web-1", "alpha"), Assert.IsType<ShellOutcome.Connect>(await run.Outcome).Account);
    }

    [Fact]
    public async Task An_account_is_added_in_the_list_of_a_resource_and_in_that_of_all_after_the_resource_is_chosen()
    {
        await using TestVault vault = await FilledAsync();
        await vault.AddResourceAsync("empty");
        await using ShellRun run = await OpenAccountsAsync(vault);
        await run.TypeAsync("a", "type a resource's name");
        await run.TypeAsync("web\r", "Add account to web-1");
        await run.TypeAsync("gamma\tggg\t\tsecret\u0013", "accounts › web-1/gamma");

        await run.TypeAsync("3", "resources › db-1");
        await run.TypeAsync("j", "resources › empty");
        await run.TypeAsync("\r", "No accounts yet: press a to add the first.");
        await run.TypeAsync("a", "Add account to empty");
        await run.TypeAsync("delta\tddd\t\tsecret\u0013", "empty › empty/delta");
    }

    [Fact]
    public void The_usual_columns_of_every_list_fit_into_80_columns()
    {
        Assert.All(
            new Dictionary<string, int>
            {
                ["accounts"] = Least(AccountColumns.All(TimeProvider.System, null!)),
                ["resources"] = Least(ResourceColumns.All(TimeProvider.System)),
                ["sessions"] = Least(SessionColumns.All(TimeProvider.System)),
                ["statements"] = Least(StatementColumns.All),
                ["audit"] = Least(AuditColumns.All),
                ["users"] = Least(UserColumns.All(TimeProvider.System)),
                ["groups"] = Least(GroupColumns.All),
                ["grants"] = Least(GrantColumns.All(TimeProvider.System)),
            },
            list => Assert.True(list.Value <= 80, $"The columns of the list of {list.Key} need {list.Value}."));

        // A blank at the left of the list, the mark, and a blank behind each column but the last.
        static int Least<T>(IEnumerable<ListColumn<T>> columns) =>
            1 + 1 + columns.Where(column => column is { IsUsual: true, GivesWay: false }).Sum(column => 1 + column.Least) + 1;
    }

    private static async Task<ShellRun> OpenAccountsAsync(TestVault vault, ShellState? state = null)
    {
        ShellRun run = ShellRun.Start(vault, columns: 120, state: state);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("2", "accounts › db-1/zulu");
        await run.SeesAsync("METADATA");
        return run;
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("db-1");
        await vault.AddAccountAsync("web-1/alpha", "env=test", username: "aaa");
        await vault.AddAccountAsync("web-1/beta", username: "bbb");
        await vault.AddAccountAsync("db-1/zulu", username: "zzz");
        return vault;
    }

    private static async Task<string?> OwnerAsync(TestVault vault, string resource, string account) =>
        TestVault.Ok(await vault.Product.Accounts.FindAsync(TestVault.Local, new AccountRef(resource, account), TestVault.Ct)).Metadata.TryGetValue("owner", out string? owner) ? owner : null;

    private static bool Order(string screen, string first, string second)
    {
        int before = screen.IndexOf("  " + first, StringComparison.Ordinal);
        return before >= 0 && screen.IndexOf("  " + second, StringComparison.Ordinal) > before;
    }
}
