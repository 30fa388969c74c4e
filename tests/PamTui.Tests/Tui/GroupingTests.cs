using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Tests.CoreTests;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

/// <summary>Lists as trees of the values of a metadata key.</summary>
public sealed class GroupingTests
{
    [Theory]
    [InlineData("", "prod:3 test:1 (none):1")]
    [InlineData("resource=web-1", "prod:2 test:1")]
    [InlineData("username=root", "prod:1")]
    [InlineData("-env", "(none):1")]
    [InlineData("env=nowhere", "")]
    [InlineData("favourite=yes", "prod:1")]
    public async Task Accounts_are_counted_by_their_own_values_and_those_of_their_resources(string filter, string counted)
    {
        await using TestVault vault = await FilledAsync();
        TestVault.Ok(await vault.Product.Favourites.AddAsync(TestVault.Local, new AccountRef("web-1", "root"), TestVault.Ct));
        MetadataGroups groups = TestVault.Ok(await vault.Product.Groupings.AccountsAsync(TestVault.Local, filter, "env", TestVault.Ct));
        Assert.Equal(counted, Words(groups));
        Assert.True(groups.AreAll);

        // What a value counts is what the list with that value has.
        foreach (MetadataGroup group in groups.Groups)
        {
            Page<Account> rows = TestVault.Ok(await vault.Product.Accounts.ListAsync(TestVault.Local, Filter.WithPair(filter, "env", group.Value), new PageRequest(), TestVault.Ct));
            Assert.Equal(group.Count, rows.Total);
        }
    }

    [Fact]
    public async Task A_member_counts_only_what_he_may_see()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/root", Capability.Connect), TestVault.Ct));
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "env=test", Capability.Connect), TestVault.Ct));
        Assert.Equal("prod:1 test:1", Words(TestVault.Ok(await vault.Product.Groupings.AccountsAsync(alice, "", "env", TestVault.Ct))));
        Assert.Equal("prod:1", Words(TestVault.Ok(await vault.Product.Groupings.ResourcesAsync(alice, "", "env", TestVault.Ct))));
        Assert.Equal("(none):2", Words(TestVault.Ok(await vault.Product.Groupings.AccountsAsync(alice, "", "owner", TestVault.Ct))));
    }

    [Fact]
    public async Task Resources_are_counted_by_their_own_values()
    {
        await using TestVault vault = await FilledAsync();
        Assert.Equal("prod:1 (none):1", Words(TestVault.Ok(await vault.Product.Groupings.ResourcesAsync(TestVault.Local, "", "env", TestVault.Ct))));
        Assert.Equal("(none):1", Words(TestVault.Ok(await vault.Product.Groupings.ResourcesAsync(TestVault.Local, "name=db-1", "env", TestVault.Ct))));
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.Groupings.ResourcesAsync(TestVault.Local, "(", "env", TestVault.Ct)).Refusal!.Kind);
    }

    [Theory]
    [InlineData("", "env", "a \"b\" (c)", "\"env\"=\"a \\\"b\\\" (c)\"")]
    [InlineData("a OR b", "my key", "x", "(a OR b) \"my key\"=x")]
    [InlineData("", "env", null, "-\"env\"~")]
    [InlineData("", "env", "", "\"env\"=")]
    public void A_value_is_asked_for_in_words_that_parse(string filter, string key, string? value, string asked)
    {
        Assert.Equal(asked, Filter.WithPair(filter, key, value));
        Assert.True(Filter.Parse(asked).IsOk);
    }

    [Fact]
    public async Task Values_are_opened_and_closed_and_the_tree_is_kept_through_a_session()
    {
        await using TestVault vault = await FilledAsync();
        ShellState state = new();
        await using (ShellRun run = ShellRun.Start(vault, columns: 120, state: state, place: "accounts"))
        {
            await run.SeesAsync("accounts › db-1/app");
            await run.TypeAsync("z", "Group by");
            await run.TypeAsync("env\r", "▸ env: prod (3)");
            await run.SeesAsync("▸ env: test (1)");
            await run.SeesAsync("▸ env: (none) (1)");
            await run.SeesAsync("ACCOUNTS by env");
            await run.TypeAsync("\r", "web-1/deploy");
            await run.SeesAsync("▾ env: prod (3)");
            await run.TypeAsync("jj", "accounts › web-1/deploy");
            run.Type("\r");
            Assert.Equal(new AccountRef("web-1", "deploy"), Assert.IsType<ShellOutcome.Connect>(await run.Outcome).Account);
        }

        await using ShellRun again = ShellRun.Start(vault, columns: 120, state: state, place: "accounts");
        await again.SeesAsync("▾ env: prod (3)");
        await again.SeesAsync("accounts › web-1/deploy");
        await again.TypeAsync("gg\r", "▸ env: prod (3)");
        await again.SeesNoMoreAsync("web-1/deploy");
        await again.TypeAsync("z", "Group by");
        await again.TypeAsync("plain\r", "web-1/deploy");
        await again.SeesNoMoreAsync("env: prod (3)");
    }

    [Fact]
    public async Task The_filter_the_order_and_the_marks_work_inside_a_tree()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › db-1/app");
        await run.TypeAsync("z", "Group by");
        await run.TypeAsync("env\r", "env: prod (3)");
        await run.TypeAsync("\r", "web-1/root");
        await run.TypeAsync("j  ", "2 marked");
        run.Type("\e");
        await run.SeesNoMoreAsync("marked");
        await run.TypeAsync("/resource=web-1\r", "env: prod (2)");
        await run.SeesNoMoreAsync("(none)");
        await run.SeesNoMoreAsync("db-1/app");
        await run.TypeAsync("\e", "env: (none) (1)");
        await run.TypeAsync("s", "Sort by");
        await run.TypeAsync("username\r", "USERNAME ▲");
        await run.TypeAsync("S", "USERNAME ▼");
        await run.Channel.UntilAsync(screen => screen.Text.IndexOf("web-1/root", StringComparison.Ordinal) < screen.Text.IndexOf("web-1/deploy", StringComparison.Ordinal), "the order of usernames from the end");
    }

    [Fact]
    public async Task Rows_that_move_to_another_value_are_found_there_by_the_next_look()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › db-1/app");
        await run.TypeAsync("z", "Group by");
        await run.TypeAsync("env\r", "env: prod (3)");
        TestVault.Ok(await vault.Product.Accounts.SetMetadataAsync(TestVault.Local, new AccountRef("db-1", "app"), TestVault.Pairs("env=stage"), TestVault.Ct));
        await run.TypeAsync("r", "env: stage (1)");
        await run.SeesNoMoreAsync("(none)");
    }

    [Fact]
    public async Task A_vault_without_metadata_says_how_to_get_some()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/root");
        await using ShellRun run = ShellRun.Start(vault, place: "resources");
        await run.SeesAsync("resources › web-1");
        await run.TypeAsync("z", "Nothing here has metadata yet");
    }

    private static string Words(MetadataGroups groups) => string.Join(' ', groups.Groups.Select(group => $"{group.Value ?? "(none)"}:{group.Count}"));

    // web-1 is production, one account of it is not; one account of production is so by itself.
    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod");
        await vault.AddResourceAsync("db-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root", username: "root");
        await vault.AddAccountAsync("web-1/trial", "env=test");
        await vault.AddAccountAsync("db-1/app");
        await vault.AddAccountAsync("db-1/main", "env=prod");
        return vault;
    }
}
