using PamTui.Core.Accounts;
using PamTui.Core.Model;
using static PamTui.Tests.CoreTests.TestVault;

namespace PamTui.Tests.CoreTests;

public sealed class AccountsTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    private static CheckReport Refused { get; } = new(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "The password was refused."), null, TimeSpan.FromMilliseconds(7));

    [Fact]
    public async Task Account_whose_check_passes_is_saved_as_verified()
    {
        await using TestVault vault = await WithResourceAsync();
        using NewCredential credential = Password("right");

        SavedAccount saved = Ok(await vault.Product.Accounts.AddAsync(Local, Draft("web-1/deploy", credential, "team=payments", "d"), CheckMode.Check, null, Ct));

        Assert.True(saved.Check!.Passed);
        Account found = Ok(await vault.Product.Accounts.FindAsync(Local, s_deploy, Ct));
        Assert.Equal((CheckState.Verified, "d", "deploy"), (found.CheckState, found.Alias, found.Username));
        Assert.Equal(Pairs("team=payments"), found.Metadata);
        Assert.Equal(vault.Time.GetUtcNow(), found.LastChecked);
    }

    [Fact]
    public async Task Failed_check_saves_nothing_and_says_why()
    {
        await using TestVault vault = await WithResourceAsync();
        vault.Check = (_, _) => Refused;
        using NewCredential credential = Password("wrong");

        SavedAccount saved = Ok(await vault.Product.Accounts.AddAsync(Local, Draft("web-1/deploy", credential), CheckMode.Check, null, Ct));

        Assert.Null(saved.Account);
        Assert.Equal(CheckCause.WrongPassword, saved.Check!.Failure!.Cause);
        Assert.Equal(RefusalKind.NotFound, (await vault.Product.Accounts.FindAsync(Local, s_deploy, Ct)).Refusal!.Kind);
    }

    [Fact]
    public async Task Unverified_account_is_saved_without_a_check()
    {
        await using TestVault vault = await WithResourceAsync();

        Account account = await vault.AddAccountAsync("web-1/deploy");

        Assert.Equal((CheckState.Unverified, null, 0), (account.CheckState, account.LastChecked, vault.Checks));
    }

    [Fact]
    public async Task Edit_checks_again_only_when_username_or_credential_change()
    {
        await using TestVault vault = await WithResourceAsync();
        await vault.AddAccountAsync("web-1/deploy", password: "first");
        string? seen = null;
        vault.Check = (_, main) =>
        {
            seen = main.RevealText();
            return Passed;
        };

        Ok(await vault.Product.Accounts.EditAsync(Local, s_deploy, new AccountChange { Description = "new", Username = "deploy" }, CheckMode.Check, null, Ct));
        Assert.Equal(0, vault.Checks);

        SavedAccount renamed = Ok(await vault.Product.Accounts.EditAsync(Local, s_deploy, new AccountChange { Username = "deployer" }, CheckMode.Check, null, Ct));
        Assert.Equal((1, "first", CheckState.Verified), (vault.Checks, seen, renamed.Account!.CheckState));

        using NewCredential second = Password("second");
        Ok(await vault.Product.Accounts.EditAsync(Local, s_deploy, new AccountChange { Credential = second }, CheckMode.Check, null, Ct));
        Assert.Equal((2, "second"), (vault.Checks, seen));
    }

    [Fact]
    public async Task Failed_edit_check_keeps_the_old_credential()
    {
        await using TestVault vault = await WithResourceAsync();
        await vault.AddAccountAsync("web-1/deploy", password: "first");
        vault.Check = (_, _) => Refused;
        using NewCredential second = Password("second");

        SavedAccount saved = Ok(await vault.Product.Accounts.EditAsync(Local, s_deploy, new AccountChange { Credential = second }, CheckMode.Check, null, Ct));

        Assert.Null(saved.Account);
        using RevealedCredential revealed = Ok(await vault.Product.Accounts.RevealAsync(Local, s_deploy, "test", Ct));
        Assert.Equal("first", revealed.Main.RevealText());
    }

    [Fact]
    public async Task Check_keeps_how_it_went()
    {
        await using TestVault vault = await WithResourceAsync();
        await vault.AddAccountAsync("web-1/deploy");
        vault.Check = (_, _) => Refused;

        Ok(await vault.Product.Accounts.CheckAsync(Local, s_deploy, null, Ct));

        Account failed = Ok(await vault.Product.Accounts.FindAsync(Local, s_deploy, Ct));
        Assert.Equal((CheckState.Failed, "The password was refused."), (failed.CheckState, failed.LastCheckError));
    }

    [Fact]
    public async Task Secret_comes_back_to_the_last_byte_and_its_reveal_is_in_the_history()
    {
        await using TestVault vault = await WithResourceAsync();
        const string password = " \tp\u00e4ss'\"\\;$(id){{7*7}}\n";
        await vault.AddAccountAsync("web-1/deploy", password: password);

        using RevealedCredential revealed = Ok(await vault.Product.Accounts.RevealAsync(Local, s_deploy, "broken pager", Ct));

        Assert.Equal(password, revealed.Main.RevealText());
        AuditRow last = Ok(await vault.Product.Accounts.HistoryAsync(Local, s_deploy, new PageRequest(), Ct)).Items[0];
        Assert.Equal(("account.reveal", "reason='broken pager'"), (last.Action, last.Details));
    }

    [Fact]
    public async Task Reveal_without_a_reason_is_refused()
    {
        await using TestVault vault = await WithResourceAsync();
        await vault.AddAccountAsync("web-1/deploy");

        Assert.Equal("reason", (await vault.Product.Accounts.RevealAsync(Local, s_deploy, " ", Ct)).Refusal!.Field);
    }

    [Theory]
    [InlineData("name", "web-1/deploy", "u", null, "pw")]
    [InlineData("alias", "web-1/other", "u", "taken", "pw")]
    [InlineData("alias", "web-1/other", "u", "deploy", "pw")]
    [InlineData("alias", "web-1/other", "u", "No", "pw")]
    [InlineData("username", "web-1/other", "", null, "pw")]
    [InlineData("username", "web-1/other", "a\nb", null, "pw")]
    [InlineData("password", "web-1/other", "u", null, "")]
    [InlineData("password", "web-1/other", "u", null, "a\0b")]
    public async Task F6_what_is_taken_or_breaks_a_rule_names_its_field(string field, string reference, string username, string? alias, string password)
    {
        await using TestVault vault = await WithResourceAsync();
        await vault.AddAccountAsync("web-1/deploy", alias: "taken");
        using NewCredential credential = Password(password);

        Refusal refusal = (await vault.Product.Accounts.AddAsync(Local, Draft(reference, credential, "", alias, username), CheckMode.Unverified, null, Ct)).Refusal!;

        Assert.Equal(field, refusal.Field);
        Assert.Equal(1, Ok(await vault.Product.Accounts.ListAsync(Local, "", new PageRequest(), Ct)).Total);
    }

    [Fact]
    public async Task File_that_is_no_private_key_is_refused()
    {
        await using TestVault vault = await WithResourceAsync();
        using NewCredential credential = new(CredentialType.PrivateKey, Secret.FromText("ssh-ed25519 AAAA public"));

        Refusal refusal = (await vault.Product.Accounts.AddAsync(Local, Draft("web-1/deploy", credential), CheckMode.Unverified, null, Ct)).Refusal!;

        Assert.Equal((RefusalKind.Invalid, "privateKey"), (refusal.Kind, refusal.Field));
    }

    [Fact]
    public async Task Username_is_bounded_by_its_protocol()
    {
        await using TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("db", kind: ResourceKind.MySql);
        using NewCredential credential = Password("pw");

        Assert.Equal("username", (await vault.Product.Accounts.AddAsync(Local, Draft("db/a", credential, username: new string('u', 33)), CheckMode.Unverified, null, Ct)).Refusal!.Field);
        Assert.True((await vault.Product.Accounts.AddAsync(Local, Draft("db/a", credential, username: new string('u', 32)), CheckMode.Unverified, null, Ct)).IsOk);
    }

    [Fact]
    public async Task Metadata_is_replaced_as_a_whole()
    {
        await using TestVault vault = await WithResourceAsync();
        await vault.AddAccountAsync("web-1/deploy", "a=1 b=2");

        Account changed = Ok(await vault.Product.Accounts.SetMetadataAsync(Local, s_deploy, Pairs("b=3 c=4"), Ct));

        Assert.Equal(Pairs("b=3 c=4"), changed.Metadata);
        Assert.Equal(["b", "c"], Ok(await vault.Product.Accounts.MetadataKeysAsync(Local, Ct)));
    }

    private static async Task<TestVault> WithResourceAsync()
    {
        TestVault vault = await OpenAsync();
        await vault.AddResourceAsync("web-1");
        return vault;
    }
}
