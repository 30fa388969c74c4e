using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Users;
using PamTui.Tests.CoreTests;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

public sealed class DetailsPageTests
{
    private const string CtrlS = "\u0013";
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    [Fact]
    public async Task The_parts_of_an_account_are_walked_with_their_counts_and_the_place_remembers_where()
    {
        await using TestVault vault = await FilledAsync();
        ShellState state = new();
        await using (ShellRun run = await OpenAsync(vault, state))
        {
            await run.SeesAsync("[Fields]");
            await run.SeesAsync("Metadata 2");
            await run.SeesAsync("Checks 2");
            await run.TypeAsync("\t", "[Connect]");
            await run.SeesAsync("ssh -p 2222 YOU@deploy@web-1@gw");
            await run.TypeAsync("l", "[Metadata 2]");
            await run.TypeAsync("\e[Z", "[Connect]");
            await run.TypeAsync("llll", "[Checks 2]");
            await run.SeesAsync("wrong password");
            run.Type("q");
            await run.Outcome;
        }

        await using ShellRun again = ShellRun.Start(vault, state: state);
        await again.SeesAsync("[Checks 2]");
        await again.TypeAsync("\e", "RESOURCES");
    }

    [Fact]
    public async Task With_room_enough_the_fields_stand_beside_the_part()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, columns: 120, rows: 40);
        await run.SeesAsync("[Connect]");
        await run.SeesAsync("Username");
        await run.TypeAsync("l", "[Metadata 2]");
        await run.SeesAsync("payments");
        await run.SeesAsync("Username");
        run.Channel.Resize(80, 24);
        await run.SeesNoMoreAsync("Username");
        await run.SeesAsync("[Metadata 2]");
    }

    [Fact]
    public async Task Pairs_are_changed_in_place_and_what_will_change_is_seen_before_it_is_saved()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("m", "[Metadata 2]");
        await run.TypeAsync("a", "Tab completes it");
        await run.TypeAsync("owner=alice smith\r", "1 new; not saved yet");
        run.Paste("tier=1\nteam=web\n");
        await run.SeesAsync("2 new, 1 changed; not saved yet");
        await run.SeesAsync("was payments");
        await run.TypeAsync("gx", "2 new, 1 changed, 1 removed; not saved yet");
        await run.TypeAsync("\e", "Leave without saving?");
        run.Type("\e");
        await run.SeesNoMoreAsync("Leave without saving?");
        await run.TypeAsync(CtrlS, "Type its name");
        await run.TypeAsync("deploy\r", "The metadata of deploy is saved.");
        await run.SeesAsync("[Metadata 3]");
        Account account = TestVault.Ok(await vault.Product.Accounts.FindAsync(TestVault.Local, s_deploy, TestVault.Ct));
        Assert.Equal("owner=alice smith team=web tier=1", string.Join(' ', account.Metadata.Select(pair => pair.Key + "=" + pair.Value)));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("q")]
    public async Task Changed_pairs_are_not_lost_by_a_key_that_goes_elsewhere(string key)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("m", "[Metadata 2]");
        await run.TypeAsync("a", "Tab completes it");
        await run.TypeAsync("tier=1\r", "1 new; not saved yet");
        await run.TypeAsync(key, "Leave without saving?");
        run.Type("\e");
        await run.SeesNoMoreAsync("Leave without saving?");
        await run.SeesAsync("1 new; not saved yet");
    }

    [Fact]
    public async Task Keys_and_values_are_completed_from_what_the_vault_has()
    {
        await using TestVault vault = await FilledAsync();
        await vault.AddAccountAsync("web-2/one", "env=staging");
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("m", "[Metadata 2]");
        await run.TypeAsync("a", "Tab completes it");
        await run.TypeAsync("zo", "zone=");
        await run.TypeAsync("\t", "zone=b-4");
        await run.TypeAsync("\t\r", "1 new; not saved yet");
        await run.TypeAsync("u", "[Metadata 2]");
        await run.SeesNoMoreAsync("zone");
    }

    [Fact]
    public async Task Sessions_are_shown_one_by_one_in_full()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/*", Capability.Connect), TestVault.Ct));
        long id = TestVault.Ok(await vault.Product.Sessions.StartAsync((await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, s_deploy, Capability.Connect, TestVault.Ct))!, "192.0.2.7", "node", null, TestVault.Ct));
        await vault.Product.Sessions.EndAsync(id, "killed by root: too \e[31mlong", 100, 2048, TestVault.Ct);
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("llll", "[Sessions 1]");
        await run.TypeAsync("\r", "Why it ended");
        await run.SeesAsync("2.0 KiB");
        await run.SeesAsync("too \\u{1b}[31mlong");
        await run.TypeAsync("\r", "[Sessions 1]");
        await run.SeesNoMoreAsync("Why it ended");
    }

    [Fact]
    public async Task A_line_is_copied_and_Enter_on_one_connects()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("l", "[Connect]");
        await run.SeesAsync("scp -P 2222");
        await run.TypeAsync("jjy", "Copied: the ssh_config line");
        string config = "Host web-1-deploy\n    HostName gw\n    Port 2222\n    User YOU@deploy@web-1\n";
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(config)), Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
        run.Type("\r");
        Assert.Equal(s_deploy, Assert.IsType<ShellOutcome.Connect>(await run.Outcome).Account);
    }

    [Fact]
    public async Task A_line_that_is_asked_for_before_it_is_read_is_copied_when_it_is()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\td\ty", "Copied: the ssh line");
        Assert.Contains(Convert.ToBase64String("ssh -p 2222 YOU@deploy@web-1@gw"u8), Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_sees_why_he_may_and_no_parts_that_are_not_his()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, alice);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\td", "[Fields]");
        await run.SeesAsync("Grants 1");
        await run.TypeAsync("lll", "[Grants 1]");
        await run.SeesAsync("alice may connect");

        // Each part is asked for by itself, and left out when the answer is no.
        await run.SeesNoMoreAsync("Checks");
        await run.SeesNoMoreAsync("History");
    }

    [Fact]
    public async Task Rotations_say_in_plain_words_what_became_of_them()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("llllll", "[Rotations 0]");
        await run.SeesAsync("Its credential was never rotated; t does.");
    }

    [Fact]
    public async Task A_resource_lists_its_accounts_and_its_host_keys_with_where_the_trust_comes_from()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("j", "ACCOUNTS of web-1");
        await run.TypeAsync("d", "[Fields]");
        await run.TypeAsync("ll", "[Host keys 1]");
        await run.SeesAsync("given by an admin");
        await run.TypeAsync("x", "Trust the key no longer");
        run.Type("\e");
        await run.SeesNoMoreAsync("Trust the key no longer");
        await run.TypeAsync("h", "[Accounts 2]");
        await run.TypeAsync("\r", "web-1 › deploy");
        await run.SeesAsync("[Fields]");
        await run.TypeAsync("\e", "[Accounts 2]");
    }

    [Fact]
    public async Task E3_a_line_for_a_database_quotes_what_a_shell_could_take_for_its_own()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        TestVault.Ok(await vault.Product.Resources.AddAsync(
            TestVault.Local,
            new ResourceDraft("db", ResourceKind.PostgreSql, "db.example", null, "a'b $(reboot)", TlsMode.Verify, null, [], false, "", Metadata.Empty),
            TestVault.Ct));
        await vault.AddAccountAsync("db/app");
        await using ShellRun run = ShellRun.Start(vault);
        await run.SeesAsync("db/app");
        await run.TypeAsync("\td", "[Fields]");
        await run.TypeAsync("l", "-N -L 15432:app@db:5432");
        await run.TypeAsync("j", "(reboot)");
        await run.TypeAsync("y", "Copied: the psql line");
        string line = """psql 'host=127.0.0.1 port=15432 dbname='\''a\'\''b $(reboot)'\'''""";
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(line)), Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        HostKeyPin pin = new("ssh-ed25519", "SHA256:" + new string('A', 43), "option", vault.Time.GetUtcNow());
        TestVault.Ok(await vault.Product.Resources.AddAsync(
            TestVault.Local,
            new ResourceDraft("web-1", ResourceKind.Linux, "10.0.0.5", null, null, TlsMode.Verify, null, [pin], false, "", Metadata.Empty),
            TestVault.Ct));
        await vault.AddResourceAsync("web-2", "zone=b-4");
        await vault.AddAccountAsync("web-1/deploy", "env=prod team=payments");
        await vault.AddAccountAsync("web-1/root");
        TestVault.Ok(await vault.Product.Accounts.CheckAsync(TestVault.Local, s_deploy, null, TestVault.Ct));
        vault.Check = (_, _) => new CheckReport(new CheckFailure(CheckStage.SignIn, CheckCause.WrongPassword, "no"), null, TimeSpan.FromMilliseconds(7));
        TestVault.Ok(await vault.Product.Accounts.CheckAsync(TestVault.Local, s_deploy, null, TestVault.Ct));
        return vault;
    }

    private static async Task<ShellRun> OpenAsync(TestVault vault, ShellState? state = null, int columns = 80, int rows = 24)
    {
        ShellRun run = ShellRun.Start(vault, columns: columns, rows: rows, state: state);
        await run.SeesAsync("web-1/deploy");
        await run.TypeAsync("\t", "› web-1/deploy");
        await run.TypeAsync("d", "web-1 › deploy");
        return run;
    }
}
