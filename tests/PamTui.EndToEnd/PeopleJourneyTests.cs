using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>What an admin does with people on the full screen, through a stock `ssh` in a real terminal (docs/user-guide.md, "On the full screen").</summary>
public sealed class PeopleJourneyTests
{
    [Fact]
    public async Task Somebody_is_invited_given_a_grant_that_ends_and_told_why_he_may_and_then_signs_in()
    {
        await using World world = await World.StartAsync();
        SshKeyFile bob = await SshKeyFile.MakeAsync(world.Files, "bob");
        string[] asBob = ["-i", bob.Path, "bob@deploy@web-1@127.0.0.1", "echo in as bob"];
        Assert.NotEqual(0, (await world.SshAsync(asBob)).ExitCode);

        await using Tmux terminal = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "gw"]);
        await terminal.SeesAsync("LIVE SESSIONS");
        await terminal.PressAsync("6");
        await terminal.SeesAsync("SIGNS IN BY");
        await terminal.PressAsync("a");
        await terminal.SeesAsync("Add user");
        await terminal.TypeAsync("bob");
        await terminal.PressAsync("Enter", "Enter");
        await terminal.TypeAsync(bob.PublicLine);
        await terminal.PressAsync("C-s");
        await terminal.SeesAsync("bob is added");
        await terminal.SeesAsync("users › bob");

        await terminal.PressAsync("n");
        await terminal.SeesAsync("Give a grant");
        await terminal.PressAsync("Enter");
        await terminal.TypeAsync("we");
        await terminal.SeesAsync("Tab: web-1/");
        await terminal.PressAsync("Tab");
        await terminal.SeesAsync("web-1/deploy   web-1/*");
        await terminal.TypeAsync("*");
        await terminal.SeesAsync("It reaches 1 account now: web-1/deploy.");
        await terminal.PressAsync("Enter", "Enter", "Enter", "Enter", "Enter", "Enter", "Enter", "Enter");
        await terminal.TypeAsync("+30d");
        await terminal.PressAsync("C-s");
        await terminal.SeesAsync("is given: bob can connect on web-1/*, until");

        await terminal.PressAsync("w");
        await terminal.SeesAsync("What may bob do with");
        await terminal.TypeAsync("deploy");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("Yes: bob may connect by grant 1.");
        Assert.Equal("in as bob\n", (await world.SshAsync(asBob)).Succeeded().Text);

        await terminal.PressAsync("Enter");
        await terminal.SeesNoMoreAsync("Yes: bob");
        await terminal.PressAsync("2");
        await terminal.SeesAsync("accounts › web-1/deploy");
        await terminal.PressAsync("N");
        await terminal.SeesAsync("● holds");
        await terminal.PressAsync("8");
        await terminal.SeesAsync("grants › 1");
        await terminal.PressAsync("w");
        await terminal.SeesAsync("Why bob may, or may not, use web-1/deploy");
        await terminal.PressAsync("Escape");
        await terminal.SeesNoMoreAsync("Why bob may");
        await terminal.SeesAsync("● holds");
        await terminal.PressAsync("u");
        await terminal.SeesAsync("End of grant 1");
        await terminal.TypeAsync("never");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("The grant 1 has no end now.");
        await terminal.PressAsync("o");
        await terminal.SeesAsync("GRANTS THAT HOLD");
        await terminal.SeesAsync("grants › 1");
        await terminal.PressAsync("o");
        await terminal.SeesNoMoreAsync("GRANTS THAT HOLD");
        await terminal.SeesAsync("grants › 1");
        await terminal.PressAsync("x");
        await terminal.SeesAsync("bob can no longer connect on web-1/*");
        await terminal.PressAsync("Tab", "Enter");
        await terminal.SeesAsync("is revoked.");
        Assert.NotEqual(0, (await world.SshAsync(asBob)).ExitCode);
        await terminal.PressAsync("q");
        Assert.Equal(0, await terminal.EndsAsync());
    }
}
