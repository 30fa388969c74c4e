using PamTui.Core.Model;
using PamTui.Core.Personal;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

/// <summary>What a person keeps for himself: favourites, what he used, filters.</summary>
public sealed class PersonalTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");
    private static readonly AccountRef s_root = new("web-1", "root");

    [Fact]
    public async Task Favourites_are_each_persons_own_and_marked_once()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await MemberAsync(vault, "alice", "web-1/*");
        Actor bob = await MemberAsync(vault, "bob", "web-1/*");

        Ok(await vault.Product.Favourites.AddAsync(alice, s_root, Ct));
        Ok(await vault.Product.Favourites.AddAsync(alice, s_root, Ct));
        Ok(await vault.Product.Favourites.AddAsync(alice, s_deploy, Ct));
        Ok(await vault.Product.Favourites.AddAsync(Local, s_deploy, Ct));

        Assert.Equal("web-1/deploy web-1/root", await FavouritesAsync(vault, alice));
        Assert.Equal("", await FavouritesAsync(vault, bob));
        Assert.Equal("web-1/deploy", await FavouritesAsync(vault, Local));
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Favourites.RemoveAsync(bob, s_root, Ct)).Refusal?.Kind);
        Ok(await vault.Product.Favourites.RemoveAsync(alice, s_root, Ct));
        Assert.Equal("web-1/deploy", await FavouritesAsync(vault, alice));
    }

    [Fact]
    public async Task Favourite_and_recent_account_are_hidden_while_no_grant_reaches_them()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Grant grant = Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect), Ct));
        Ok(await vault.Product.Favourites.AddAsync(alice, s_deploy, Ct));
        await UseAsync(vault, alice, s_deploy);
        Assert.Equal(("web-1/deploy", "web-1/deploy"), (await FavouritesAsync(vault, alice), await RecentAsync(vault, alice)));

        Ok(await vault.Product.Grants.RemoveAsync(Local, grant.Id, Ct));
        Assert.Equal(("", ""), (await FavouritesAsync(vault, alice), await RecentAsync(vault, alice)));

        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect), Ct));
        Assert.Equal(("web-1/deploy", "web-1/deploy"), (await FavouritesAsync(vault, alice), await RecentAsync(vault, alice)));
    }

    [Fact]
    public async Task Recent_accounts_are_each_there_once_with_the_persons_own_last_use_first()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await MemberAsync(vault, "alice", "web-1/*");
        Actor bob = await MemberAsync(vault, "bob", "web-1/*");

        await UseAsync(vault, alice, s_deploy);
        await UseAsync(vault, alice, s_root);
        await UseAsync(vault, alice, s_deploy);
        DateTimeOffset last = vault.Time.GetUtcNow();
        await UseAsync(vault, bob, s_root);

        Page<RecentAccount> recent = Ok(await vault.Product.Favourites.RecentAsync(alice, "", new PageRequest(0, 1), Ct));
        Assert.Equal((s_deploy, last, 2), (recent.Items[0].Account.Reference, recent.Items[0].LastUsed, recent.Total));
        Assert.Equal("web-1/deploy web-1/root", await RecentAsync(vault, alice));
        Assert.Equal("web-1/root", await RecentAsync(vault, bob));
    }

    [Fact]
    public async Task Whoever_works_at_the_machine_used_what_the_user_that_he_is_at_the_gateway_used_and_a_user_never_sees_anothers()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await MemberAsync(vault, "alice", "web-1/*");
        Actor bob = await MemberAsync(vault, "bob", "web-1/*");
        await UseAsync(vault, alice, s_deploy);
        await UseAsync(vault, bob, s_root);

        Assert.Equal("web-1/deploy", await RecentAsync(vault, Local, "alice"));
        Assert.Equal("", await RecentAsync(vault, Local, "nobody"));
        Assert.Equal("", await RecentAsync(vault, Local));
        Assert.Equal("web-1/root", await RecentAsync(vault, bob, "alice"));
    }

    [Fact]
    public async Task Removed_account_and_removed_user_take_their_marks_and_filters_with_them()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await MemberAsync(vault, "alice", "web-1/*");
        Ok(await vault.Product.Favourites.AddAsync(alice, s_root, Ct));
        Ok(await vault.Product.Favourites.AddAsync(alice, s_deploy, Ct));
        Ok(await vault.Product.SavedFilters.SaveAsync(alice, "mine", "env=prod", Ct));

        Ok(await vault.Product.Accounts.RemoveAsync(Local, s_root, Ct));
        Assert.Equal("web-1/deploy", await FavouritesAsync(vault, alice));

        Ok(await vault.Product.Users.RemoveAsync(Local, "alice", Ct));
        Actor again = await MemberAsync(vault, "alice", "web-1/*");
        Assert.Equal("", await FavouritesAsync(vault, again));
        Assert.Empty(Ok(await vault.Product.SavedFilters.ListAsync(again, Ct)));
    }

    [Fact]
    public async Task Theme_is_each_persons_own_and_the_terminals_until_one_is_chosen()
    {
        await using TestVault vault = await OpenAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Actor bob = await vault.AddUserAsync("bob");

        Ok(await vault.Product.PersonalSettings.SetThemeAsync(alice, ThemeChoice.Dark, Ct));
        Ok(await vault.Product.PersonalSettings.SetThemeAsync(alice, ThemeChoice.HighContrast, Ct));
        Ok(await vault.Product.PersonalSettings.SetThemeAsync(Local, ThemeChoice.Light, Ct));

        Assert.Equal(ThemeChoice.HighContrast, Ok(await vault.Product.PersonalSettings.ThemeAsync(alice, Ct)));
        Assert.Equal(ThemeChoice.Terminal, Ok(await vault.Product.PersonalSettings.ThemeAsync(bob, Ct)));
        Assert.Equal(ThemeChoice.Light, Ok(await vault.Product.PersonalSettings.ThemeAsync(Local, Ct)));

        Ok(await vault.Product.Users.RemoveAsync(Local, "alice", Ct));
        Assert.Equal(ThemeChoice.Terminal, Ok(await vault.Product.PersonalSettings.ThemeAsync(await vault.AddUserAsync("alice"), Ct)));
    }

    [Fact]
    public async Task Saved_filters_are_each_persons_own_and_a_name_gets_its_latest_filter()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Actor bob = await vault.AddUserAsync("bob");

        Ok(await vault.Product.SavedFilters.SaveAsync(alice, "prod", "env=prod", Ct));
        Ok(await vault.Product.SavedFilters.SaveAsync(alice, "prod", "env=prod -owner", Ct));
        Ok(await vault.Product.SavedFilters.SaveAsync(bob, "prod", "env=test", Ct));

        Assert.Equal(["prod: env=prod -owner"], Ok(await vault.Product.SavedFilters.ListAsync(alice, Ct)).Select(saved => $"{saved.Name}: {saved.Filter}"));
        Ok(await vault.Product.SavedFilters.RemoveAsync(alice, "prod", Ct));
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.SavedFilters.FindAsync(alice, "prod", Ct)).Refusal?.Kind);
        Assert.Equal("env=test", Ok(await vault.Product.SavedFilters.FindAsync(bob, "prod", Ct)).Filter);
    }

    [Theory]
    [InlineData("Prod", "env=prod")]
    [InlineData("prod", "(env=prod")]
    public async Task Filter_without_a_good_name_or_that_does_not_parse_is_not_kept(string name, string filter)
    {
        await using TestVault vault = await OpenAsync();

        Assert.Equal(RefusalKind.Invalid, (await vault.Product.SavedFilters.SaveAsync(Local, name, filter, Ct)).Refusal?.Kind);
        Assert.Empty(Ok(await vault.Product.SavedFilters.ListAsync(Local, Ct)));
    }

    [Fact]
    public async Task Saved_filters_are_bounded()
    {
        await using TestVault vault = await OpenAsync();
        for (int i = 0; i < SavedFilters.Max; i++)
        {
            Ok(await vault.Product.SavedFilters.SaveAsync(Local, "f" + i, "env", Ct));
        }

        Assert.Equal(RefusalKind.Failed, (await vault.Product.SavedFilters.SaveAsync(Local, "more", "env", Ct)).Refusal?.Kind);
        Ok(await vault.Product.SavedFilters.SaveAsync(Local, "f0", "team", Ct));
    }

    private static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root");
        return vault;
    }

    private static async Task<Actor> MemberAsync(TestVault vault, string name, string target)
    {
        Actor actor = await vault.AddUserAsync(name);
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft(name, target, Capability.Connect), Ct));
        return actor;
    }

    private static async Task UseAsync(TestVault vault, Actor actor, AccountRef account)
    {
        vault.Time.Advance(TimeSpan.FromMinutes(1));
        Ok(await vault.Product.Sessions.StartAsync((await vault.Product.Authorizer.AuthorizeAsync(actor.UserId!.Value, account, Capability.Connect, Ct))!, "x", "n", null, Ct));
    }

    private static async Task<string> FavouritesAsync(TestVault vault, Actor actor) =>
        string.Join(' ', Ok(await vault.Product.Favourites.ListAsync(actor, new PageRequest(), Ct)).Items.Select(account => account.Reference));

    private static async Task<string> RecentAsync(TestVault vault, Actor actor, string gatewayUser = "") =>
        string.Join(' ', Ok(await vault.Product.Favourites.RecentAsync(actor, gatewayUser, new PageRequest(), Ct)).Items.Select(recent => recent.Account.Reference));
}
