using System.Diagnostics;
using System.Globalization;

namespace PamTui.Servers;

/// <summary>A terminal that a test types into and looks at: one tmux server of its own, one window of a fixed size.</summary>
public sealed class Tmux : IAsyncDisposable
{
    private const string ExitCodeFile = "exit-code";
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder;
    private readonly TmuxControl _control;

    private Tmux(TempFolder folder, TmuxControl control) => (_folder, _control) = (folder, control);

    /// <summary>Starts <paramref name="command"/> (a program and its arguments, no shell) in a window of that size.</summary>
    public static async Task<Tmux> StartAsync(
        int columns,
        int rows,
        IEnumerable<string> command,
        IReadOnlyDictionary<string, string>? environment = null,
        string term = "tmux-256color")
    {
        TempFolder folder = new();

        // escape-time 0 lets a lone Esc through at once; with set-clipboard what a program copies (OSC 52) is in the buffers.
        string settings = folder.Write("tmux.conf", $"set -g default-terminal {term}\nset -s escape-time 0\nset -s set-clipboard on\nset -g status off\n");
        List<string> arguments = ["-S", folder.PathOf("tmux"), "-f", settings, "new-session", "-x", Text(columns), "-y", Text(rows)];
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            arguments.AddRange(["-e", $"{name}={value}"]);
        }

        // The exit code goes through a file: tmux now and then never reaps a program whose terminal it saw close first. Something stays in the
        // window, as tmux would close it, or with remain-on-exit scroll the first line away.
        arguments.AddRange(["--", "/bin/sh", "-c", "status=$0; \"$@\"; echo $? >\"$status.new\"; mv \"$status.new\" \"$status\"; exec sleep infinity", folder.PathOf(ExitCodeFile), .. command]);
        return new Tmux(folder, await TmuxControl.StartAsync(arguments));
    }

    /// <summary>Types text as it is.</summary>
    public Task TypeAsync(string text) => _control.AskAsync("send-keys", "-l", "--", text);

    /// <summary>Presses keys by tmux's names: "Enter", "Escape", "C-c", "Down", "F1".</summary>
    public Task PressAsync(params string[] keys) => _control.AskAsync(["send-keys", .. keys]);

    /// <summary>Sends bytes as they are, such as a key of a terminal that this one is not.</summary>
    public Task SendAsync(string bytes) =>
        _control.AskAsync(["send-keys", "-H", .. bytes.Select(static b => ((int)b).ToString("x2", CultureInfo.InvariantCulture))]);

    /// <summary>As a terminal pastes: bracketed, when the program asked for that.</summary>
    public async Task PasteAsync(string text)
    {
        await _control.AskAsync("set-buffer", "--", text);
        await _control.AskAsync("paste-buffer", "-p", "-d");
    }

    public Task ResizeAsync(int columns, int rows) => _control.AskAsync("resize-window", "-x", Text(columns), "-y", Text(rows));

    /// <summary>The screen as text, a line a row.</summary>
    public Task<string> ScreenAsync() => _control.AskAsync("capture-pane", "-p");

    /// <summary>The screen and all that went off it at the top.</summary>
    public Task<string> HistoryAsync() => _control.AskAsync("capture-pane", "-p", "-S", "-");

    /// <summary>What was copied last (OSC 52).</summary>
    public Task<string> ClipboardAsync() => _control.AskAsync("show-buffer");

    /// <summary>Waits until the screen holds the text; the failure shows the screen.</summary>
    public Task<string> SeesAsync(string text) => UntilAsync($"the screen shows '{text}'", screen => screen.Contains(text, StringComparison.Ordinal));

    public Task<string> SeesNoMoreAsync(string text) => UntilAsync($"the screen no longer shows '{text}'", screen => !screen.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for the program's end and gives its exit code.</summary>
    public async Task<int> EndsAsync()
    {
        string file = _folder.PathOf(ExitCodeFile);
        try
        {
            await Poll.UntilAsync("the program ends", () => File.Exists(file), s_deadline);
        }
        catch (Xunit.Sdk.XunitException failure)
        {
            throw new Xunit.Sdk.XunitException($"{failure.Message}\n--- screen\n{await ScreenAsync()}");
        }

        return int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        _folder.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> UntilAsync(string what, Func<string, bool> holds)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            // Asked for before the look, so that nothing between it and the wait is missed.
            Task more = _control.Happens;
            string screen = await ScreenAsync();
            if (holds(screen))
            {
                return screen;
            }

            TimeSpan left = s_deadline - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero || await Task.WhenAny(more, Task.Delay(left)) != more)
            {
                throw new Xunit.Sdk.XunitException($"After {s_deadline.TotalSeconds:0} s still waiting: {what}\n--- screen\n{screen}");
            }
        }
    }
}
