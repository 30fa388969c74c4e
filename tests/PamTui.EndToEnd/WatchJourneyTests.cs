using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Who looks after others' sessions, and who lost a connection, on the full screen through a stock `ssh` (docs/user-guide.md, "The TUI").</summary>
public sealed class WatchJourneyTests
{
    [Fact]
    public async Task A_session_is_seen_as_it_runs_and_ended_with_a_reason_that_its_person_reads()
    {
        await using World world = await World.StartAsync();
        await using Tmux screen = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "gw"]);
        await screen.SeesAsync("No session is live.");
        await using Tmux person = await Tmux.StartAsync(80, 24, ["ssh", "-tt", "-F", world.Config, "web"]);

        await screen.SeesAsync("alice");
        await screen.SeesNoMoreAsync("No session is live.");
        await screen.PressAsync("4");
        await screen.SeesAsync("● live");
        await screen.PressAsync("x");
        await screen.SeesAsync("End a session");
        await screen.TypeAsync("maintenance at noon");
        await screen.PressAsync("Enter");
        await screen.SeesAsync("ends.");
        await person.SeesAsync("maintenance at noon");
        Assert.NotEqual(0, await person.EndsAsync());

        await screen.SeesAsync("○ killed");
        await screen.PressAsync("5");
        await screen.SeesAsync("session.kill");
        await screen.PressAsync("w");
        await screen.SeesAsync("whole");
        await screen.PressAsync("q");
        Assert.Equal(0, await screen.EndsAsync());
    }

    [Fact]
    public async Task A_theme_that_was_chosen_is_there_at_the_next_sign_in()
    {
        await using World world = await World.StartAsync();
        await using Tmux screen = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "gw"]);
        await screen.SeesAsync("LIVE SESSIONS");
        await screen.PressAsync("9");
        await screen.SeesAsync("HOST KEYS OF THE GATEWAY");
        await screen.SeesAsync("ssh-ed25519");
        await screen.PressAsync("t");
        await screen.SeesAsync("■ terminal");
        await screen.TypeAsync("high");
        await screen.PressAsync("Enter");
        await screen.SeesAsync("Your theme is high-contrast.");
        await screen.PressAsync("y");
        await screen.SeesAsync("a line for known_hosts: ssh-ed25519");
        await screen.PressAsync("Escape");
        await screen.SeesNoMoreAsync("a line for known_hosts");
        await screen.PressAsync("M");
        await screen.SeesAsync("everywhere: go to home");
        await screen.PressAsync("Escape");
        await screen.SeesNoMoreAsync("everywhere: go to home");
        await screen.PressAsync("q");
        Assert.Equal(0, await screen.EndsAsync());

        Assert.Contains("high-contrast", (await world.SshAsync("alice@127.0.0.1", "settings list")).Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_was_half_filled_when_the_client_was_killed_is_offered_again_without_its_secrets()
    {
        await using World world = await World.StartAsync();
        await using (Tmux lost = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "gw"]))
        {
            await OpenFormAsync(lost);
            await lost.TypeAsync("robot");
            await lost.PressAsync("Enter");
            await lost.TypeAsync("robbie");
            await lost.PressAsync("Enter", "Enter");
            await lost.TypeAsync("canary-of-a-form");
            await Poll.UntilAsync("the form is kept", async () => (await world.SshAsync("alice@127.0.0.1", "draft list --json")).Text.Contains("account", StringComparison.Ordinal));
        }

        await using Tmux again = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "gw"]);
        await ToAccountAsync(again);
        await again.PressAsync("a");
        await again.SeesAsync("Go on with it");
        await again.PressAsync("Enter");
        await again.SeesAsync("robbie");
        Assert.DoesNotContain("∙∙∙", await again.ScreenAsync(), StringComparison.Ordinal);

        // A form that is given up leaves nothing to go on with.
        await again.PressAsync("Escape");
        await again.SeesAsync("What was typed is lost.");
        await again.PressAsync("Tab", "Enter");
        await again.SeesNoMoreAsync("Add account to web-1");
        await Poll.UntilAsync("the form is forgotten", async () => !(await world.SshAsync("alice@127.0.0.1", "draft list --json")).Succeeded().Text.Contains("account", StringComparison.Ordinal));
        await again.PressAsync("a");
        Assert.DoesNotContain("robbie", await again.SeesAsync("Add account to web-1"), StringComparison.Ordinal);
    }

    private static async Task OpenFormAsync(Tmux terminal)
    {
        await ToAccountAsync(terminal);
        await terminal.PressAsync("a");
        await terminal.SeesAsync("Add account to web-1");
    }

    // Each key when there is something for it: the list is read after its page is there.
    private static async Task ToAccountAsync(Tmux terminal)
    {
        await terminal.SeesAsync("LIVE SESSIONS");
        await terminal.PressAsync("b");
        await terminal.SeesAsync("RESOURCES");
        await terminal.SeesAsync("\n web-1 ");
        await terminal.PressAsync("j");
        await terminal.SeesAsync("ACCOUNTS of web-1");
        await terminal.PressAsync("l");
        await terminal.SeesAsync("─ account ─");
    }
}
