using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class ForwardGrantTests
{
    private static readonly HostPort s_wiki = HostPort.Parse("wiki.corp:443").Value;
    private static readonly HostPort s_metrics = HostPort.Parse("10.0.0.5:9100").Value;

    [Fact]
    public async Task Grant_to_forward_leads_to_its_places_reaches_no_account_and_says_so_everywhere()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Grant row = Ok(await AddAsync(vault, "web-1", Capability.Forward, s_wiki, s_metrics));

        ForwardGrant grant = (await AskAsync(vault, alice, s_wiki))!;

        Assert.Equal(("web-1/*", "forward to wiki.corp:443 10.0.0.5:9100"), (row.Target, row.Rights));
        Assert.Equal((row.Id, "web-1", s_wiki), (grant.GrantId, grant.Resource, grant.To));
        Assert.Null(await AskAsync(vault, alice, HostPort.Parse("wiki.corp:80").Value));
        Assert.Null(await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, new AccountRef("web-1", "deploy"), Capability.Connect, Ct));
        Assert.Empty(Ok(await vault.Product.Accounts.ListAsync(alice, "", new PageRequest(), Ct)).Items);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Accounts.FindAsync(alice, new AccountRef("web-1", "deploy"), Ct)).Refusal!.Kind);
        Assert.Equal(row.ForwardTo, Ok(await vault.Product.Grants.SearchAsync(Local, new GrantQuery(Filter: "can=forward"), new PageRequest(), Ct)).Items.Single().ForwardTo);
        Assert.Contains(
            Ok(await vault.Product.Audit.ListAsync(Local, "grant.add", new PageRequest(), Ct)).Items,
            entry => entry.Details.Contains("can='forward to wiki.corp:443 10.0.0.5:9100'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Why_somebody_may_forward_or_not_is_told_for_a_place_and_beside_an_account()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        await vault.AddUserAsync("boss", Role.Admin);
        Ok(await AddAsync(vault, "web-1", Capability.Forward, s_wiki));

        GrantExplanation yes = Ok(await vault.Product.Grants.ExplainForwardAsync(alice, "alice", s_wiki, Ct));
        GrantExplanation no = Ok(await vault.Product.Grants.ExplainForwardAsync(Local, "boss", s_wiki, Ct));
        GrantExplanation account = Ok(await vault.Product.Grants.ExplainAsync(Local, "alice", new AccountRef("web-1", "deploy"), Ct));

        Assert.Equal("Yes: alice may forward to wiki.corp:443 by grant 1, as long as it leads to nothing that the vault manages.", yes.Sentence);
        Assert.Equal("No: boss has no grant that lets forward to wiki.corp:443 now; an admin needs one too.", no.Sentence);
        Assert.Equal(("No: alice has no grant that reaches web-1/deploy now.", Capability.None), (account.Sentence, account.Capabilities));
        Assert.Equal("lets alice forward to wiki.corp:443", account.Reasons.Single().Why);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Grants.ExplainForwardAsync(alice, "boss", s_wiki, Ct)).Refusal!.Kind);
    }

    [Theory]
    [InlineData("web-1/deploy", Capability.Forward, false, "wiki.corp:443", "filter")]
    [InlineData("env=prod", Capability.Forward, false, "wiki.corp:443", "filter")]
    [InlineData("db-1/*", Capability.Connect | Capability.Forward, true, "wiki.corp:443", "can")]
    [InlineData("web-1/*", Capability.Forward, false, "", "to")]
    [InlineData("web-1/*", Capability.Connect, false, "wiki.corp:443", "to")]
    [InlineData("web-1/*", Capability.Forward, false, "wiki.corp:443 wiki.corp:443", "to")]
    [InlineData("web-1/*", Capability.Forward, false, "WEB-1.example:22", "to")]
    [InlineData("web-1/*", Capability.Forward, false, "web-1:80", "to")]
    [InlineData("web-1/*", Capability.Forward, false, "deploy:80", "to")]
    public async Task Grant_to_forward_that_makes_no_sense_is_refused(string target, Capability can, bool readOnly, string places, string field)
    {
        await using TestVault vault = await SampleAsync();
        await vault.AddUserAsync("alice");
        GrantDraft draft = new("alice", target, can) { ReadOnly = readOnly, ForwardTo = [.. places.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(place => HostPort.Parse(place).Value)] };

        Refusal refusal = (await vault.Product.Grants.AddAsync(Local, draft, Ct)).Refusal!;

        Assert.Equal((RefusalKind.Invalid, field), (refusal.Kind, refusal.Field));
    }

    [Fact]
    public async Task Session_of_a_forwarding_ends_with_its_grant_its_time_and_its_user()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Grant row = Ok(await AddAsync(vault, "web-1", Capability.Forward, s_wiki, s_metrics));
        long wiki = await StartAsync(vault, alice, s_wiki);
        long metrics = await StartAsync(vault, alice, s_metrics);
        Assert.Empty(await vault.Product.Sessions.EndingsAsync([wiki, metrics], Ct));

        Grant edited = Ok(await vault.Product.Grants.EditAsync(Local, row.Id, new GrantChange(null) { ForwardTo = [s_metrics] }, Ct));
        Assert.Equal([s_metrics], edited.ForwardTo);
        Assert.Equal([(wiki, "grant revoked")], await vault.Product.Sessions.EndingsAsync([wiki, metrics], Ct));

        Ok(await vault.Product.Grants.EditAsync(Local, row.Id, new GrantChange(null, MovesEnd: true, vault.Time.GetUtcNow().AddMinutes(5)), Ct));
        Assert.Empty(await vault.Product.Sessions.EndingsAsync([metrics], Ct));
        vault.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([(metrics, "grant ended")], await vault.Product.Sessions.EndingsAsync([metrics], Ct));

        Ok(await vault.Product.Grants.EditAsync(Local, row.Id, new GrantChange(null, MovesEnd: true), Ct));
        ForwardGrant grant = (await AskAsync(vault, alice, s_metrics))!;
        Ok(await vault.Product.Users.SetDisabledAsync(Local, "alice", true, Ct));
        Assert.Equal([(metrics, "user disabled")], await vault.Product.Sessions.EndingsAsync([metrics], Ct));
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Forwards.StartAsync(grant, alice.Source, "node", "10.0.0.5:9100", Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Session_of_a_forwarding_is_seen_by_its_user_admins_and_who_may_audit_the_resource_and_found_by_where_it_leads()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Actor eve = await vault.AddUserAsync("eve");
        Ok(await AddAsync(vault, "web-1", Capability.Forward, s_wiki));
        long id = await StartAsync(vault, alice, s_wiki);

        Assert.Equal("web-1 to wiki.corp:443", Ok(await vault.Product.Sessions.FindAsync(alice, id, Ct)).Target);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Sessions.FindAsync(eve, id, Ct)).Refusal!.Kind);
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("eve", "db-1/*", Capability.Audit), Ct));
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("eve", "web-1/deploy", Capability.Audit), Ct));
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Sessions.FindAsync(eve, id, Ct)).Refusal!.Kind);
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("eve", "web-1/*", Capability.Audit), Ct));
        Assert.Equal(id, Assert.Single(Ok(await vault.Product.Sessions.SearchAsync(eve, new SessionQuery(), new PageRequest(), Ct)).Items).Id);
        Assert.Single(Ok(await vault.Product.Sessions.SearchAsync(Local, new SessionQuery("forward~wiki"), new PageRequest(), Ct)).Items);
        Assert.Equal("web-1", Ok(await vault.Product.Audit.ListAsync(Local, "action=session.start", new PageRequest(), Ct)).Items.Single().Target);
    }

    [Fact]
    public async Task Lets_forward_no_more_and_its_places_are_gone()
    {
        await using TestVault vault = await SampleAsync();
        await vault.AddUserAsync("alice");
        Grant row = Ok(await AddAsync(vault, "web-1/*", Capability.Forward | Capability.Connect, s_wiki));

        Assert.Equal("connect, forward to wiki.corp:443", row.Rights);
        Assert.Equal("to", (await vault.Product.Grants.EditAsync(Local, row.Id, new GrantChange(Capability.Connect) { ForwardTo = [s_wiki] }, Ct)).Refusal!.Field);
        Grant edited = Ok(await vault.Product.Grants.EditAsync(Local, row.Id, new GrantChange(Capability.Connect), Ct));
        Assert.Equal(("connect", 0), (edited.Rights, edited.ForwardTo.Count));
    }

    private static async Task<long> StartAsync(TestVault vault, Actor who, HostPort to) =>
        Ok(await vault.Product.Forwards.StartAsync((await AskAsync(vault, who, to))!, who.Source, "node", to.ToString(), Ct));

    private static Task<ForwardGrant?> AskAsync(TestVault vault, Actor who, HostPort to) => vault.Product.Authorizer.AuthorizeForwardAsync(who.UserId!.Value, to, Ct);

    private static Task<Result<Grant>> AddAsync(TestVault vault, string target, Capability can, params HostPort[] places) =>
        vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", target, can) { ForwardTo = places }, Ct);

    private static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddResourceAsync("db-1", "env=prod", ResourceKind.PostgreSql);
        await vault.AddAccountAsync("db-1/app");
        return vault;
    }
}
