using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Users;
using PamTui.Tests.CoreTests;
using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

public sealed class DangerTests
{
    [Theory]
    [InlineData("env=prod", "", true)]
    [InlineData("env=production", "", true)]
    [InlineData("", "env=prod", true)]
    [InlineData("env=test", "env=prod", false)]
    [InlineData("env=prod", "env=test", true)]
    [InlineData("", "", false)]
    [InlineData("environment=prod", "env=preprod", false)]
    public void An_account_is_production_by_its_own_word_else_by_that_of_its_resource(string account, string resource, bool production) =>
        Assert.Equal(production, Danger.IsProduction(TestVault.Pairs(account), TestVault.Pairs(resource)));

    [Fact]
    public async Task A_rotation_account_that_is_rotated_alone_is_told_to_change_itself()
    {
        await using TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        ResourceChange change = new() { Host = "127.0.0.1", Port = 1, RotationAccount = "deploy", Metadata = TestVault.Pairs("env=test") };
        TestVault.Ok(await vault.Product.Resources.EditAsync(TestVault.Local, "web-1", change, TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › web-1/deploy");
        await run.TypeAsync("t", "gets a new credential");
        await run.TypeAsync("\t\r", "Nothing listens on 127.0.0.1:1");
    }

    [Theory]
    [InlineData("e", "is production (env=prod).", "Edit account web-1/deploy")]
    [InlineData("m", "is production (env=prod).", "Metadata of web-1/deploy")]
    [InlineData("t", "gets a new credential", "Rotating web-1/deploy")]
    [InlineData("R", "is production (env=prod).", "Why do you need it?")]
    [InlineData("\e[3~", "It cannot be undone.", "web-1/deploy is removed.")]
    public async Task What_is_done_to_an_account_of_production_asks_for_its_name(string key, string effect, string then)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "web-1/deploy");
        await run.TypeAsync(key, effect);
        await run.TypeAsync("\r", "That is not its name.");
        await run.TypeAsync("deploy\r", then);
    }

    [Theory]
    [InlineData("e", "No grant of yours lets you change web-1/deploy.")]
    [InlineData("m", "No grant of yours lets you change web-1/deploy.")]
    [InlineData("t", "No grant of yours lets you change web-1/deploy.")]
    [InlineData("R", "No grant of yours lets you see the credential of web-1/deploy.")]
    [InlineData("\e[3~", "No grant of yours lets you change web-1/deploy.")]
    public async Task A_member_who_may_not_do_it_is_told_so_and_asked_for_nothing(string key, string why)
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, alice, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › web-1/deploy");
        await run.TypeAsync(key, why);
        Assert.DoesNotContain("Type", run.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_member_who_may_is_asked_as_an_admin_is()
    {
        await using TestVault vault = await FilledAsync();
        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect | Capability.Manage), TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, alice, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › web-1/deploy");
        await run.TypeAsync("t", "gets a new credential");
    }

    [Theory]
    [InlineData("e", "Edit account test-1/deploy")]
    [InlineData("m", "Metadata of test-1/deploy")]
    [InlineData("R", "Why do you need it?")]
    public async Task Elsewhere_the_key_is_enough(string key, string then)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "test-1/deploy");
        await run.TypeAsync(key, then);
    }

    [Fact]
    public async Task A_check_of_one_is_asked_for_nowhere_and_of_many_where_one_is_production()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "web-1/deploy");
        await run.TypeAsync("c", "web-1/deploy signs in");
        await run.TypeAsync("*", "3 marked");
        await run.TypeAsync("c", "2 of them are production");
        await run.TypeAsync("3\r", "Type check 3 to go on.");
        Assert.Equal(1, vault.Checks);
        await run.TypeAsync("\u0015check 3\r", "3 of 3 sign in.");
    }

    [Theory]
    [InlineData("m", "2 of them are production", "edit 3", "Metadata of 3 accounts")]
    [InlineData("t", "3 accounts get a new credential", "rotate 3", "0 of 3 are rotated.")]
    [InlineData("\e[3~", "It cannot be undone.", "remove 3", "3 of 3 are removed.")]
    public async Task What_is_done_to_many_asks_for_the_act_and_their_number(string key, string effect, string typed, string then)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "web-1/deploy");
        await run.TypeAsync("*", "3 marked");
        await run.TypeAsync(key, effect);
        await run.TypeAsync(typed + "\r", then);
    }

    [Theory]
    [InlineData("e", "is production (env=prod).", "Edit resource web-1")]
    [InlineData("m", "is production (env=prod).", "Metadata of web-1")]
    [InlineData("\e[3~", "goes with its 2 accounts", "web-1 is removed")]
    public async Task What_is_done_to_a_resource_of_production_asks_for_its_name(string key, string effect, string then)
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120, place: "resources");
        await run.SeesAsync("resources › test-1");
        await run.TypeAsync("j", "resources › web-1");
        await run.TypeAsync(key, effect);
        await run.TypeAsync("\r", "That is not its name.");
        await run.TypeAsync("web-1\r", then);
    }

    private static async Task<ShellRun> OpenAsync(TestVault vault, string account)
    {
        ShellRun run = ShellRun.Start(vault, columns: 120, place: "accounts");
        await run.SeesAsync("accounts › test-1/deploy");
        if (!run.Screen.Contains("accounts › " + account, StringComparison.Ordinal))
        {
            await run.TypeAsync("j", "accounts › " + account);
        }

        return run;
    }

    // One says itself what it is, one by its resource, and one is neither.
    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1", "env=prod");
        await vault.AddResourceAsync("test-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root", "env=production");
        await vault.AddAccountAsync("test-1/deploy");
        return vault;
    }
}
