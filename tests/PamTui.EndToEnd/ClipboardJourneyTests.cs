using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>The clipboard of a person's own terminal, by the full screen over a stock `ssh` (docs/user-guide.md, "The TUI" and "Seeing a credential").</summary>
public sealed class ClipboardJourneyTests
{
    [Fact]
    public async Task Lines_of_the_copy_menu_are_on_the_terminals_clipboard_and_a_credential_is_lent_to_it()
    {
        await using World world = await World.StartAsync();
        await using Tmux terminal = await Tmux.StartAsync(100, 30, ["ssh", "-F", world.Config, "gw"]);
        await terminal.SeesAsync("web-1/deploy");
        await terminal.PressAsync("y");
        await terminal.SeesAsync("type what to copy");
        await terminal.TypeAsync("scp");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("Copied: scp -P");
        Assert.Equal($"scp -P {world.Gateway.Port} FILE alice@web-root@127.0.0.1:", (await terminal.ClipboardAsync()).Trim());

        await terminal.PressAsync("y");
        await terminal.SeesAsync("type what to copy");
        await terminal.TypeAsync("entry");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("Copied: an entry for ~/.ssh/config");
        Assert.Contains("User alice@web-root", await terminal.ClipboardAsync(), StringComparison.Ordinal);

        await terminal.PressAsync("R");
        await terminal.SeesAsync("web-1/deploy is production (env=prod).");
        await terminal.TypeAsync("deploy");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("Why do you need it?");
        await terminal.TypeAsync("ticket 4711");
        await terminal.PressAsync("Tab", "Tab", "Enter");
        await terminal.SeesAsync("on your terminal's clipboard");
        Assert.Equal((await File.ReadAllTextAsync(world.Deploy.Path)).Trim(), (await terminal.ClipboardAsync()).Trim());
        Assert.DoesNotContain("PRIVATE KEY", await terminal.HistoryAsync(), StringComparison.Ordinal);

        // Who leaves takes it along: what is pasted from then on is a blank, as tmux does not know an empty clipboard.
        await terminal.PressAsync("q");
        Assert.Equal(0, await terminal.EndsAsync());
        Assert.Equal("", (await terminal.ClipboardAsync()).Trim());
    }
}
