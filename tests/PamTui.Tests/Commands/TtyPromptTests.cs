using PamTui.Servers;

namespace PamTui.Tests.Commands;

/// <summary>The built program on a real terminal.</summary>
public sealed class TtyPromptTests : IDisposable
{
    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task D6_a_password_is_asked_for_without_an_echo_and_kept_as_typed()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add db --kind mysql --host 127.0.0.1 --port 1");
        await using Tmux terminal = await StartAsync("account", "add", "db/app", "--username", "app", "--unverified");
        await terminal.SeesAsync("Password of the account:");
        await terminal.TypeAsync(" geheim  ");
        await terminal.PressAsync("Enter");
        string screen = await terminal.SeesAsync("Added the account db/app.");
        Assert.Equal(0, await terminal.EndsAsync());
        Assert.DoesNotContain("geheim", screen, StringComparison.Ordinal);
        Assert.Equal(" geheim  \n", (await _line.RunAsync("account reveal db/app --reason test")).Out);
    }

    [Fact]
    public async Task A_revealed_password_is_seen_until_Enter_and_nothing_of_it_stays_on_the_terminal()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add db --kind mysql --host 127.0.0.1 --port 1");
        await _line.OkAsync("account add db/app --username app --unverified --password-stdin", "canary-7f3a\n");
        await using Tmux terminal = await StartAsync("account", "reveal", "db/app");
        await terminal.SeesAsync("Why do you need the credential of db/app?");
        await terminal.TypeAsync("ticket 4711");
        await terminal.PressAsync("Enter");
        // What is typed before the question is no answer to it.
        Assert.Contains("Password:   canary-7f3a", await terminal.SeesAsync("Enter takes it away now."), StringComparison.Ordinal);
        await terminal.PressAsync("Enter");
        await terminal.SeesNoMoreAsync("canary-7f3a");
        Assert.Equal(0, await terminal.EndsAsync());
        Assert.Contains("ticket 4711", (await _line.RunAsync("account history db/app")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupt_at_a_secret_prompt_gives_the_echo_back()
    {
        await _line.OkAsync("init --admin alice");
        string program = Path.Combine(AppContext.BaseDirectory, "pamtui");
        await using Tmux terminal = await Tmux.StartAsync(100, 30, ["sh", "-c", $"trap : INT; {program} user password alice; echo CODE $?; stty -a | tr ' ' '\\n' | grep -x -- '-*echo'; read wait"], Environment);
        await terminal.SeesAsync("New password of alice:");
        await terminal.PressAsync("C-c");
        string screen = await terminal.SeesAsync("CODE 1");
        screen = await terminal.SeesAsync("\necho");
        Assert.Contains("Cancelled", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removal_asks_for_the_name()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("group add ops");
        await using Tmux terminal = await StartAsync("group", "remove", "ops");
        await terminal.SeesAsync("Type its name");
        await terminal.TypeAsync("ops");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("Removed the group ops.");
        Assert.Equal(0, await terminal.EndsAsync());
    }

    [Fact]
    public async Task D4_What_was_typed_before_a_question_does_not_answer_it()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("group add ops");
        string go = Path.Combine(_line.Folder, "go");
        string program = Path.Combine(AppContext.BaseDirectory, "pamtui");
        await using Tmux terminal = await Tmux.StartAsync(
            100, 30, ["sh", "-c", $"echo READY; until [ -e {go} ]; do sleep 0.05; done; {program} group remove ops; echo CODE $?; read wait"], Environment);
        await terminal.SeesAsync("READY");
        await terminal.TypeAsync("ops");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("ops");

        await File.WriteAllTextAsync(go, "");
        await terminal.SeesAsync("Type its name");
        await terminal.TypeAsync("no");
        await terminal.PressAsync("Enter");

        await terminal.SeesAsync("CODE 1");
        Assert.Contains("ops", (await _line.RunAsync("group list")).Out, StringComparison.Ordinal);
    }

    public void Dispose() => _line.Dispose();

    private Dictionary<string, string> Environment => new() { ["PAMTUI_DATA"] = _line.Folder };

    private Task<Tmux> StartAsync(params string[] words) => Tmux.StartAsync(100, 30, [Path.Combine(AppContext.BaseDirectory, "pamtui"), .. words], Environment);
}
