using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Users;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class ReadOnlyGrantTests
{
    private static readonly AccountRef s_app = new("db-1", "app");

    [Fact]
    public async Task Read_only_grant_connects_for_reading_only_and_says_so_everywhere()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Grant row = await AddAsync(vault, "db-1/app");

        AccessGrant grant = (await AskAsync(vault, alice, s_app))!;
        long session = Ok(await vault.Product.Sessions.StartAsync(grant, alice.Source, "node", null, Ct));

        Assert.True(grant.ReadOnly);
        Assert.Equal((true, "connect read-only, audit"), (row.ReadOnly, row.Rights));
        Assert.True(Ok(await vault.Product.Sessions.FindAsync(alice, session, Ct)).ReadOnly);
        Assert.True(Ok(await vault.Product.Grants.ListAsync(Local, new PageRequest(), Ct)).Items[0].ReadOnly);
        GrantExplanation why = Ok(await vault.Product.Grants.ExplainAsync(Local, "alice", s_app, Ct));
        Assert.Equal("Yes: alice may connect, audit, for reading only, by grant 1.", why.Sentence);
        Assert.Equal("lets alice connect read-only, audit", why.Reasons[0].Why);
        Assert.Contains(Ok(await vault.Product.Audit.ListAsync(Local, "grant.add", new PageRequest(), Ct)).Items, entry => entry.Details.Contains("can='connect read-only, audit'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_grants_the_one_that_allows_more_counts_however_long_the_other_lasts()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        await AddAsync(vault, "db-1/*");
        Grant plain = Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "db-1/app", Capability.Connect, Until: vault.Time.GetUtcNow().AddHours(1)), Ct));

        AccessGrant grant = (await AskAsync(vault, alice, s_app))!;

        Assert.Equal((false, plain.Id), (grant.ReadOnly, grant.GrantId));
        Assert.DoesNotContain("reading", Ok(await vault.Product.Grants.ExplainAsync(Local, "alice", s_app, Ct)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_that_may_write_ends_when_only_reading_is_left_and_one_that_may_not_goes_on()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        await AddAsync(vault, "db-1/app");
        AccessGrant reading = (await AskAsync(vault, alice, s_app))!;
        Grant plain = Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", "db-1/app", Capability.Connect), Ct));
        AccessGrant writing = (await AskAsync(vault, alice, s_app))!;
        long reads = Ok(await vault.Product.Sessions.StartAsync(reading, alice.Source, "node", null, Ct));
        long writes = Ok(await vault.Product.Sessions.StartAsync(writing, alice.Source, "node", null, Ct));
        Assert.Empty(await vault.Product.Sessions.EndingsAsync([reads, writes], Ct));

        Ok(await vault.Product.Grants.RemoveAsync(Local, plain.Id, Ct));

        Assert.Equal([(writes, "grant is for reading only now")], await vault.Product.Sessions.EndingsAsync([reads, writes], Ct));
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Sessions.StartAsync(writing, alice.Source, "node", null, Ct)).Refusal!.Kind);
        Assert.Equal(RefusalKind.NotAllowed, (await vault.Product.Sessions.OpenCredentialAsync(writing, Ct)).Refusal!.Kind);
    }

    [Theory]
    [InlineData("web-1/deploy", Capability.Connect, "readOnly")]
    [InlineData("web-1/*", Capability.Connect, "readOnly")]
    [InlineData("db-1/app", Capability.Audit, "can")]
    [InlineData("db-1/app", Capability.Connect | Capability.Reveal, "can")]
    [InlineData("db-1/app", Capability.Connect | Capability.Manage, "can")]
    public async Task Read_only_that_would_hold_nothing_back_is_refused(string target, Capability can, string field)
    {
        await using TestVault vault = await SampleAsync();
        await vault.AddUserAsync("alice");

        Assert.Equal((RefusalKind.Invalid, field), Told(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", target, can) { ReadOnly = true }, Ct)));
    }

    [Fact]
    public async Task Read_only_grant_is_not_edited_into_one_that_reveals()
    {
        await using TestVault vault = await SampleAsync();
        await vault.AddUserAsync("alice");
        Grant row = await AddAsync(vault, "db-1/app");

        Assert.Equal((RefusalKind.Invalid, "can"), Told(await vault.Product.Grants.EditAsync(Local, row.Id, new GrantChange(Capability.Connect | Capability.Reveal), Ct)));
        Assert.True(Ok(await vault.Product.Grants.EditAsync(Local, row.Id, new GrantChange(Capability.Connect), Ct)).ReadOnly);
    }

    [Fact]
    public async Task Read_only_grant_by_a_filter_reaches_databases_and_no_linux_account()
    {
        await using TestVault vault = await SampleAsync();
        Actor alice = await vault.AddUserAsync("alice");
        Grant row = await AddAsync(vault, "env=prod OR env=test");

        Assert.True((await AskAsync(vault, alice, s_app))!.ReadOnly);
        Assert.Null(await AskAsync(vault, alice, new AccountRef("web-1", "deploy")));
        Assert.Equal("app", Assert.Single(Ok(await vault.Product.Accounts.ListAsync(alice, "", new PageRequest(), Ct)).Items).Name);
        Assert.Equal("(env=prod OR env=test) kind!=linux", row.Target);
    }

    [Fact]
    public async Task Admin_is_not_held_to_reading()
    {
        await using TestVault vault = await SampleAsync();
        Actor boss = await vault.AddUserAsync("boss", Role.Admin);
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("boss", "db-1/app", Capability.Connect) { ReadOnly = true }, Ct));

        Assert.False((await AskAsync(vault, boss, s_app))!.ReadOnly);
    }

    private static (RefusalKind?, string?) Told(Result<Grant> result) => (result.Refusal?.Kind, result.Refusal?.Field);

    private static Task<AccessGrant?> AskAsync(TestVault vault, Actor who, AccountRef account) => vault.Product.Authorizer.AuthorizeAsync(who.UserId!.Value, account, Capability.Connect, Ct);

    private static async Task<Grant> AddAsync(TestVault vault, string target) =>
        Ok(await vault.Product.Grants.AddAsync(Local, new GrantDraft("alice", target, Capability.Connect | Capability.Audit) { ReadOnly = true }, Ct));

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
