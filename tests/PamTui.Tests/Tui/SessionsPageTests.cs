using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Servers;
using PamTui.Tests.CoreTests;

namespace PamTui.Tests.Tui;

public sealed class SessionsPageTests
{
    [Fact]
    public async Task Sessions_are_shown_as_they_begin_move_bytes_and_end()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = await OpenAsync(vault);
        await run.SeesAsync("There was no session yet.");

        long id = await StartAsync(vault);
        await SeesInTimeAsync(vault, run, "● live");
        await run.SeesAsync("alice");
        await run.SeesAsync("web-1/deploy");

        await vault.Product.Sessions.ReportBytesAsync([(id, 812, 1536)], TestVault.Ct);
        await SeesInTimeAsync(vault, run, "1.5 KiB");

        await vault.Product.Sessions.EndAsync(id, "closed", 812, 1536, TestVault.Ct);
        await SeesInTimeAsync(vault, run, "○ closed");
        await run.TypeAsync("o", "No session is live.");
    }

    [Fact]
    public async Task A_session_is_ended_with_the_reason_that_was_typed()
    {
        await using TestVault vault = await FilledAsync();
        long id = await StartAsync(vault);
        await using ShellRun run = await OpenAsync(vault);
        await run.SeesAsync("● live");
        await run.TypeAsync("x", "End a session");
        await run.TypeAsync("maintenance\r", $"The session {id} ends.");

        Assert.Equal([(id, "killed by local:root: maintenance")], await vault.Product.Sessions.EndingsAsync([id], TestVault.Ct));
    }

    [Fact]
    public async Task Esc_ends_no_session_and_one_that_has_ended_cannot_be_ended_again()
    {
        await using TestVault vault = await FilledAsync();
        long id = await StartAsync(vault);
        await using ShellRun run = await OpenAsync(vault);
        await run.TypeAsync("x", "End a session");
        run.Type("\e");
        await run.SeesNoMoreAsync("End a session");
        Assert.Empty(await vault.Product.Sessions.EndingsAsync([id], TestVault.Ct));

        await vault.Product.Sessions.EndAsync(id, "closed", 0, 0, TestVault.Ct);
        await SeesInTimeAsync(vault, run, "○ closed");
        await run.TypeAsync("x", $"The session {id} has ended already.");
    }

    [Fact]
    public async Task Marked_sessions_are_ended_together()
    {
        await using TestVault vault = await FilledAsync();
        long first = await StartAsync(vault);
        long second = await StartAsync(vault);
        await using ShellRun run = await OpenAsync(vault);
        await run.SeesAsync("● live");
        await run.TypeAsync("*", "2 marked");
        await run.TypeAsync("x", "2 live sessions end");
        await run.TypeAsync("\r", "2 sessions end.");

        Assert.Equal([first, second], (await vault.Product.Sessions.EndingsAsync([first, second], TestVault.Ct)).Select(ending => ending.Id).Order());
    }

    [Fact]
    public async Task Enter_goes_to_the_account_of_a_session_and_esc_comes_back()
    {
        await using TestVault vault = await FilledAsync();
        await StartAsync(vault);
        await using ShellRun run = await OpenAsync(vault);
        await run.SeesAsync("● live");
        await run.TypeAsync("\r", "web-1 › deploy");
        await run.TypeAsync("\e", "● live");
    }

    [Fact]
    public async Task The_audit_shows_what_was_just_done_and_verifies_itself()
    {
        await using TestVault vault = await FilledAsync();
        await using ShellRun run = ShellRun.Start(vault, columns: 120);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("5", "AUDIT");
        await run.SeesAsync("account.add");

        await vault.AddResourceAsync("db-9");
        await SeesInTimeAsync(vault, run, "db-9");
        await run.TypeAsync("w", "rows");
        await run.SeesAsync("whole");
        await run.TypeAsync("/action=resource.add", "db-9");
        await run.SeesNoMoreAsync("account.add");
        await run.TypeAsync("\rg", "audit › 6");
        await run.TypeAsync("\r", "About db-9");
        await run.SeesAsync("kind=linux");
        run.Type("\e");
        await run.SeesNoMoreAsync("About db-9");
        await run.TypeAsync("d", "Host keys");
    }

    [Fact]
    public async Task A_member_sees_his_own_sessions_and_no_audit()
    {
        await using TestVault vault = await FilledAsync();
        await StartAsync(vault);
        Actor bob = await vault.AddUserAsync("bob");
        await using ShellRun run = ShellRun.Start(vault, bob, columns: 120);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("4", "There was no session yet.");
        await run.TypeAsync("5", "Only an admin may do that.");
    }

    private static async Task<ShellRun> OpenAsync(TestVault vault)
    {
        ShellRun run = ShellRun.Start(vault, columns: 120);
        await run.SeesAsync("RESOURCES");
        await run.TypeAsync("4", "SESSIONS");
        return run;
    }

    // The store is looked at once a second of the vault's clock.
    private static Task SeesInTimeAsync(TestVault vault, ShellRun run, string text) => Poll.UntilAsync(
        "the screen shows " + text,
        () =>
        {
            vault.Time.Advance(TimeSpan.FromSeconds(1));
            return run.Screen.Contains(text, StringComparison.Ordinal);
        });

    private static async Task<TestVault> FilledAsync()
    {
        TestVault vault = await TestVault.OpenAsync();
        await vault.AddResourceAsync("web-1");
        await vault.AddAccountAsync("web-1/deploy");
        return vault;
    }

    private static async Task<long> StartAsync(TestVault vault)
    {
        Actor alice = await AliceAsync(vault);
        AccessGrant grant = (await vault.Product.Authorizer.AuthorizeAsync(alice.UserId!.Value, new AccountRef("web-1", "deploy"), Capability.Connect, TestVault.Ct))!;
        return TestVault.Ok(await vault.Product.Sessions.StartAsync(grant, "192.0.2.1", "node", null, TestVault.Ct));
    }

    private static async Task<Actor> AliceAsync(TestVault vault)
    {
        if ((await vault.Product.Users.FindAsync(TestVault.Local, "alice", TestVault.Ct)) is { IsOk: true, Value: { } known })
        {
            return new Actor(known.Name, known.Id, known.Role, "192.0.2.1");
        }

        Actor alice = await vault.AddUserAsync("alice");
        TestVault.Ok(await vault.Product.Grants.AddAsync(TestVault.Local, new GrantDraft("alice", "web-1/deploy", Capability.Connect), TestVault.Ct));
        return alice;
    }
}
