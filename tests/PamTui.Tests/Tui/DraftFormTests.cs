using PamTui.Core.Model;
using PamTui.Core.Personal;
using PamTui.Tests.CoreTests;

namespace PamTui.Tests.Tui;

public sealed class DraftFormTests
{
    private const string CtrlS = "\u0013";

    [Fact]
    public async Task A_form_whose_terminal_went_away_goes_on_where_it_was_without_its_secrets()
    {
        await using TestVault vault = await FilledAsync();
        await using (ShellRun run = ShellRun.Start(vault))
        {
            await OpenAsync(run);
            await run.TypeAsync("deploy\tdeployer\t\tsecret canary", "∙∙∙∙∙∙");
            await KeptAsync(vault, "username", "deployer");
            run.Channel.Close();
            await run.Outcome;
        }

        FormDraft draft = (await DraftAsync(vault))!;
        Assert.DoesNotContain("password", draft.Values.Keys);
        Assert.DoesNotContain("secret canary", draft.Values.Values);

        vault.Time.Advance(TimeSpan.FromMinutes(5));
        await using ShellRun again = ShellRun.Start(vault);
        await OpenAsync(again);
        await again.SeesAsync("You left this form 5 min ago.");
        await again.TypeAsync("\r", "deployer");
        await again.SeesNoMoreAsync("You left this form");
        Assert.DoesNotContain("∙", again.Screen, StringComparison.Ordinal);
        await again.TypeAsync(CtrlS, "Password is missing.");
        await again.TypeAsync("pw" + CtrlS, "signs in");
        await GoneAsync(vault);
        Assert.Equal("deployer", TestVault.Ok(await vault.Product.Accounts.FindAsync(TestVault.Local, new AccountRef("web-1", "deploy"), TestVault.Ct)).Username);
    }

    [Fact]
    public async Task Who_begins_anew_has_an_empty_form_and_who_gives_it_up_leaves_nothing()
    {
        await using TestVault vault = await FilledAsync();
        TestVault.Ok(await vault.Product.FormDrafts.SaveAsync(TestVault.Local, "account.add web-1", new Dictionary<string, string> { ["name"] = "half-typed", ["metadata"] = "a=1" }, TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault);
        await OpenAsync(run);
        await run.SeesAsync("You left this form just now.");
        run.Type("\t\r");
        await run.SeesNoMoreAsync("You left this form");
        Assert.DoesNotContain("half-typed", run.Screen, StringComparison.Ordinal);
        await GoneAsync(vault);

        await run.TypeAsync("other", "other");
        await KeptAsync(vault, "name", "other");
        await run.TypeAsync("\e", "Leave without saving?");
        run.Type("\t\r");
        await run.SeesNoMoreAsync("Add account");
        await GoneAsync(vault);
    }

    [Fact]
    public async Task Pairs_and_choices_come_back_too()
    {
        await using TestVault vault = await FilledAsync();
        Dictionary<string, string> left = new() { ["name"] = "deploy", ["credential"] = "private-key", ["keySource"] = "nonsense", ["metadata"] = "env=prod\nteam=web" };
        TestVault.Ok(await vault.Product.FormDrafts.SaveAsync(TestVault.Local, "account.add web-1", left, TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault);
        await OpenAsync(run);
        await run.SeesAsync("You left this form");
        await run.TypeAsync("\e", "2 pairs");
        await run.SeesAsync("(private-key)");
        await run.SeesAsync("(pasted)");
    }

    [Fact]
    public async Task A_pasted_key_says_at_once_what_it_is_and_a_broken_one_that_it_is_none()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await OpenAsync(run);
        await run.TypeAsync("deploy\tdeployer\t ", "(private-key)");
        await run.TypeAsync("\t\t", "paste the file");
        run.Paste("-----BEGIN OPENSSH PRIVATE KEY-----\nbroken\n-----END OPENSSH PRIVATE KEY-----\n");
        await run.SeesAsync("This is no private key");
        run.Type("\u0015");
        await run.SeesNoMoreAsync("This is no private key");

        using Core.Accounts.NewCredential made = vault.Product.Accounts.MakeKey(new AccountRef("web-1", "deploy"));
        run.Paste(System.Text.Encoding.UTF8.GetString(made.Main.Bytes));
        PublicKey key = Core.Accounts.PrivateKeys.Look(made.Main, null).Key!;
        await run.SeesAsync("ssh-ed25519, 256 bits");
        await run.SeesAsync(key.Fingerprint);
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        return vault;
    }

    private static async Task OpenAsync(ShellRun run)
    {
        await run.SeesAsync("web-1");
        await run.TypeAsync("j", "ACCOUNTS of web-1");
        await run.TypeAsync("\ta", "Add account to web-1");
    }

    private static async Task<FormDraft?> DraftAsync(TestVault vault) => TestVault.Ok(await vault.Product.FormDrafts.FindAsync(TestVault.Local, "account.add web-1", TestVault.Ct));

    // The clock is the test's: what was typed is written when it moves on.
    private static Task KeptAsync(TestVault vault, string field, string value) => Servers.Poll.UntilAsync("the draft", async () =>
    {
        vault.Time.Advance(TimeSpan.FromSeconds(1));
        return await DraftAsync(vault) is { } draft && draft.Values.GetValueOrDefault(field) == value;
    });

    private static Task GoneAsync(TestVault vault) => Servers.Poll.UntilAsync("the draft is gone", async () => await DraftAsync(vault) is null);
}
