using PamTui.Core.Model;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class GrantSearchTests
{
    private static readonly PageRequest s_page = new();

    [Fact]
    public async Task Grants_are_found_by_who_has_them_and_by_what_they_reach()
    {
        await using TestVault vault = await SampleAsync();

        Assert.Equal("1 2 3 4 5", await SearchAsync(vault, new GrantQuery()));
        Assert.Equal("1", await SearchAsync(vault, new GrantQuery(Grantee: "bob")));
        Assert.Equal("2 3", await SearchAsync(vault, new GrantQuery(Grantee: "group:ops")));
        Assert.Equal("1 2 3", await SearchAsync(vault, new GrantQuery(OfUser: "bob")));
        Assert.Equal("1 2 3", await SearchAsync(vault, new GrantQuery(Account: new AccountRef("web-1", "deploy"))));
        Assert.Equal("2", await SearchAsync(vault, new GrantQuery(Account: new AccountRef("web-1", "root"))));
        Assert.Equal("1 2 3", await SearchAsync(vault, new GrantQuery(Resource: "web-1")));
        Assert.Equal("3 4 5", await SearchAsync(vault, new GrantQuery(Resource: "web-2")));
        Assert.Equal("3 4", await SearchAsync(vault, new GrantQuery(Resource: "web-2", HoldingOnly: true)));
        Assert.Equal("3", await SearchAsync(vault, new GrantQuery(OfUser: "bob", Resource: "web-2")));
    }

    [Fact]
    public async Task Page_and_count_are_of_what_was_asked_for()
    {
        await using TestVault vault = await SampleAsync();

        Page<Grant> page = Ok(await vault.Product.Grants.SearchAsync(Local, new GrantQuery(OfUser: "bob"), new PageRequest(1, 1), Ct));

        Assert.Equal((2L, 3), (page.Items.Single().Id, page.Total));
    }

    [Fact]
    public async Task Member_lists_his_own_grants_and_no_others()
    {
        await using TestVault vault = await SampleAsync();
        User bob = Ok(await vault.Product.Users.FindAsync(Local, "bob", Ct));
        Actor actor = new("bob", bob.Id, Role.Member, "x");

        Assert.Equal(3, Ok(await vault.Product.Grants.SearchAsync(actor, new GrantQuery(OfUser: "bob"), s_page, Ct)).Total);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Grants.SearchAsync(actor, new GrantQuery(), s_page, Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Grants.SearchAsync(actor, new GrantQuery(Grantee: "bob"), s_page, Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Grants.SearchAsync(actor, new GrantQuery(OfUser: "bob", Resource: "db"), s_page, Ct)).Refusal?.Kind);
    }

    [Fact]
    public async Task End_of_a_grant_is_moved_and_taken_away_but_not_set_before_now()
    {
        await using TestVault vault = await SampleAsync();
        DateTimeOffset soon = vault.Time.GetUtcNow().AddHours(1);

        Assert.Equal(soon, Ok(await vault.Product.Grants.EditAsync(Local, 1, new GrantChange(null, true, soon), Ct)).Until);
        Assert.Null(Ok(await vault.Product.Grants.EditAsync(Local, 1, new GrantChange(null, true, null), Ct)).Until);
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.Grants.EditAsync(Local, 1, new GrantChange(null, true, vault.Time.GetUtcNow()), Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Grants.EditAsync(Local, 99, new GrantChange(null, true, null), Ct)).Refusal?.Kind);
        Assert.Equal(2, Ok(await vault.Product.Audit.ListAsync(Local, "action=grant.edit", s_page, Ct)).Total);
    }

    [Fact]
    public async Task Grant_whose_end_is_moved_up_lets_nobody_in_after_it()
    {
        await using TestVault vault = await SampleAsync();
        User carol = Ok(await vault.Product.Users.FindAsync(Local, "carol", Ct));
        AccountRef app = new("web-2", "app");
        Assert.NotNull(await vault.Product.Authorizer.AuthorizeAsync(carol.Id, app, Capability.Connect, Ct));

        Ok(await vault.Product.Grants.EditAsync(Local, 4, new GrantChange(null, true, vault.Time.GetUtcNow().AddMinutes(5)), Ct));
        vault.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Null(await vault.Product.Authorizer.AuthorizeAsync(carol.Id, app, Capability.Connect, Ct));
    }

    [Fact]
    public async Task Renamed_group_keeps_members_and_grants()
    {
        await using TestVault vault = await SampleAsync();

        Ok(await vault.Product.Groups.RenameAsync(Local, "ops", "operators", Ct));

        Assert.Equal(["bob"], Ok(await vault.Product.Groups.FindAsync(Local, "operators", Ct)).Members);
        Assert.Equal("2 3", await SearchAsync(vault, new GrantQuery(Grantee: "group:operators")));
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Groups.FindAsync(Local, "ops", Ct)).Refusal?.Kind);
        Ok(await vault.Product.Groups.AddAsync(Local, "other", Ct));
        Assert.Equal(RefusalKind.Failed, (await vault.Product.Groups.RenameAsync(Local, "operators", "other", Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.Groups.RenameAsync(Local, "operators", "Not a name", Ct)).Refusal?.Kind);
        Assert.Equal(["operators"], Ok(await vault.Product.Groups.ListAsync(Local, "per", s_page, Ct)).Items.Select(group => group.Name));
    }

    [Theory]
    [InlineData("who=bob", "1")]
    [InlineData("who=group:ops", "2 3")]
    [InlineData("on=web-1/*", "2")]
    [InlineData("web-2", "4 5")]
    [InlineData("deploy@web-1", "1")]
    [InlineData("can=reveal", "")]
    [InlineData("can=connect -who=carol", "1 2 3")]
    [InlineData("by~test", "1 2 3 4 5")]
    public async Task Grants_are_found_by_a_filter(string filter, string found)
    {
        await using TestVault vault = await SampleAsync();

        Assert.Equal(found, await SearchAsync(vault, new GrantQuery(Filter: filter)));
    }

    [Fact]
    public async Task Filter_of_grants_that_asks_for_what_they_do_not_have_is_refused_with_what_they_do()
    {
        await using TestVault vault = await SampleAsync();

        Refusal no = (await vault.Product.Grants.SearchAsync(Local, new GrantQuery(Filter: "env=prod"), s_page, Ct)).Refusal!;

        Assert.Equal((RefusalKind.Invalid, "A grant has no field 'env': use who, on, by, can."), (no.Kind, no.Message));
    }

    [Fact]
    public async Task Preview_of_a_grant_counts_what_it_would_reach_and_names_the_first()
    {
        await using TestVault vault = await SampleAsync();

        GrantReach all = Ok(await vault.Product.Grants.PreviewAsync(Local, "kind=linux", 2, Ct));
        GrantReach one = Ok(await vault.Product.Grants.PreviewAsync(Local, "web-1/root", 2, Ct));
        GrantReach none = Ok(await vault.Product.Grants.PreviewAsync(Local, "team=nobody", 2, Ct));

        Assert.Equal((4, "db/root web-1/deploy"), (all.Count, string.Join(' ', all.First)));
        Assert.Equal((1, "web-1/root"), (one.Count, string.Join(' ', one.First)));
        Assert.Equal(2, Ok(await vault.Product.Grants.PreviewAsync(Local, "web-1/*", 9, Ct)).Count);
        Assert.Equal(0, none.Count);
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.Grants.PreviewAsync(Local, "", 9, Ct)).Refusal?.Kind);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Grants.PreviewAsync(Local, "web-1/nobody", 9, Ct)).Refusal?.Kind);
    }

    [Fact]
    public async Task Grant_that_no_longer_lets_connect_lets_nobody_in()
    {
        await using TestVault vault = await SampleAsync();
        User carol = Ok(await vault.Product.Users.FindAsync(Local, "carol", Ct));
        AccountRef app = new("web-2", "app");

        Grant edited = Ok(await vault.Product.Grants.EditAsync(Local, 4, new GrantChange(Capability.Audit), Ct));

        Assert.Equal((Capability.Audit, null), (edited.Capabilities, edited.Until));
        Assert.Null(await vault.Product.Authorizer.AuthorizeAsync(carol.Id, app, Capability.Connect, Ct));
        Assert.Equal(RefusalKind.Invalid, (await vault.Product.Grants.EditAsync(Local, 4, new GrantChange(Capability.None), Ct)).Refusal?.Kind);
        Assert.Contains("can=audit", Ok(await vault.Product.Audit.ListAsync(Local, "action=grant.edit", s_page, Ct)).Items.Single().Details, StringComparison.Ordinal);
    }

    private static async Task<string> SearchAsync(TestVault vault, GrantQuery query) =>
        string.Join(' ', Ok(await vault.Product.Grants.SearchAsync(Local, query, s_page, Ct)).Items.Select(grant => grant.Id));

    // bob is in ops; 1: bob on web-1/deploy, 2: ops on web-1/*, 3: ops by the filter name!=root, which leaves out web-1/root,
    // 4: carol on web-2/app, 5: carol on web-2/*, ended.
    private static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await OpenAsync();
        foreach (string resource in new[] { "web-1", "web-2", "db" })
        {
            await vault.AddResourceAsync(resource);
        }

        foreach (string account in new[] { "web-1/deploy", "web-1/root", "web-2/app", "db/root" })
        {
            await vault.AddAccountAsync(account);
        }

        await vault.AddUserAsync("bob");
        await vault.AddUserAsync("carol");
        Ok(await vault.Product.Groups.AddAsync(Local, "ops", Ct));
        Ok(await vault.Product.Groups.AddMemberAsync(Local, "ops", "bob", Ct));
        DateTimeOffset now = vault.Time.GetUtcNow();
        GrantDraft[] drafts =
        [
            new("bob", "web-1/deploy", Capability.Connect),
            new("group:ops", "web-1/*", Capability.Connect),
            new("group:ops", "name!=root", Capability.Connect),
            new("carol", "web-2/app", Capability.Connect),
            new("carol", "web-2/*", Capability.Connect, now, now.AddMinutes(1)),
        ];
        foreach (GrantDraft draft in drafts)
        {
            Ok(await vault.Product.Grants.AddAsync(Local, draft, Ct));
        }

        vault.Time.Advance(TimeSpan.FromMinutes(2));
        return vault;
    }
}
