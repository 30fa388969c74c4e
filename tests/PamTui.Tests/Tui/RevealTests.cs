using System.Text;
using PamTui.Core.Model;
using PamTui.Tests.CoreTests;

namespace PamTui.Tests.Tui;

public sealed class RevealTests
{
    private const string Canary = "canary-Pa55 word";

    [Fact]
    public async Task A_credential_is_shown_after_a_reason_for_30_seconds_and_is_then_gone()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenRevealAsync(vault);
        await run.TypeAsync("\r", "Say why in 1 to 256 characters");
        await run.TypeAsync("ticket 4711\r", Canary);
        vault.Time.Advance(TimeSpan.FromSeconds(31));
        await run.SeesNoMoreAsync(Canary);
        await run.SeesNoMoreAsync("Reveal the credential");
        Page<AuditRow> rows = TestVault.Ok(await vault.Product.Accounts.HistoryAsync(TestVault.Local, new AccountRef("web-1", "deploy"), new PageRequest(), TestVault.Ct));
        Assert.Contains(rows.Items, row => row.Action == "account.reveal" && row.Details.Contains("ticket 4711", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Any_key_hides_it_and_painting_again_does_not_bring_it_back()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenRevealAsync(vault);
        await run.TypeAsync("ticket 4711\r", Canary);
        run.Type("x");
        await run.SeesNoMoreAsync(Canary);
        int before = run.Channel.Everything.Length;
        await run.TypeAsync("\u000c", "RESOURCES");
        run.Channel.Resize(100, 30);
        await run.TypeAsync("?", "Keys");
        Assert.DoesNotContain(Canary, Encoding.UTF8.GetString(run.Channel.Everything[before..]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_lent_to_the_clipboard_never_shown_and_taken_back()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenRevealAsync(vault);
        await run.TypeAsync("ticket 4711\t\t\r", "on your terminal's clipboard");
        Assert.Equal(Canary, run.Channel.Screen.Clipboard);
        Assert.DoesNotContain(Canary, run.Screen, StringComparison.Ordinal);
        vault.Time.Advance(TimeSpan.FromSeconds(31));
        await run.SeesAsync("off your clipboard again.");
        Assert.Equal("", run.Channel.Screen.Clipboard);
    }

    [Fact]
    public async Task What_was_copied_since_stays_on_the_clipboard_and_nothing_is_said_of_it()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenRevealAsync(vault);
        await run.TypeAsync("ticket 4711\t\t\r", "on your terminal's clipboard");
        await run.SeesNoMoreAsync("Why do you need it?");
        await run.TypeAsync("y", "type what to copy");
        await run.TypeAsync("name\r", "Copied: name: web-1/deploy");
        vault.Time.Advance(TimeSpan.FromSeconds(31));
        await run.TypeAsync("?", "Keys");
        Assert.Equal("web-1/deploy", run.Channel.Screen.Clipboard);
        Assert.DoesNotContain("off your clipboard", Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_lent_again_stays_its_whole_time()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenRevealAsync(vault);
        await run.TypeAsync("ticket 4711\t\t\r", "on your terminal's clipboard");
        await run.SeesNoMoreAsync("Why do you need it?");
        vault.Time.Advance(TimeSpan.FromSeconds(20));
        await run.TypeAsync("R", "Why do you need it?");
        run.Type("once more\t\t\r");
        await run.SeesNoMoreAsync("Why do you need it?");
        vault.Time.Advance(TimeSpan.FromSeconds(20));
        await run.TypeAsync("?", "Keys");
        Assert.Equal(Canary, run.Channel.Screen.Clipboard);
        run.Type("\e");
        await run.SeesNoMoreAsync("type to find a key");
        vault.Time.Advance(TimeSpan.FromSeconds(11));
        await run.SeesAsync("off your clipboard again.");
        Assert.Equal("", run.Channel.Screen.Clipboard);
    }

    [Fact]
    public async Task Who_leaves_leaves_nothing_on_the_clipboard()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenRevealAsync(vault);
        await run.TypeAsync("ticket 4711\t\t\r", "on your terminal's clipboard");
        run.Type("q");
        await run.Outcome;
        Assert.Equal("", run.Channel.Screen.Clipboard);
    }

    [Fact]
    public async Task A_member_without_the_right_is_told_so_and_sees_nothing()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new("alice", "web-1/deploy", Capability.Connect), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, alice);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\tR", "No grant of yours lets you see the credential of web-1/deploy.");
        Assert.DoesNotContain(Canary, Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_made_in_the_vault_and_its_public_half_is_offered_to_copy()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("j", "ACCOUNTS of web-1");
        await run.TypeAsync("\ta", "Add account to web-1");
        await run.TypeAsync("robot\trobot\t \t", "(private-key)");
        await run.TypeAsync(" ", "(made here)");
        await run.TypeAsync("\u0013", "Public key of web-1/robot");
        await run.SeesAsync("ssh-ed25519");
        await run.TypeAsync("\r", "Copied: the public key");
        PublicKey key = TestVault.Ok(await vault.Product.Accounts.PublicKeyAsync(TestVault.Local, new AccountRef("web-1", "robot"), TestVault.Ct))!;
        Assert.Equal(key.Line, run.Channel.Screen.Clipboard);
        Assert.DoesNotContain("PRIVATE KEY", Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_copy_menu_offers_lines_that_bring_one_there()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\ty", "scp -P 2222 FILE YOU@deploy@web-1@gw:");
        await run.TypeAsync("sshconfig\r", "Copied: an entry for ~/.ssh/config");
        Assert.Equal("Host web-1-deploy\n    HostName gw\n    Port 2222\n    User YOU@deploy@web-1\n", run.Channel.Screen.Clipboard);
    }

    private static async Task<ShellRun> OpenRevealAsync(TestVault vault)
    {
        ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\tR", "Why do you need it?");
        return run;
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy", password: Canary);
        return vault;
    }
}
