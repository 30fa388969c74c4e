using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Servers;
using PamTui.Tests.CoreTests;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

public sealed class HomePageTests
{
    private static readonly AccountRef s_deploy = new("web-1", "deploy");

    [Fact]
    public async Task Who_sees_few_accounts_has_all_of_them_and_connects_with_enter()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await AliceAsync(vault, "web-1/*");
        ShellState state = new();
        await using (ShellRun run = ShellRun.Start(vault, alice, state: state, place: "home"))
        {
            await run.SeesAsync("home › web-1/deploy");
            await run.SeesAsync("web-1/root");
            Assert.DoesNotContain("db-1/app", run.Screen, StringComparison.Ordinal);
            await run.TypeAsync("j", "home › web-1/root");
            run.Type("\r");
            Assert.Equal(new AccountRef("web-1", "root"), Assert.IsType<ShellOutcome.Connect>(await run.Outcome).Account);
        }

        await using ShellRun again = ShellRun.Start(vault, alice, state: state, place: "home");
        await again.SeesAsync("home › web-1/root");
    }

    [Fact]
    public async Task Favourites_come_first_then_what_was_used_then_the_others()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await AliceAsync(vault, "*");
        TestVault.Ok(await vault.Product.Favourites.AddAsync(alice, new AccountRef("web-1", "root"), TestVault.Ct));
        await StartAsync(vault, alice);
        await using ShellRun run = ShellRun.Start(vault, alice, place: "home");
        await run.SeesAsync("★ fav  web-1/root");
        await run.SeesAsync("↺ used web-1/deploy");
        int[] order = [.. ((string[])["web-1/root", "web-1/deploy", "db-1/app"]).Select(name => run.Screen.IndexOf(" " + name, 90, StringComparison.Ordinal))];
        Assert.Equal(order.Order(), order);

        await run.TypeAsync("f", "web-1/root is no favourite any more.");
        await run.SeesNoMoreAsync("★ fav");
    }

    [Fact]
    public async Task A_credential_that_is_older_than_its_policy_allows_is_said_where_it_needs_somebody()
    {
        await using TestVault vault = await FilledAsync();
        RotationTerms daily = new(true, TimeSpan.FromDays(1), null, TimeSpan.Zero, true, false, null, null);
        TestVault.Ok(await vault.Product.Policies.AddAsync(TestVault.Local, new PolicyDraft("daily", null, "db-1/app", daily), TestVault.Ct));
        vault.Time.Advance(TimeSpan.FromDays(3));
        await using ShellRun run = ShellRun.Start(vault, place: "home");
        await run.SeesAsync("↻ never rotated");
        await run.SeesAsync("t rotates it");

        // In the list of accounts it is a column to choose.
        await run.TypeAsync("2", "accounts › ");
        await run.TypeAsync("v", "type a column");
        await run.TypeAsync("rotation\r", "■ rotation");
        run.Type("\e");
        await run.SeesNoMoreAsync("type a column");
        await run.SeesAsync("ROTATION");
        await run.SeesAsync("- never");
    }

    [Fact]
    public async Task Who_sees_many_and_has_used_none_is_told_how_to_find_one()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        for (int i = 0; i < 51; i++)
        {
            await vault.AddAccountAsync($"web-1/a{i:00}");
        }

        await using ShellRun run = ShellRun.Start(vault, place: "home");
        await run.SeesAsync("51 accounts, none of them a favourite or used by you yet.");
        await run.TypeAsync("/a17", "1/51");
        await run.TypeAsync("\r", "accounts › web-1/a17");
        await run.TypeAsync("f", "is a favourite");
        await run.TypeAsync("1", "★ fav  web-1/a17");
        await run.SeesAsync("all 51…");
        await run.TypeAsync("j\r", "ACCOUNTS");
        await run.SeesAsync("web-1/a00");
    }

    [Fact]
    public async Task An_empty_vault_says_which_key_helps_and_an_empty_handed_member_whom_to_ask()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await using (ShellRun run = ShellRun.Start(vault, place: "home"))
        {
            await run.SeesAsync("No accounts yet: press a to add a resource");
            await run.SeesAsync("Nothing needs you");
            await run.SeesAsync("No session is live.");
            await run.TypeAsync("a", "Add resource");
            await run.TypeAsync("web-1\t\t10.0.0.5\t\u0013", "ACCOUNTS of web-1");
        }

        await using ShellRun alice = ShellRun.Start(vault, await vault.AddUserAsync("alice"), place: "home");
        await alice.SeesAsync("Nothing is granted to you yet.");
        await alice.TypeAsync("a", "Only an admin may do that.");
    }

    [Fact]
    public async Task What_needs_attention_is_gone_to_and_is_gone_once_it_signs_in()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, rows: 40, place: "home");
        await run.SeesAsync("c checks it");
        await run.TypeAsync("\t", "home › db-1/app");
        await run.TypeAsync("\r", "› db-1 › app");
        await run.SeesAsync("R reveals it");
        await run.TypeAsync("\e", "home › db-1/app");
        await run.TypeAsync("c", "db-1/app signs in");
        await run.SeesAsync("home › web-1/deploy");
    }

    [Fact]
    public async Task Live_sessions_of_mine_come_and_go_and_nobody_elses()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await AliceAsync(vault, "web-1/*");
        Actor bob = await vault.AddUserAsync("bob");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("bob", "web-1/*", Capability.Connect), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, alice, place: "home");
        await run.SeesAsync("No session is live.");
        long mine = await StartAsync(vault, alice);
        await SeesInTimeAsync(vault, run, "192.0.2.7");
        await StartAsync(vault, bob);
        await vault.Product.Sessions.EndAsync(mine, "closed", 0, 0, TestVault.Ct);
        await SeesInTimeAsync(vault, run, "No session is live.");
        Assert.DoesNotContain("bob", run.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_process_changes_is_seen_without_a_key()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, place: "home");
        await run.SeesAsync("web-1/deploy");
        TestVault.Ok(await vault.Product.Favourites.AddAsync(TestVault.Local, s_deploy, TestVault.Ct));
        await SeesInTimeAsync(vault, run, "★ fav  web-1/deploy");
    }

    [Fact]
    public async Task Tab_goes_round_the_parts_and_the_place_keeps_the_one_in_use()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, rows: 40, place: "home");
        await run.SeesAsync("c checks it");
        await run.SeesAsync("home › db-1/app");
        await run.TypeAsync("\tj", "home › web-1/deploy");
        await run.TypeAsync("2", "accounts › db-1/app");
        await run.TypeAsync("\e", "home › web-1/deploy");
        run.Type("\t");
        await run.SeesNoMoreAsync("home › web-1/deploy");
        await run.TypeAsync("\t", "home › db-1/app");
        run.Type("\e[Z");
        await run.SeesNoMoreAsync("home › db-1/app");
    }

    private static async Task<long> StartAsync(TestVault vault, Actor who)
    {
        AccessGrant grant = (await vault.Product.Authorizer.AuthorizeAsync(who.UserId!.Value, s_deploy, Capability.Connect, TestVault.Ct))!;
        return TestVault.Ok(await vault.Product.Sessions.StartAsync(grant, "192.0.2.7", "node", null, TestVault.Ct));
    }

    private static async Task SeesInTimeAsync(TestVault vault, ShellRun run, string text) => await Poll.UntilAsync(
        "the screen shows " + text,
        () =>
        {
            vault.Time.Advance(TimeSpan.FromSeconds(1));
            return run.Screen.Contains(text, StringComparison.Ordinal);
        });

    private static async Task<Actor> AliceAsync(TestVault vault, string target)
    {
        Actor alice = await vault.AddUserAsync("alice");
        foreach (string one in target == "*" ? (string[])["web-1/*", "db-1/*"] : [target])
        {
            TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", one, Capability.Connect), TestVault.Ct));
        }

        return alice;
    }

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddResourceAsync("db-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root");
        await vault.AddAccountAsync("db-1/app");
        return vault;
    }
}
