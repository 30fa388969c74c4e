using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Tests.CoreTests;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

public sealed class JourneyTests
{
    private const string CtrlS = "\u0013";
    private const string Canary = "canary-Pa55 word";

    private static readonly SeenHostKey s_key = new("ssh-ed25519", "SHA256:" + new string('A', 43));

    [Fact]
    public async Task A_resource_and_an_account_are_added_from_nothing()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet: press a to add the first.");
        await run.TypeAsync("a", "Add resource");
        await run.TypeAsync("web-1\t\t10.0.0.5\t" + CtrlS, "web-1 is added");
        await run.TypeAsync("\t", "No accounts yet: press a to add the first.");
        await run.TypeAsync("a", "Add account to web-1");
        await run.TypeAsync("deploy\tdeployer\t\t" + Canary, "∙∙∙∙");
        await run.TypeAsync(CtrlS, "signs in (5 ms) and is saved");
        await run.SeesAsync("● deploy");

        Account account = TestVault.Ok(await vault.Product.Accounts.FindAsync(TestVault.Local, new AccountRef("web-1", "deploy"), TestVault.Ct));
        Assert.Equal(("deployer", CheckState.Verified), (account.Username, account.CheckState));
        Assert.DoesNotContain(Canary, Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_check_shows_its_stage_and_saves_nothing_until_saved_without_a_check()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await using ShellRun run = await ShellRun.StartAsync(vault, async (progress, _) =>
        {
            progress!.Report(new CheckProgress(CheckStage.Resolve, StageState.Passed, TimeSpan.FromMilliseconds(2)));
            progress.Report(new CheckProgress(CheckStage.Connect, StageState.Failed, TimeSpan.FromMilliseconds(7)));
            await Task.Yield();
            return new CheckReport(new CheckFailure(CheckStage.Connect, CheckCause.PortRefused, "web-1 refuses connections on port 22."), null, TimeSpan.FromMilliseconds(9));
        });
        await OpenAddAccountAsync(run);
        await run.TypeAsync(CtrlS, "web-1 refuses connections on port 22.");
        await run.SeesAsync("● find the host");
        await run.SeesAsync("✗ connect");
        Assert.Equal(0, TestVault.Ok(await vault.Product.Accounts.ListAsync(TestVault.Local, "", new PageRequest(), TestVault.Ct)).Total);

        await run.TypeAsync("\t\r", "web-1/deploy is saved without a check.");
        await run.SeesAsync("○ deploy");
        await run.SeesAsync("unverified");
    }

    [Fact]
    public async Task A_running_check_is_stopped_by_Esc_and_the_form_keeps_what_was_typed()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await using ShellRun run = await ShellRun.StartAsync(vault, async (progress, ct) =>
        {
            progress!.Report(new CheckProgress(CheckStage.Connect, StageState.Running, TimeSpan.Zero));
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            throw new InvalidOperationException("Never.");
        });
        await OpenAddAccountAsync(run);
        await run.TypeAsync(CtrlS, "○ connect");
        await run.SeesAsync("[ Stop ]");
        await run.TypeAsync("\e", "Stopped: nothing was saved.");
        await run.SeesAsync("deployer");
        await run.SeesAsync("[ Check and save ]");
    }

    [Fact]
    public async Task D1_an_unknown_host_key_is_shown_and_the_account_is_saved_only_after_it_was_accepted()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        int checks = 0;
        await using ShellRun run = await ShellRun.StartAsync(vault, (_, _) => Task.FromResult(Interlocked.Increment(ref checks) == 1
            ? new CheckReport(new CheckFailure(CheckStage.Identity, CheckCause.HostKeyUnknown, "The host key is not known."), s_key, TimeSpan.Zero)
            : TestVault.Passed));
        await OpenAddAccountAsync(run);
        await run.TypeAsync(CtrlS, s_key.Fingerprint);
        await run.SeesAsync("[ Accept this key and go on ]");

        // The safe button has the focus: accepting takes a deliberate step.
        await run.TypeAsync("\e[Z\r", "is saved");
        Resource resource = TestVault.Ok(await vault.Product.Resources.FindAsync(TestVault.Local, "web-1", TestVault.Ct));
        Assert.Equal(s_key.Fingerprint, Assert.Single(resource.HostKeys).Fingerprint);
        Assert.Equal(2, checks);
    }

    [Fact]
    public async Task A_pasted_private_key_is_counted_and_never_shown()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1");
        await run.TypeAsync("j", "ACCOUNTS of web-1");
        await run.TypeAsync("\ta", "Add account to web-1");
        await run.TypeAsync("deploy\tdeployer\t \t\t", "(private-key)");
        run.Paste("-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n");
        await run.SeesAsync("3 lines, ");
        Assert.DoesNotContain("c2VjcmV0", Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paste_over_a_list_is_not_taken_for_keys()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet");
        run.Paste("qa\n");
        await run.TypeAsync("?", "Esc closes this.");
        Assert.DoesNotContain("Add resource", run.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_of_a_stored_account_can_be_stopped_and_a_long_reason_is_read_whole()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        int checks = 0;
        string reason = "web-1.example does not accept the password of 'deploy': it was changed there, or typed wrong here; type it again.";
        await using ShellRun run = await ShellRun.StartAsync(vault, async (_, ct) =>
        {
            if (Interlocked.Increment(ref checks) == 1)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            }

            return new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, reason), null, TimeSpan.FromMilliseconds(3));
        });
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\tc", "Checking web-1/deploy…");
        await run.TypeAsync("\e", "The check was stopped.");
        await run.TypeAsync("c", "type it again.");
        await run.SeesAsync("✗ web-1/deploy");
        await run.SeesAsync("rejected");
    }

    [Fact]
    public async Task An_edit_keeps_the_secret_that_is_not_typed_again()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\te", "Edit account web-1/deploy");
        await run.SeesAsync("(kept)");
        await run.TypeAsync("\t\t\t\tsuperuser" + CtrlS, "web-1/deploy is saved.");
        Account account = TestVault.Ok(await vault.Product.Accounts.FindAsync(TestVault.Local, new AccountRef("web-1", "deploy"), TestVault.Ct));
        Assert.Equal(("deploy", "superuser"), (account.Username, account.Privilege));
        Assert.Equal(0, vault.Checks);
    }

    [Fact]
    public async Task A_refusal_stands_beside_its_field()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet");
        await run.TypeAsync("a", "Add resource");
        await run.TypeAsync(CtrlS, "Name is missing.");
        await run.SeesAsync("Host is missing.");
        await run.TypeAsync("Web 1\t\thost" + CtrlS, "The resource name 'Web 1' is not valid");
    }

    [Fact]
    public async Task Fields_follow_the_kind()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet");
        await run.TypeAsync("a", "Host key");
        await run.TypeAsync("db\t ", "(postgresql)");
        await run.SeesAsync("Database");
        await run.SeesAsync("TLS CA");
        await run.SeesNoMoreAsync("Host key");
    }

    [Fact]
    public async Task A_filter_narrows_the_list_counts_and_says_where_it_does_not_parse()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/alpha", "env=prod");
        await vault.AddAccountAsync("web-1/beta", "env=test");
        await vault.AddAccountAsync("web-1/gamma", "env=prod");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/beta");
        await run.TypeAsync("\t/env=prod", "2/3");
        await run.SeesNoMoreAsync("web-1/beta");
        await run.TypeAsync(" (", "column");
        await run.TypeAsync("\b\b\r", "2/3");
        await run.TypeAsync("\e", "web-1/beta");
    }

    [Fact]
    public async Task Metadata_is_added_pasted_changed_and_saved_at_once()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy", "env=prod");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\tm", "web-1/deploy is production");
        await run.TypeAsync("deploy\r", "Metadata of web-1/deploy");
        await run.TypeAsync("a", "key=value");
        await run.TypeAsync("owner=alice smith\r", "alice smith");
        run.Paste("tier=1\nteam=payments\n");
        await run.SeesAsync("payments");
        await run.TypeAsync("a", "key=value");
        await run.TypeAsync("env=test\r", "is there already");
        await run.TypeAsync("\e", "Ctrl+S save");
        await run.TypeAsync(CtrlS, "The metadata of web-1/deploy is saved.");
        Account account = TestVault.Ok(await vault.Product.Accounts.FindAsync(TestVault.Local, new AccountRef("web-1", "deploy"), TestVault.Ct));
        Assert.Equal("env=prod owner=alice smith team=payments tier=1", string.Join(' ', account.Metadata.Select(pair => pair.Key + "=" + pair.Value)));
    }

    [Fact]
    public async Task A_member_sees_only_what_is_granted_and_is_offered_no_adding()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("secret-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root");
        await vault.AddAccountAsync("secret-1/root");
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, alice);
        await run.SeesAsync("web-1/deploy");
        await run.SeesAsync("alice · member");
        Assert.DoesNotContain("root", run.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-1", run.Screen, StringComparison.Ordinal);
        Assert.DoesNotContain("a add", run.Screen, StringComparison.Ordinal);

        await run.TypeAsync("\td", "[Fields]");
        await run.TypeAsync("l", "[Connect]");
        await run.SeesAsync("ssh -p 2222 alice@deploy@web-1@gw");
    }

    [Fact]
    public async Task Enter_connects_and_the_next_run_is_at_the_same_place()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("db-1");
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("db-1/one");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root");
        ShellState state = new();
        await using (ShellRun run = ShellRun.Start(vault, state: state))
        {
            await run.SeesAsync("db-1/one");
            await run.TypeAsync("G", "ACCOUNTS of web-1");
            await run.TypeAsync("\r", "› deploy");
            await run.TypeAsync("j", "› root");
            run.Type("\r");
            Assert.Equal(new AccountRef("web-1", "root"), Assert.IsType<ShellOutcome.Connect>(await run.Outcome).Account);
            Assert.Equal(["25"], run.Channel.Screen.Modes);
        }

        state.Notice = "The session ended.";
        await using ShellRun again = ShellRun.Start(vault, state: state);
        await again.SeesAsync("ACCOUNTS of web-1");
        await again.SeesAsync("› web-1 › root");
        await again.SeesAsync("The session ended.");
    }

    [Fact]
    public async Task Removing_takes_the_typed_name()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\t\e[3~", "Remove account");
        await run.TypeAsync("wrong\r", "That is not its name.");
        await run.TypeAsync("\u0015deploy\r", "web-1/deploy is removed.");
        await run.SeesAsync("No accounts");
    }

    [Fact]
    public async Task Esc_never_leaves_and_q_does()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet");
        await run.TypeAsync("\e", "q leaves.");
        run.Type("q");
        Assert.IsType<ShellOutcome.Quit>(await run.Outcome);
    }

    [Fact]
    public async Task A_form_with_something_typed_asks_before_it_is_left()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet");
        await run.TypeAsync("a", "Add resource");
        await run.TypeAsync("x", "x");
        await run.TypeAsync("\e", "Leave without saving?");
        await run.TypeAsync("\e", "Add resource");
        await run.SeesNoMoreAsync("Leave without saving?");
        await run.TypeAsync("\e", "Leave without saving?");
        run.Type("\t\r");
        await run.SeesNoMoreAsync("Add resource");
    }

    [Fact]
    public async Task C12_a_terminal_lost_inside_a_dialog_ends_the_shell()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("No resources yet");
        await run.TypeAsync("a", "Add resource");
        await run.TypeAsync("x\e", "Leave without saving?");
        run.Channel.Close();
        Assert.IsType<ShellOutcome.Quit>(await run.Outcome);
    }

    [Fact]
    public async Task E3_words_from_outside_are_shown_escaped()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy", "note=a\u202eb");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\t", "\\u{202e}");
        Assert.DoesNotContain('\u202e', Encoding.UTF8.GetString(run.Channel.Everything));
    }

    [Fact]
    public async Task A_terminal_without_a_full_screen_gets_a_sentence()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        ShellRun run = ShellRun.Start(vault, term: "dumb");
        Assert.IsType<ShellOutcome.Quit>(await run.Outcome);
        Assert.StartsWith("The terminal type 'dumb' has no full screen.", run.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_window_gets_a_notice_and_comes_back()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 50, rows: 12);
        await run.SeesAsync("Too small: 50x12, needs 60x15.");
        run.Channel.Resize(64, 16);
        await run.SeesAsync("all resources");
        run.Channel.Resize(120, 36);
        await run.SeesAsync("No resources yet");
    }

    [Fact]
    public async Task E1_random_bytes_never_end_the_shell_with_a_fault_and_the_terminal_is_given_back()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        for (int seed = 0; seed < 6; seed++)
        {
            Random random = new(seed);
            await using ShellRun run = ShellRun.Start(vault);
            await run.SeesAsync("RESOURCES");
            for (int i = 0; i < 400 && !run.Outcome.IsCompleted; i++)
            {
                run.Type(InputTests.Piece(random));
                if (i % 50 == 0)
                {
                    run.Channel.Resize(random.Next(0, 300), random.Next(0, 100));
                }
            }

            run.Channel.Close();
            await run.Outcome;
            Assert.Equal(["25"], run.Channel.Screen.Modes);
        }
    }

    private static async Task OpenAddAccountAsync(ShellRun run)
    {
        await run.SeesAsync("web-1");
        await run.TypeAsync("j", "ACCOUNTS of web-1");
        await run.TypeAsync("\ta", "Add account to web-1");
        await run.TypeAsync("deploy\tdeployer\t\tsecret", "∙∙∙∙∙∙");
    }
}
