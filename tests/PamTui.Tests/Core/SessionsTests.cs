using PamTui.Core;
using PamTui.Core.Access;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class SessionsTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    [Fact]
    public async Task Grant_to_connect_opens_the_credential()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, _) = await WithGrantAsync(vault);
        AccessGrant grant = (await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.Connect, Ct))!;

        using TargetCredential credential = Ok(await vault.Product.Sessions.OpenCredentialAsync(grant, Ct));

        Assert.Equal(("deploy", "canary password", "web-1.example"), (credential.Username, credential.Main.RevealText(), credential.Resource.Host));
    }

    [Fact]
    public async Task Grant_that_is_kept_until_after_its_end_opens_nothing()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, Grant row) = await WithGrantAsync(vault);
        AccessGrant grant = (await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.Connect, Ct))!;
        Ok(await vault.Product.Grants.RemoveAsync(Local, row.Id, Ct));

        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Sessions.OpenCredentialAsync(grant, Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Sessions.StartAsync(grant, "192.0.2.1", "n", null, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Credential_to_end_what_a_session_left_running_is_the_one_of_now_without_a_grant_and_for_that_session_alone()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, Grant row) = await WithGrantAsync(vault);
        AccessGrant grant = (await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.Connect, Ct))!;
        long id = Ok(await vault.Product.Sessions.StartAsync(grant, "192.0.2.1", "n", null, Ct));
        long other = await StartAsync(vault, await vault.AddUserAsync("boss", Role.Admin));
        using (NewCredential changed = Password("another canary"))
        {
            Ok(await vault.Product.Accounts.EditAsync(Local, s_deploy, new AccountChange { Credential = changed }, CheckMode.Unverified, null, Ct));
        }

        Ok(await vault.Product.Grants.RemoveAsync(Local, row.Id, Ct));

        using (TargetCredential credential = Ok(await vault.Product.Sessions.OpenCredentialToEndAsync(grant, id, Ct)))
        {
            Assert.Equal(("deploy", "another canary"), (credential.Username, credential.Main.RevealText()));
        }

        AuditRow told = Assert.Single(Ok(await vault.Product.Audit.ListAsync(Local, "action=session.end-running", new PageRequest(), Ct)).Items);
        Assert.Equal(("alice", "web-1/deploy", $"session={id}"), (told.Actor, told.Target, told.Details));
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Sessions.OpenCredentialToEndAsync(grant, other, Ct)).Refusal!.Kind);
        await vault.Product.Sessions.EndAsync(id, "grant revoked", 0, 0, Ct);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Sessions.OpenCredentialToEndAsync(grant, id, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Grant_for_something_else_than_connecting_opens_no_session()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        Actor root = await vault.AddUserAsync("boss", Role.Admin);
        AccessGrant grant = (await vault.Product.Authorizer.AuthorizeAsync(root.UserId!.Value, s_deploy, Capability.Manage, Ct))!;

        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Sessions.OpenCredentialAsync(grant, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Session_is_a_row_from_its_start_to_its_end()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, _) = await WithGrantAsync(vault);
        long id = await StartAsync(vault, alice);
        await vault.Product.Sessions.ReportBytesAsync([(id, 10, 20)], Ct);

        SessionRecord live = Assert.Single(Ok(await vault.Product.Sessions.ListAsync(alice, true, new PageRequest(), Ct)).Items);
        Assert.Equal(("alice", "deploy", "web-1", "192.0.2.1", 10L, 20L, null), (live.User, live.Account, live.Resource, live.Source, live.BytesIn, live.BytesOut, live.Ended));

        vault.Time.Advance(TimeSpan.FromMinutes(1));
        await vault.Product.Sessions.EndAsync(id, "closed", 30, 40, Ct);
        await vault.Product.Sessions.EndAsync(id, "again", 0, 0, Ct);

        SessionRecord ended = Ok(await vault.Product.Sessions.FindAsync(alice, id, Ct));
        Assert.Equal(("closed", 30L, 40L, vault.Time.GetUtcNow()), (ended.EndReason, ended.BytesIn, ended.BytesOut, ended.Ended));
        Assert.Empty(Ok(await vault.Product.Sessions.ListAsync(Local, true, new PageRequest(), Ct)).Items);
    }

    public static TheoryData<string, Func<Product, Grant, Task>> Ends => new()
    {
        { "killed by local:tester: lunch", async (p, g) => Ok(await p.Sessions.KillAsync(Local, 1, "lunch", Ct)) },
        { "grant revoked", async (p, g) => Ok(await p.Grants.RemoveAsync(Local, g.Id, Ct)) },
        { "user disabled", async (p, g) => Ok(await p.Users.SetDisabledAsync(Local, "alice", true, Ct)) },
        { "user removed", async (p, g) => Ok(await p.Users.RemoveAsync(Local, "alice", Ct)) },
        { "account removed", async (p, g) => Ok(await p.Accounts.RemoveAsync(Local, s_deploy, Ct)) },
        { "account removed", async (p, g) => Ok(await p.Resources.RemoveAsync(Local, "web-1", Ct)) },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Live_session_must_end_at_the_next_question_after_its_ground_is_gone(string reason, Func<Product, Grant, Task> act)
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, Grant grant) = await WithGrantAsync(vault);
        Product gateway = await vault.AnotherAsync();
        long id = await StartAsync(vault, alice);
        Assert.Empty(await gateway.Sessions.EndingsAsync([id], Ct));

        await act(vault.Product, grant);

        Assert.Equal([(id, reason)], await gateway.Sessions.EndingsAsync([id], Ct));
    }

    [Fact]
    public async Task Session_ends_with_the_time_of_its_grant_although_nothing_is_written()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, _) = await WithGrantAsync(vault, TimeSpan.FromMinutes(5));
        long id = await StartAsync(vault, alice);

        vault.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.Empty(await vault.Product.Sessions.EndingsAsync([id], Ct));
        vault.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([(id, "grant ended")], await vault.Product.Sessions.EndingsAsync([id], Ct));
    }

    [Fact]
    public async Task Member_ends_his_own_session_and_does_not_see_another_ones()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, _) = await WithGrantAsync(vault);
        Actor bob = await vault.AddUserAsync("bob");
        long id = await StartAsync(vault, alice);

        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Sessions.KillAsync(bob, id, "", Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Sessions.FindAsync(bob, id, Ct)).Refusal!.Kind);
        Assert.Equal(0, Ok(await vault.Product.Sessions.ListAsync(bob, false, new PageRequest(), Ct)).Total);

        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("bob", "web-1/deploy", Capability.Audit), Ct));
        Assert.True((await vault.Product.Sessions.FindAsync(bob, id, Ct)).IsOk);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Sessions.KillAsync(bob, id, "", Ct)).Refusal!.Kind);

        Ok(await vault.Product.Sessions.KillAsync(alice, id, "", Ct));
    }

    [Fact]
    public async Task Rows_left_by_a_dead_gateway_are_closed_by_the_next_of_its_node_only()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, _) = await WithGrantAsync(vault);
        long id = await StartAsync(vault, alice);

        Assert.Equal(0, await vault.Product.Sessions.RecoverAsync("other", [], Ct));
        Assert.Equal(1, await vault.Product.Sessions.RecoverAsync("node", [], Ct));

        Assert.Equal("gateway stopped unexpectedly", Ok(await vault.Product.Sessions.FindAsync(Local, id, Ct)).EndReason);
        Assert.Equal(RefusalKind.Failed, (await vault.Product.Sessions.KillAsync(Local, id, "", Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Sessions_of_a_gateway_that_says_nothing_more_are_closed_by_any_other_and_those_of_one_that_lives_are_not()
    {
        await using TestVault vault = await GrantsTests.SampleAsync();
        (Actor alice, _) = await WithGrantAsync(vault);
        long id = await StartAsync(vault, alice);
        Product other = await vault.AnotherAsync();

        vault.Time.Advance(Core.Sessions.Sessions.NodeLife / 2);
        Assert.Equal(0, await other.Sessions.BeatAsync("other", [], Ct));
        Assert.Equal(0, await vault.Product.Sessions.BeatAsync("node", [], Ct));
        vault.Time.Advance(Core.Sessions.Sessions.NodeLife / 2);
        Assert.Equal(0, await other.Sessions.BeatAsync("other", [], Ct));
        Assert.Null(Ok(await vault.Product.Sessions.FindAsync(Local, id, Ct)).EndReason);

        vault.Time.Advance(Core.Sessions.Sessions.NodeLife / 2);
        Assert.Equal(1, await other.Sessions.BeatAsync("other", [], Ct));
        Assert.Equal("gateway lost", Ok(await vault.Product.Sessions.FindAsync(Local, id, Ct)).EndReason);
        Assert.Contains("reason='gateway lost'", Ok(await vault.Product.Audit.ListAsync(Local, "action=session.end", new PageRequest(), Ct)).Items[0].Details, StringComparison.Ordinal);

        // It was only held up: it finds its session closed, and ends it.
        Assert.Equal([(id, "gateway lost")], await vault.Product.Sessions.EndingsAsync([id], Ct));
        Assert.Equal(0, await vault.Product.Sessions.BeatAsync("node", [], Ct));
    }

    private static async Task<(Actor Alice, Grant Grant)> WithGrantAsync(TestVault vault, TimeSpan? length = null)
    {
        Actor alice = await vault.AddUserAsync("alice");
        GrantDraft draft = new("alice", "web-1/deploy", Capability.Connect, Until: length is { } given ? vault.Time.GetUtcNow() + given : null);
        return (alice, Ok(await vault.Product.Grants.AddAsync(Local, draft, Ct)));
    }

    private static async Task<long> StartAsync(TestVault vault, Actor actor)
    {
        AccessGrant grant = (await vault.Product.Authorizer.AuthorizeAsync(actor.UserId!.Value, s_deploy, Capability.Connect, Ct))!;
        return Ok(await vault.Product.Sessions.StartAsync(grant, "192.0.2.1", "node", null, Ct));
    }
}
