using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Servers;
using PamTui.Tests.CoreTests;

namespace PamTui.Tests.Tui;

/// <summary>The screens of users, groups and grants, as an admin uses them.</summary>
public sealed class PeoplePagesTests
{
    private static readonly PageRequest s_page = new();

    [Fact]
    public async Task An_admin_invites_somebody_gives_him_a_grant_that_ends_and_sees_why_he_may()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "USERS");
        await run.TypeAsync("a", "Add user");
        await run.TypeAsync("dave\t\t" + TestVault.Key.Replace("\n", "", StringComparison.Ordinal), "alice@laptop");
        await run.TypeAsync("\u0013", "dave is added");
        await run.SeesAsync("users › dave");
        await run.SeesAsync("1 key");

        await run.TypeAsync("n", "Give a grant");
        await run.TypeAsync("\tweb-1/*", "It reaches 2 accounts now: web-1/deploy, web-1/root.");
        await run.TypeAsync("\t\t\t\t\t\t\t\t+30d", "+30d");
        await run.TypeAsync("\u0013", "is given: dave can connect on web-1/*, until 2026-03-31 12:00 UTC.");
        Grant grant = TestVault.Ok(await vault.Product.Grants.SearchAsync(TestVault.Local, new GrantQuery(Grantee: "dave"), s_page, TestVault.Ct)).Items.Single();
        Assert.Equal((Capability.Connect, vault.Time.GetUtcNow().AddDays(30)), (grant.Capabilities, grant.Until));

        await run.TypeAsync("w", "What may dave do with");
        await run.TypeAsync("root", "web-1/root");
        await run.TypeAsync("\r", "Yes: dave may connect by grant " + grant.Id);
        await run.TypeAsync("\e", "users › dave");
    }

    [Fact]
    public async Task A_disabled_user_is_marked_in_words_and_let_in_again_by_the_same_key()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("D", "Keys, groups and grants stay.");
        await run.TypeAsync("\t\r", "alice is disabled.");
        await run.SeesAsync("✗ disabled");
        Assert.True((await UserAsync(vault, "alice")).Disabled);
        await run.TypeAsync("D", "alice may sign in again.");
        await run.SeesNoMoreAsync("✗ disabled");
    }

    [Fact]
    public async Task The_last_admin_stays_one()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("G", "users › root");
        await run.TypeAsync("o", "Make a member");
        await run.TypeAsync("\t\r", "the last enabled admin");
        Assert.Equal(Role.Admin, (await UserAsync(vault, "root")).Role);
    }

    [Fact]
    public async Task A_password_is_typed_twice_and_never_shown()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("p", "Password of alice");
        await run.TypeAsync("correct horse battery\tcorrect horse bettery", "∙∙∙∙∙∙");
        await run.TypeAsync("\u0013", "The two are not the same.");
        Assert.False((await UserAsync(vault, "alice")).HasPassword);
        await run.TypeAsync("\u0015correct horse battery\u0013", "The password of alice is set.");
        Assert.True((await UserAsync(vault, "alice")).HasPassword);
        Assert.DoesNotContain("horse", System.Text.Encoding.UTF8.GetString(run.Channel.Everything), StringComparison.Ordinal);

        await run.TypeAsync("p", "take it away");
        await run.TypeAsync("take\r", "can no longer sign in with a password");
        await run.TypeAsync("\t\r", "alice has no password now.");
    }

    [Fact]
    public async Task Keys_are_pasted_and_removed_and_a_private_one_is_refused()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("K", "add a key: paste a line");
        await run.TypeAsync("\r", "Add a public key");
        await run.TypeAsync("-----BEGIN OPENSSH PRIVATE KEY-----\r", "This is a private key");
        await run.TypeAsync("K", "add a key: paste a line");
        await run.TypeAsync("\r", "Add a public key");
        run.Paste(TestVault.Key);
        await run.TypeAsync("\r", "alice may sign in with ssh-ed25519 SHA256:");
        Assert.Single((await UserAsync(vault, "alice")).Keys);

        await run.SeesAsync("1 key");
        await run.TypeAsync("K", "remove ssh-ed25519");
        await run.TypeAsync("remove\r", "Nothing is left to sign in with.");
        await run.TypeAsync("\t\r", "alice has one key less.");
        Assert.Empty((await UserAsync(vault, "alice")).Keys);
    }

    [Fact]
    public async Task Removing_a_user_takes_the_typed_name()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("x", "Type its name:");
        await run.TypeAsync("bob\r", "That is not its name.");
        await run.TypeAsync("\u0015alice\r", "alice is removed.");
        await run.SeesAsync("users › bob");
    }

    [Fact]
    public async Task Marked_users_are_put_into_a_group_and_disabled_together()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("  ", "2 marked");
        await run.TypeAsync("m", "Put into which group");
        await run.TypeAsync("ops\r", "2 of 2 are in ops.");
        Assert.Equal(["alice", "bob"], TestVault.Ok(await vault.Product.Groups.FindAsync(TestVault.Local, "ops", TestVault.Ct)).Members);

        run.Type("gg");
        await run.TypeAsync("  ", "2 marked");
        await run.TypeAsync("D", "2 users can no longer sign in");
        await run.TypeAsync("\t\r", "2 of 2 are disabled.");
    }

    [Fact]
    public async Task Users_are_filtered_while_one_types()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("/group=ops", "1/3");
        await run.SeesNoMoreAsync("alice");
        await run.TypeAsync("\u0015nobody", "Nothing matches the filter.");
    }

    [Fact]
    public async Task A_user_is_read_with_keys_groups_grants_and_sessions()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("j", "users › bob");
        await run.TypeAsync("\r", "GRANTS (2)");
        await run.SeesAsync("grant 1: bob can connect on web-1/deploy");
        await run.SeesAsync("grant 2: group:ops can connect, audit on team=payments");
        await run.SeesAsync("never");
        await run.TypeAsync("D", "Disable user");
        await run.TypeAsync("\t\r", "✗ disabled");
        await run.TypeAsync("t", "GRANTS of bob");
        await run.TypeAsync("\e", "GRANTS (2)");
        await run.TypeAsync("\e", "USERS");
    }

    [Fact]
    public async Task A_group_is_added_filled_renamed_and_removed()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "7", "groups › ops");
        await run.TypeAsync("a", "Add group");
        await run.TypeAsync("Web Team\r", "The group name 'Web Team' is not valid");

        // What was typed is still there.
        await run.TypeAsync("\u0015web\r", "web is added");
        await run.SeesAsync("groups › web");
        await run.TypeAsync("m", "Members of web (0)");
        await run.TypeAsync("alice\r", "Members of web (1)");
        await run.SeesAsync("■ alice");

        // Enter once more is for the same one, not for the first of the list.
        await run.TypeAsync("bob\r", "Members of web (2)");
        await run.TypeAsync("\r", "□ bob");
        await run.SeesAsync("■ alice");
        run.Type("\e");
        await run.SeesNoMoreAsync("Members of web");
        await run.TypeAsync("e", "Rename group web");
        await run.TypeAsync("front\r", "web is called front now.");
        Assert.Equal(["alice"], TestVault.Ok(await vault.Product.Groups.FindAsync(TestVault.Local, "front", TestVault.Ct)).Members);

        await run.SeesAsync("groups › front");
        await run.TypeAsync("\r", "MEMBERS (1)");
        await run.TypeAsync("x", "every grant that was given to it");
        await run.TypeAsync("front\r", "front is removed.");
        await run.SeesAsync("There is no group 'front'.");
    }

    [Fact]
    public async Task A_grant_is_edited_given_another_end_and_revoked()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "8", "grants › 1");
        await run.TypeAsync("e", "Edit grant 1");
        await run.SeesAsync("It reaches 1 account now: web-1/deploy.");
        await run.TypeAsync("\t\t ", "(yes)");
        await run.TypeAsync("\u0013", "is changed: bob can connect, reveal on web-1/deploy.");
        await run.TypeAsync("u", "End of grant 1");
        await run.TypeAsync("+2d\r", "has another end");
        await run.SeesAsync("2026-03-03 12:00");
        await run.TypeAsync("u", "End of grant 1");
        await run.TypeAsync("yesterday\r", "Until takes a time such as");
        run.Type("\e");
        await run.SeesNoMoreAsync("End of grant 1");
        await run.TypeAsync("x", "bob can no longer connect, reveal on web-1/deploy");
        await run.TypeAsync("\t\r", "The grant 1 is revoked.");
        await run.SeesAsync("grants › 2");
        Assert.Equal(1, TestVault.Ok(await vault.Product.Grants.ListAsync(TestVault.Local, s_page, TestVault.Ct)).Total);
    }

    [Fact]
    public async Task A_grant_says_what_it_reaches_and_a_wrong_one_says_why_not()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "8", "grants › 1");
        await run.TypeAsync("G\r", "It reaches 1 account now: web-1/root.");
        run.Type("\e");
        await run.SeesNoMoreAsync("It reaches");
        await run.TypeAsync("a", "Give a grant");
        await run.TypeAsync("nobody\tcheckState=failed", "A grant cannot hang on how the last check went.");
        await run.TypeAsync("\u0015team=none", "It reaches no account now");
        await run.TypeAsync("\u0013", "There is no user 'nobody'.");
        Assert.Equal(2, TestVault.Ok(await vault.Product.Grants.ListAsync(TestVault.Local, s_page, TestVault.Ct)).Total);
    }

    [Fact]
    public async Task Names_of_a_grant_are_completed_from_what_the_vault_has()
    {
        await using TestVault vault = await FilledAsync();
        await vault.AddUserAsync("bo");
        TestVault.Ok(await vault.Product.Groups.AddAsync(TestVault.Local, "night-shift", TestVault.Ct));
        await vault.AddResourceAsync("shop-1");
        await vault.AddResourceAsync("shop-2");
        await vault.AddAccountAsync("shop-1/app");
        await using ShellRun run = ShellRun.Start(vault, place: "grants");
        await run.SeesAsync("grants › 1");
        await run.TypeAsync("a", "Give a grant");
        await run.TypeAsync("gr", "Tab: group:night-shift");
        await run.TypeAsync("\t", "group:night-shift");
        await run.SeesNoMoreAsync("Tab: ");
        await run.TypeAsync("\t", "RESOURCE/*, or a filter");
        await run.TypeAsync("sh", "Tab: shop-1/   shop-2/");
        await run.TypeAsync("\t", "shop-1/app   shop-1/*");
        await run.TypeAsync("a", "Tab: shop-1/app");
        await run.TypeAsync("\t", "It reaches 1 account now: shop-1/app.");

        // A name that is whole stays as it is, though others begin with it.
        await run.TypeAsync("\e[A\u0015bo", "bo   bob");
        await run.TypeAsync("\t\u0013", "The grant 3 is given: bo can connect on shop-1/app.");
    }

    [Fact]
    public async Task The_filter_of_a_grant_is_completed_with_keys_and_values_that_accounts_have()
    {
        await using TestVault vault = await FilledAsync();
        await vault.AddResourceAsync("team-1");
        await vault.AddAccountAsync("team-1/app");
        Metadata pairs = TestVault.Ok(Metadata.From(new Dictionary<string, string> { ["team"] = "payments", ["note"] = "a (b)", ["name"] = "x" }));
        TestVault.Ok(await vault.Product.Accounts.SetMetadataAsync(TestVault.Local, new AccountRef("team-1", "app"), pairs, TestVault.Ct));
        await using ShellRun run = ShellRun.Start(vault, place: "grants");
        await run.SeesAsync("grants › 1");
        await run.TypeAsync("a", "Give a grant");
        await run.TypeAsync("bob\tte", "Tab: team-1/   team=");
        await run.TypeAsync("am=", "Tab: team=payments");
        await run.TypeAsync("\t", "It reaches 2 accounts now: team-1/app, web-1/root.");
        await run.TypeAsync(" -(ki", "Tab: kind=");
        await run.TypeAsync("\t", "Tab: kind=linux   kind=postgresql   kind=mysql");
        await run.TypeAsync("my\t)", "team=payments -(kind=mysql)");

        // What has a meaning of its own stands in quotes.
        await run.TypeAsync("\u0015no", "Tab: note=");
        await run.TypeAsync("\t", "Tab: note=\"a (b)\"");
        await run.TypeAsync("\t na", "Tab: \"name\"=   name=");
        await run.TypeAsync("\tX", "\"name\"=X");
        await run.TypeAsync("\u007f", "Tab: \"name\"=x");
        await run.TypeAsync("\t", "note=\"a (b)\" \"name\"=x");
        await run.TypeAsync("\u0013", "The grant 3 is given: bob can connect on note=\"a (b)\" \"name\"=x.");
    }

    [Fact]
    public async Task Grants_that_have_ended_are_told_from_those_that_hold()
    {
        await using TestVault vault = await FilledAsync();
        DateTimeOffset now = vault.Time.GetUtcNow();
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/*", Capability.Connect, null, now.AddMinutes(1)), TestVault.Ct));
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/*", Capability.Connect, now.AddDays(3)), TestVault.Ct));
        vault.Time.Advance(TimeSpan.FromMinutes(2));
        await using ShellRun run = await OpenAsync(vault, "8", "GRANTS");
        await run.SeesAsync("- ended");
        await run.SeesAsync("○ not yet");
        await run.TypeAsync("o", "GRANTS THAT HOLD");
        await run.SeesNoMoreAsync("- ended");
        await run.SeesNoMoreAsync("○ not yet");
    }

    [Fact]
    public async Task Why_is_asked_from_a_grant_of_a_group_and_from_an_account()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "8", "grants › 1");
        await run.TypeAsync("Gw", "Yes: bob may connect, audit by grant 2.");
        run.Type("\e");
        await run.SeesNoMoreAsync("Yes: bob");
        await run.TypeAsync("2", "accounts › web-1/deploy");
        await run.TypeAsync("w", "Who may, or may not, use web-1/deploy");
        await run.TypeAsync("alice\r", "No: alice has no grant that reaches web-1/deploy now.");
        run.Type("\e");
        await run.SeesNoMoreAsync("No: alice");
        await run.TypeAsync("N", "GRANTS on web-1/deploy");
        await run.SeesNoMoreAsync("group:ops");
    }

    [Fact]
    public async Task A_member_asks_why_about_himself_only()
    {
        await using TestVault vault = await FilledAsync();
        User bob = await UserAsync(vault, "bob");
        await using ShellRun run = ShellRun.Start(vault, new Actor("bob", bob.Id, Role.Member, "192.0.2.1"), columns: 120);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("6", "Only an admin may do that.");
        await run.TypeAsync("8", "Only an admin may do that.");
        await run.TypeAsync("2", "accounts › web-1/deploy");
        await run.TypeAsync("w", "Yes: bob may connect by grant 1.");
    }

    [Fact]
    public async Task Sessions_of_a_user_are_a_key_away()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault, "6", "users › alice");
        await run.TypeAsync("l", "/user=alice");
        run.Type("\e");
        await run.SeesNoMoreAsync("/user=alice");
        await run.TypeAsync("\e", "USERS");
    }

    private static async Task<ShellRun> OpenAsync(TestVault vault, string key, string sees)
    {
        ShellRun run = ShellRun.Start(vault, columns: 120, rows: 30);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync(key, sees);
        return run;
    }

    private static async Task<User> UserAsync(TestVault vault, string name) => TestVault.Ok(await vault.Product.Users.FindAsync(TestVault.Local, name, TestVault.Ct));

    // bob in ops; 1: bob may connect to web-1/deploy, 2: ops may connect to and audit team=payments, which is web-1/root.
    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        await vault.AddAccountAsync("web-1/root", "team=payments");
        await vault.AddUserAsync("alice");
        await vault.AddUserAsync("bob");
        TestVault.Ok(await vault.Product.Groups.AddAsync(TestVault.Local, "ops", TestVault.Ct));
        TestVault.Ok(await vault.Product.Groups.AddMemberAsync(TestVault.Local, "ops", "bob", TestVault.Ct));
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("bob", "web-1/deploy", Capability.Connect), TestVault.Ct));
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("group:ops", "team=payments", Capability.Connect | Capability.Audit), TestVault.Ct));
        return vault;
    }
}
