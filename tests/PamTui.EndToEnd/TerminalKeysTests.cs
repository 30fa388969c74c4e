using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>Terminals differ in what their keys send; a person must not notice, over SSH and at the machine itself.</summary>
public sealed class TerminalKeysTests
{
    public static TheoryData<string, string, string, string, string> Terminals { get; } = new()
    {
        // TERM, then what Home, End, Down and F1 send.
        { "xterm", "\e[H", "\e[F", "\e[B", "\eOP" },
        { "screen-256color", "\e[1~", "\e[4~", "\e[B", "\eOP" },
        { "linux", "\e[1~", "\e[4~", "\e[B", "\e[[A" },
        { "putty-256color", "\e[1~", "\e[4~", "\eOB", "\e[11~" },
        { "rxvt-unicode-256color", "\e[7~", "\e[8~", "\e[B", "\e[11~" },
    };

    [Theory]
    [MemberData(nameof(Terminals))]
    public async Task Keys_of_each_kind_of_terminal_move_and_help_over_ssh(string term, string home, string end, string down, string help)
    {
        await using World world = await StartAsync();
        await using Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", "-tt", "-F", world.Config, "gw"], term: term);
        await MoveAndAskAsync(terminal, term, home, end, down, help);
    }

    [Theory]
    [MemberData(nameof(Terminals))]
    public async Task Keys_of_each_kind_of_terminal_move_and_help_at_the_machine(string term, string home, string end, string down, string help)
    {
        await using World world = await StartAsync();
        await using Tmux terminal = await Tmux.StartAsync(80, 24, [Vault.Program, "--data", world.Vault.Data], term: term);
        await MoveAndAskAsync(terminal, term, home, end, down, help);
    }

    [Fact]
    public async Task Terminal_that_is_none_gets_a_sentence_and_the_way_to_the_commands()
    {
        await using World world = await World.StartAsync();
        await using Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", "-tt", "-F", world.Config, "gw"], term: "dumb");

        Assert.Equal(0, await terminal.EndsAsync());

        // The end of the program moves the screen up by a line.
        Assert.Contains("has no full screen", await terminal.HistoryAsync(), StringComparison.Ordinal);
    }

    private static async Task<World> StartAsync()
    {
        World world = await World.StartAsync();
        foreach (string name in (string[])["web-2", "web-3"])
        {
            (await world.Vault.HereAsync("resource", "add", name, "--kind", "linux", "--host", "127.0.0.1", "--host-key", world.Target.HostKey.Fingerprint)).Succeeded();
        }

        return world;
    }

    private static async Task MoveAndAskAsync(Tmux terminal, string term, string home, string end, string down, string help)
    {
        // The Linux console has a font of few signs.
        string step = term == "linux" ? ">" : "›";
        await terminal.SeesAsync($"home {step}");
        await terminal.SendAsync("3");
        await terminal.SeesAsync($"resources {step} web-1");
        await terminal.SendAsync(end);
        await terminal.SeesAsync($"resources {step} web-3");
        await terminal.SendAsync(home);
        await terminal.SeesAsync($"resources {step} web-1");
        await terminal.SendAsync(down);
        await terminal.SeesAsync($"resources {step} web-2");
        await terminal.SendAsync(help);
        await terminal.SeesAsync("Esc closes this.");
        await terminal.SendAsync("\e");
        await terminal.SeesNoMoreAsync("Esc closes this.");
        await terminal.SendAsync("q");
        Assert.Equal(0, await terminal.EndsAsync());
    }
}
