using PamTui.Core.Access;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class GrantsTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    [Theory]
    [InlineData("web-1/deploy", true)]
    [InlineData("web-1/root", false)]
    [InlineData("web-1/*", true)]
    [InlineData("web-2/*", false)]
    [InlineData("env=prod", true)]
    [InlineData("env=prod -team", false)]
    [InlineData("team", true)]
    [InlineData("kind=linux name=deploy", true)]
    [InlineData("deploy", false)]
    public async Task Grant_reaches_what_its_target_says(string target, bool reaches)
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");

        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", target, Capability.Connect), Ct));

        AccessGrant? grant = await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.Connect, Ct);
        Assert.Equal(reaches, grant is not null);
        Assert.Equal(reaches, (await vault.Product.Accounts.FindAsync(alice, s_deploy, Ct)).IsOk);
        Assert.Equal(reaches, Ok(await vault.Product.Grants.ExplainAsync(Local, "alice", s_deploy, Ct)).Capabilities == Capability.Connect);
        Assert.Null(await vault.Product.Authorizer.AuthorizeAsync(alice.UserId.Value, s_deploy, Capability.Reveal, Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"web\"")]
    [InlineData("env=prod OR \"x\"")]
    [InlineData("checkState=verified")]
    [InlineData("(env=prod")]
    public async Task Filter_that_may_not_stand_in_a_grant_is_refused(string filter)
    {
        await using TestVault vault = await SampleAsync();
        await vault.AddUserAsync("alice");

        Assert.Equal(RefusalKind.Invalid, (await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", filter, Capability.Connect), Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task B15_without_a_capability_there_is_no_grant_and_no_access()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");

        Assert.Equal("can", (await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/*", Capability.None), Ct)).Refusal!.Field);

        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/*", Capability.Connect), Ct));
        Assert.Null(await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.None, Ct));
        Assert.Null(await vault.Product.Authorizer.AuthorizeAsync(0, s_deploy, Capability.Connect, Ct));
    }

    [Fact]
    public async Task Grant_holds_from_its_beginning_up_to_its_end()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        DateTimeOffset now = vault.Time.GetUtcNow();
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect, now.AddHours(1), now.AddHours(2)), Ct));

        Assert.Null(await AskAsync());
        Assert.Contains("begins only", Ok(await vault.Product.Grants.ExplainAsync(Local, "alice", s_deploy, Ct)).Reasons[0].Why, StringComparison.Ordinal);

        vault.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(now.AddHours(2), (await AskAsync())!.Until);

        vault.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await AskAsync());
        Assert.False((await vault.Product.Accounts.FindAsync(alice, s_deploy, Ct)).IsOk);

        Task<AccessGrant?> AskAsync() => vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.Connect, Ct);
    }

    [Fact]
    public async Task Group_gives_its_grants_to_its_members_and_takes_them_back()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Groups.AddAsync(Local, "ops", Ct));
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("group:ops", "web-1/*", Capability.Connect | Capability.Reveal), Ct));
        Assert.False((await vault.Product.Accounts.FindAsync(alice, s_deploy, Ct)).IsOk);

        Ok(await vault.Product.Groups.AddMemberAsync(Local, "ops", "alice", Ct));
        Assert.True((await vault.Product.Accounts.FindAsync(alice, s_deploy, Ct)).IsOk);
        Ok(await vault.Product.Accounts.RevealAsync(alice, s_deploy, "test", Ct)).Dispose();

        Ok(await vault.Product.Groups.RemoveMemberAsync(Local, "ops", "alice", Ct));
        Assert.False((await vault.Product.Accounts.FindAsync(alice, s_deploy, Ct)).IsOk);
    }

    [Fact]
    public async Task F6_account_made_anew_under_an_old_name_is_not_reached_by_the_old_grant()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect), Ct));

        Ok(await vault.Product.Accounts.RemoveAsync(Local, s_deploy, Ct));
        await vault.AddAccountAsync("web-1/deploy");

        Assert.Null(await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.Connect, Ct));
        Assert.Equal(0, Ok(await vault.Product.Grants.ListAsync(Local, new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task F6_user_made_anew_under_an_old_name_has_nothing_of_the_old_one()
    {
        await using TestVault vault = await SampleAsync();
        Actor old = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/*", Capability.Connect), Ct));

        Ok(await vault.Product.Users.RemoveAsync(Local, "alice", Ct));
        Actor anew = await vault.AddUserAsync("alice");

        Assert.NotEqual(old.UserId, anew.UserId);
        Assert.False((await vault.Product.Accounts.FindAsync(anew, s_deploy, Ct)).IsOk);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Accounts.FindAsync(old, s_deploy, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Member_who_manages_an_account_cannot_move_it_into_the_reach_of_a_grant_by_filter()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/deploy", Capability.Manage), Ct));
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "zone=open", Capability.Reveal), Ct));

        Refusal refusal = (await vault.Product.Accounts.SetMetadataAsync(alice, s_deploy, Pairs("zone=open"), Ct)).Refusal!;

        Assert.Equal(RefusalKind.NotAllowed, refusal.Kind);
        Assert.Equal(Pairs("team=payments"), Ok(await vault.Product.Accounts.FindAsync(alice, s_deploy, Ct)).Metadata);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Accounts.RevealAsync(alice, s_deploy, "x", Ct)).Refusal!.Kind);
        Ok(await vault.Product.Accounts.SetMetadataAsync(alice, s_deploy, Pairs("zone=closed"), Ct));
    }

    [Fact]
    public async Task Member_who_manages_all_of_a_resource_adds_accounts_to_it_and_to_no_other()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/*", Capability.Manage), Ct));
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-2/*", Capability.Connect), Ct));
        using NewCredential credential = Password("pw");

        Assert.True((await vault.Product.Accounts.AddAsync(alice, Draft("web-1/new", credential), CheckMode.Unverified, null, Ct)).IsOk);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Accounts.AddAsync(alice, Draft("web-2/new", credential), CheckMode.Unverified, null, Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Accounts.AddAsync(alice, Draft("db/new", credential), CheckMode.Unverified, null, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task List_and_counts_of_a_member_hold_only_what_he_may_see()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect), Ct));

        Page<Account> accounts = Ok(await vault.Product.Accounts.ListAsync(alice, "", new PageRequest(), Ct));
        Page<Resource> resources = Ok(await vault.Product.Resources.ListAsync(alice, "", new PageRequest(), Ct));

        Assert.Equal((1, "web-1/deploy"), (accounts.Total, accounts.Items[0].Reference.ToString()));
        Assert.Equal((1, "web-1", 1), (resources.Total, resources.Items[0].Name, resources.Items[0].AccountCount));
        Assert.Equal(["env", "team"], Ok(await vault.Product.Accounts.MetadataKeysAsync(alice, Ct)));
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Resources.FindAsync(alice, "db", Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Not_there_and_not_allowed_have_the_same_words_for_a_member()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");

        Refusal forbidden = (await vault.Product.Accounts.FindAsync(alice, s_deploy, Ct)).Refusal!;
        Refusal unknown = (await vault.Product.Accounts.FindAsync(alice, new AccountRef("web-1", "nobody"), Ct)).Refusal!;

        Assert.Equal(unknown, forbidden with { Message = forbidden.Message.Replace("deploy", "nobody", StringComparison.Ordinal) });
    }

    [Fact]
    public async Task Explanation_names_the_row_that_says_yes()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "db/*", Capability.Connect), Ct));
        Grant second = Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "env=prod", Capability.Connect), Ct));

        GrantExplanation explanation = Ok(await vault.Product.Grants.ExplainAsync(alice, "alice", s_deploy, Ct));

        Assert.Equal($"Yes: alice may connect by grant {second.Id}.", explanation.Sentence);
        Assert.Equal([false, true], explanation.Reasons.Select(reason => reason.Holds));
    }

    [Fact]
    public async Task Login_name_resolves_alias_first_then_the_one_account_that_the_user_may_use()
    {
        await using TestVault vault = await SampleAsync();
        await vault.AddAccountAsync("web-2/deploy");
        Actor alice = await vault.AddUserAsync("alice");
        long id = alice.UserId!.Value;

        Assert.IsType<LoginTarget.None>(await vault.Product.Authorizer.ResolveAsync(id, "deploy", null, Ct));
        Assert.IsType<LoginTarget.None>(await vault.Product.Authorizer.ResolveAsync(id, "boss", null, Ct));

        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "web-1/*", Capability.Connect), Ct));
        Assert.Equal(s_deploy, Assert.IsType<LoginTarget.Found>(await vault.Product.Authorizer.ResolveAsync(id, "deploy", null, Ct)).Grant.What.Reference);

        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "kind=linux", Capability.Connect), Ct));
        Assert.Equal(2, Assert.IsType<LoginTarget.Ambiguous>(await vault.Product.Authorizer.ResolveAsync(id, "deploy", null, Ct)).Candidates.Count);
        Assert.IsType<LoginTarget.Found>(await vault.Product.Authorizer.ResolveAsync(id, "deploy", "web-2", Ct));
        Assert.IsType<LoginTarget.None>(await vault.Product.Authorizer.ResolveAsync(id, "admin", "db", Ct));
        Assert.IsType<LoginTarget.None>(await vault.Product.Authorizer.ResolveAsync(id, "DEPLOY", null, Ct));

        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "db/admin", Capability.Connect), Ct));
        Assert.Equal("db/admin", Assert.IsType<LoginTarget.Found>(await vault.Product.Authorizer.ResolveAsync(id, "boss", null, Ct)).Grant.What.Reference.ToString());
    }

    internal static async Task<TestVault> SampleAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod");
        await vault.AddResourceAsync("web-2");
        await vault.AddResourceAsync("db", "env=prod", ResourceKind.PostgreSql);
        await vault.AddAccountAsync("web-1/deploy", "team=payments");
        await vault.AddAccountAsync("web-1/root");
        await vault.AddAccountAsync("db/admin", alias: "boss");
        return vault;
    }
}
