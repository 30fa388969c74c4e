using PamTui.Core.Model;
using PamTui.Tests.CoreTests;

namespace PamTui.Tests.Tui;

/// <summary>Favourites and filters under names, in the lists.</summary>
public sealed class OwnListsTests
{
    [Fact]
    public async Task A_favourite_is_made_by_a_key_found_sorted_to_the_front_and_given_up_by_the_same_key()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("G", "accounts › web-1/beta");
        await run.TypeAsync("f", "web-1/beta is a favourite");
        await run.SeesAsync("★ fav");
        Assert.Equal([new AccountRef("web-1", "beta")], await FavouritesAsync(vault));

        await run.TypeAsync("/favourite=yes", "1/3");
        await run.TypeAsync("\r\e", "db-1/zulu");
        await run.TypeAsync("s", "Sort by");
        await run.TypeAsync("favourite\r", "FAV ▲");
        await run.Channel.UntilAsync(screen => screen.Text.IndexOf("web-1/beta", 200, StringComparison.Ordinal) < screen.Text.IndexOf("db-1/zulu", 200, StringComparison.Ordinal), "the favourite first");

        await run.TypeAsync("gf", "web-1/beta is no favourite any more.");
        await run.SeesNoMoreAsync("★ fav");
        Assert.Empty(await FavouritesAsync(vault));
    }

    [Fact]
    public async Task Favourites_are_the_persons_own()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new Core.Users.GrantDraft("alice", "web-1/*", Capability.Connect), TestVault.Ct));
        TestVault.Ok(await vault.Product.Favourites.AddAsync(TestVault.Local, new AccountRef("web-1", "beta"), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, alice, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › web-1/alpha");
        Assert.DoesNotContain("★", run.Screen, StringComparison.Ordinal);
        await run.TypeAsync("/favourite=yes", "Nothing matches the filter.");
    }

    [Theory]
    [InlineData("favourite=maybe")]
    [InlineData("favourite~y")]
    public async Task What_is_no_answer_to_whether_it_is_a_favourite_is_refused(string filter)
    {
        await using TestVault vault = await FilledAsync();
        Assert.Contains("favourite=yes or favourite=no", (await vault.Product.Accounts.ListAsync(TestVault.Local, filter, new PageRequest(), TestVault.Ct)).Refusal!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("favourite=yes", "web-1/beta")]
    [InlineData("favourite!=no", "web-1/beta")]
    [InlineData("-favourite=no resource=web-1", "web-1/beta")]
    [InlineData("favourite=no", "db-1/zulu web-1/alpha")]
    [InlineData("favourite=yes OR name=zulu", "db-1/zulu web-1/beta")]
    [InlineData("favourite=yes env=test", "")]
    [InlineData("favourite=no env=test", "web-1/alpha")]
    public async Task Favourites_are_a_term_like_others(string filter, string found)
    {
        await using TestVault vault = await FilledAsync();
        TestVault.Ok(await vault.Product.Favourites.AddAsync(TestVault.Local, new AccountRef("web-1", "beta"), TestVault.Ct));
        Page<Account> page = TestVault.Ok(await vault.Product.Accounts.ListAsync(TestVault.Local, filter, new PageRequest(), TestVault.Ct));
        Assert.Equal(found, string.Join(' ', page.Items.Select(account => account.Reference)));
        Assert.Equal(page.Items.Count, page.Total);
    }

    [Fact]
    public async Task A_filter_is_saved_used_by_its_name_renamed_and_deleted()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("F", "The list has no filter to save");
        run.Type("\e");
        await run.SeesNoMoreAsync("Filters under names");
        await run.TypeAsync("/env=test\r", "1/3");
        await run.TypeAsync("F", "save env=test under a name");
        await run.TypeAsync("\r", "is kept under this name");
        await run.TypeAsync("mine\r", "Saved: @mine");
        await run.SeesAsync("/@mine");

        await run.TypeAsync("\e", "db-1/zulu");
        await run.TypeAsync("/@mine", "1/3");
        await run.TypeAsync(" -name=alpha", "Nothing matches the filter.");
        await run.TypeAsync("\u0015@nobody", "You have no saved filter 'nobody'");
        await run.TypeAsync("\u0015\r", "db-1/zulu");

        await run.TypeAsync("F", "@mine  env=test");
        await run.TypeAsync("rename\r", "is called from now on");
        await run.TypeAsync("ours\r", "@mine is @ours now.");
        await run.TypeAsync("F", "@ours  env=test");
        await run.TypeAsync("\r", "1/3");
        await run.TypeAsync("F", "delete @ours");
        await run.TypeAsync("delete\r", "The name @ours goes");
        await run.TypeAsync("\t\r", "@ours is deleted.");
        Assert.Empty(TestVault.Ok(await vault.Product.SavedFilters.ListAsync(TestVault.Local, TestVault.Ct)));
    }

    [Fact]
    public async Task A_saved_filter_that_is_renamed_keeps_what_it_says_and_takes_no_others_name()
    {
        await using TestVault vault = await FilledAsync();
        TestVault.Ok(await vault.Product.SavedFilters.SaveAsync(TestVault.Local, "one", "env=test", TestVault.Ct));
        TestVault.Ok(await vault.Product.SavedFilters.SaveAsync(TestVault.Local, "two", "env=prod", TestVault.Ct));
        Assert.Equal(RefusalKind.Failed, (await vault.Product.SavedFilters.RenameAsync(TestVault.Local, "one", "two", TestVault.Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.SavedFilters.RenameAsync(TestVault.Local, "three", "four", TestVault.Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.SavedFilters.RenameAsync(TestVault.Local, "one", "No Name", TestVault.Ct)).Refusal!.Kind);
        TestVault.Ok(await vault.Product.SavedFilters.RenameAsync(TestVault.Local, "one", "three", TestVault.Ct));
        Assert.Equal(
            [("three", "env=test"), ("two", "env=prod")],
            TestVault.Ok(await vault.Product.SavedFilters.ListAsync(TestVault.Local, TestVault.Ct)).Select(saved => (saved.Name, saved.Filter)));
        Page<AuditRow> audit = TestVault.Ok(await vault.Product.Audit.ListAsync(TestVault.Local, "action=filter.rename", new PageRequest(), TestVault.Ct));
        Assert.Equal("one", Assert.Single(audit.Items).Target);
    }

    private static async Task<ShellRun> OpenAsync(TestVault vault)
    {
        ShellRun run = ShellRun.Start(vault, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › db-1/zulu");
        return run;
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("db-1");
        await vault.AddAccountAsync("web-1/alpha", "env=test");
        await vault.AddAccountAsync("web-1/beta");
        await vault.AddAccountAsync("db-1/zulu");
        return vault;
    }

    private static async Task<IEnumerable<AccountRef>> FavouritesAsync(TestVault vault) =>
        TestVault.Ok(await vault.Product.Favourites.ListAsync(TestVault.Local, new PageRequest(), TestVault.Ct)).Items.Select(account => account.Reference);
}
