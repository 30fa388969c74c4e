using System.Globalization;

namespace PamTui.Servers;

/// <summary>A terminal that a test types into and looks at: one tmux server of its own, one window of a fixed size.</summary>
public sealed class Tmux : IAsyncDisposable
{
    private const string ExitCodeFile = "exit-code";
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder;
    private readonly string _socket;

    private Tmux(TempFolder folder, string socket) => (_folder, _socket) = (folder, socket);

    /// <summary>Starts <paramref name="command"/> (a program and its arguments, no shell) in a window of that size.</summary>
    public static async Task<Tmux> StartAsync(
        int columns,
        int rows,
        IEnumerable<string> command,
        IReadOnlyDictionary<string, string>? environment = null,
        string term = "tmux-256color")
    {
        TempFolder folder = new();
        Tmux tmux = new(folder, Path.Combine(folder.Path, "tmux"));
        string settings = Path.Combine(folder.Path, "tmux.conf");

        // escape-time 0 lets a lone Esc through at once.
        await File.WriteAllTextAsync(settings, $"set -g default-terminal {term}\nset -s escape-time 0\nset -g status off\n");
        List<string> arguments = ["-f", settings, "new-session", "-d", "-x", Text(columns), "-y", Text(rows)];
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            arguments.AddRange(["-e", $"{name}={value}"]);
        }

        // The exit code goes through a file: tmux now and then never reaps a program whose terminal it saw close first. Something stays in the
        // window, as tmux would close it, or with remain-on-exit scroll the first line away.
        arguments.AddRange(["--", "/bin/sh", "-c", "status=$0; \"$@\"; echo $? >\"$status.new\"; mv \"$status.new\" \"$status\"; exec sleep infinity", folder.PathOf(ExitCodeFile), .. command]);
        (await tmux.TellAsync([.. arguments])).Succeeded();
        return tmux;
    }

    /// <summary>Types text as it is.</summary>
    public async Task TypeAsync(string text) => (await TellAsync("send-keys", "-l", "--", Whole(text))).Succeeded();

    /// <summary>Presses keys by tmux's names: "Enter", "Escape", "C-c", "Down", "F1".</summary>
    public async Task PressAsync(params string[] keys) => (await TellAsync(["send-keys", .. keys])).Succeeded();

    /// <summary>Sends bytes as they are, such as a key of a terminal that this one is not.</summary>
    public async Task SendAsync(string bytes) =>
        (await TellAsync(["send-keys", "-H", .. bytes.Select(static b => ((int)b).ToString("x2", CultureInfo.InvariantCulture))])).Succeeded();

    /// <summary>As a terminal pastes: bracketed, when the program asked for that.</summary>
    public async Task PasteAsync(string text)
    {
        (await TellAsync("set-buffer", "--", Whole(text))).Succeeded();
        (await TellAsync("paste-buffer", "-p", "-d")).Succeeded();
    }

    public async Task ResizeAsync(int columns, int rows) =>
        (await TellAsync("resize-window", "-x", Text(columns), "-y", Text(rows))).Succeeded();

    /// <summary>The screen as text, a line a row.</summary>
    public async Task<string> ScreenAsync() => (await TellAsync("capture-pane", "-p")).Succeeded().Text;

    /// <summary>The screen and all that went off it at the top.</summary>
    public async Task<string> HistoryAsync() => (await TellAsync("capture-pane", "-p", "-S", "-")).Succeeded().Text;

    /// <summary>Waits until the screen holds the text; the failure shows the screen.</summary>
    public Task<string> SeesAsync(string text) => UntilAsync($"the screen shows '{text}'", screen => screen.Contains(text, StringComparison.Ordinal));

    public Task<string> SeesNoMoreAsync(string text) => UntilAsync($"the screen no longer shows '{text}'", screen => !screen.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for the program's end and gives its exit code.</summary>
    public async Task<int> EndsAsync()
    {
        string file = _folder.PathOf(ExitCodeFile);
        await UntilAsync("the program ends", _ => File.Exists(file));
        return int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await TellAsync("kill-server");
        _folder.Dispose();
    }

    // A word that ends in a semicolon ends a command of tmux's, unless a backslash stands before it.
    private static string Whole(string text) => text.EndsWith(';') ? text[..^1] + "\\;" : text;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> UntilAsync(string what, Func<string, bool> holds)
    {
        string screen = "";
        try
        {
            await Poll.UntilAsync(what, async () => holds(screen = await ScreenAsync()), s_deadline);
        }
        catch (Xunit.Sdk.XunitException failure)
        {
            throw new Xunit.Sdk.XunitException($"{failure.Message}\n--- screen\n{screen}");
        }

        return screen;
    }

    private Task<RunResult> TellAsync(params string[] arguments) => Run.ProgramAsync("tmux", ["-S", _socket, .. arguments]);
}
