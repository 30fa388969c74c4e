using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>`pamtui demo`, with nothing prepared: the three commands it prints, and those that are copied on its screen, run as they are.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task Each_printed_command_works_as_it_is_and_nothing_stays_behind()
    {
        await using ServerProcess demo = ServerProcess.Start(Vault.Program, ["demo"]);
        string shell = await CommandAfterAsync(demo, "A shell");
        string list = await CommandAfterAsync(demo, "The command line over SSH");
        string screen = await CommandAfterAsync(demo, "The full screen over SSH");
        string folder = Path.GetDirectoryName(shell.Split(' ').First(word => word.StartsWith("UserKnownHostsFile=", StringComparison.Ordinal))["UserKnownHostsFile=".Length..])!;
        Assert.True(Directory.Exists(folder));

        await using (Tmux terminal = await Tmux.StartAsync(90, 28, ["bash", "-c", "exec " + shell]))
        {
            await terminal.TypeAsync("echo $((6*7)) in $(stty size)");
            await terminal.PressAsync("Enter");
            await terminal.SeesAsync("42 in 28 90");
            await terminal.TypeAsync("exit 3");
            await terminal.PressAsync("Enter");
            Assert.Equal(3, await terminal.EndsAsync());
        }

        RunResult listed = (await Run.ProgramAsync("bash", "-c", list)).Succeeded();
        Assert.Contains("web-1/deploy", listed.Text, StringComparison.Ordinal);

        await using (Tmux terminal = await Tmux.StartAsync(90, 28, ["bash", "-c", "exec " + screen]))
        {
            await terminal.SeesAsync("practice/operator");
            await terminal.PressAsync("y");
            await terminal.SeesAsync("type what to copy");
            await terminal.PressAsync("Enter");
            await terminal.SeesAsync("Copied: ssh -F");
            string copied = await terminal.ClipboardAsync();
            Assert.Contains("in by a copy", (await Run.ProgramAsync("bash", "-c", copied.Trim() + " 'echo in by a copy'")).Succeeded().Text, StringComparison.Ordinal);

            await terminal.PressAsync("y");
            await terminal.SeesAsync("type what to copy");
            await terminal.TypeAsync("entry");
            await terminal.PressAsync("Enter");
            await terminal.SeesAsync("Copied: an entry for ~/.ssh/config");
            using TempFolder home = new();
            string config = home.Write("config", await terminal.ClipboardAsync());
            Assert.Contains("in by an entry", (await Run.ProgramAsync("ssh", "-F", config, "practice-shell", "echo in by an entry")).Succeeded().Text, StringComparison.Ordinal);
            await terminal.PressAsync("q");
            Assert.Equal(0, await terminal.EndsAsync());
        }

        demo.Signal(Signals.Terminate);
        await demo.ExitedAsync();
        Assert.Equal(0, demo.ExitCode);
        Assert.False(Directory.Exists(folder));
    }

    private static async Task<string> CommandAfterAsync(ServerProcess demo, string heading)
    {
        string? command = null;
        await Poll.UntilAsync(
            $"a command follows '{heading}'",
            () => (command = demo.Log.Split('\n').SkipWhile(line => !line.Contains(heading, StringComparison.Ordinal)).ElementAtOrDefault(1)) is { Length: > 0 },
            TimeSpan.FromSeconds(60));
        return command!.Trim();
    }
}
