using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Screens;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;

namespace PamTui.Tui;

/// <summary>The full-screen face of one opened vault for one signed-in person; runs on any terminal channel, any number at once.</summary>
public sealed class Shell(Product product, Actor actor, ShellOptions options, TimeProvider time)
{
    private readonly ILogger _logger = options.Logs.CreateLogger<Shell>();

    /// <summary>Shows the lists until the person leaves or wants a session; the terminal is then as it was before.</summary>
    /// <param name="state">Where to start, and afterwards where the person was.</param>
    /// <param name="ready">Made ready for this channel's kind of terminal: it is shown there. Null: made now.</param>
    /// <returns><see cref="ShellOutcome.Quit"/> also when the terminal went away, cannot show a full screen, or <paramref name="ct"/> ended it.</returns>
    public async Task<ShellOutcome> RunAsync(ITerminalChannel channel, ShellState state, CancellationToken ct, ReadyScreen? ready = null)
    {
        ShellOutcome quit = new ShellOutcome.Quit();
        if (TerminalTraits.Of(channel, options.NoColor) is not { } traits)
        {
            channel.Write(Encoding.UTF8.GetBytes(NoFullScreen(channel.Term)));
            return quit;
        }

        try
        {
            // Before anything is painted, so that nobody is dazzled. Who is refused is told so by the first screen.
            Result<ThemeChoice> theme = await product.PersonalSettings.ThemeAsync(actor, ct).ConfigureAwait(false);
            state.Theme = theme.IsOk ? theme.Value : ThemeChoice.Terminal;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return quit;
        }

        ShellOutcome Body(TuiSession session) => Show(session, state);
        return await (ready?.ShowAsync(channel, Body) ?? TuiSession.RunAsync(channel, traits, Body, quit, _logger, ct)).ConfigureAwait(false);
    }

    internal static string NoFullScreen(string term) =>
        $"The terminal type {Text.Quote(term)} has no full screen. Set TERM (xterm-256color, for example), or use the commands: `account list`, `--help`.\r\n";

    private ShellOutcome Show(TuiSession session, ShellState state)
    {
        string notice = state.Notice;
        state.Notice = "";
        session.Colour(Palette.Of(state.Theme));
        Workplace work = new(product, actor, session.Jobs, options, state, new Place(PageTable.Home), time);
        work.ThemeChanged += () =>
        {
            session.Colour(Palette.Of(state.Theme));
            session.Repaint();
        };
        using Frame frame = new(session, work, notice);
        session.App.Run(frame);
        return frame.Chosen is { } account ? new ShellOutcome.Connect(account) : new ShellOutcome.Quit();
    }
}

/// <summary>How the full screen ended.</summary>
public abstract record ShellOutcome
{
    private ShellOutcome()
    {
    }

    /// <summary>The person left, or the terminal went away.</summary>
    public sealed record Quit : ShellOutcome;

    /// <summary>A session with this account is wanted on this terminal; run the shell again with the same state afterwards.</summary>
    public sealed record Connect(AccountRef Account) : ShellOutcome;
}

/// <summary>What the full screen shows besides the vault, and where it says one can go.</summary>
public sealed record ShellOptions
{
    /// <summary>The host that `ssh` lines name.</summary>
    public string GatewayHost { get; init; } = "localhost";

    /// <summary>The port that `ssh` lines name; 22 is left out of them.</summary>
    public int GatewayPort { get; init; } = 2222;

    /// <summary>A file of settings that `ssh` needs to sign in there (its -F), as the demo has it; empty: the person's own do.</summary>
    public string SshSettings { get; init; } = "";

    /// <summary>The name to sign in with in `ssh` lines; empty: the actor's own.</summary>
    public string SignInName { get; init; } = "";

    /// <summary>
    /// Reads a file of the person's own machine for an import: its path, its form ("csv", "ssh-config"; empty: as its name tells), whether
    /// first host keys are trusted. Null over SSH, where a path would be a file of the gateway's.
    /// </summary>
    public Func<string, string, bool, CancellationToken, Task<Result<ImportFile>>>? ReadImport { get; init; }

    /// <summary>No colours, whatever the terminal can (NO_COLOR).</summary>
    public bool NoColor { get; init; }

    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;

    /// <summary>What the gateway shows to who connects; asked each time, as it may get others. Empty: none is known here.</summary>
    public Func<IReadOnlyList<GatewayKey>> HostKeys { get; init; } = static () => [];

    /// <summary>Of the program, with its build.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where the vault is; told to admins.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>Where the log goes, in words; told to admins.</summary>
    public string LogPlace { get; init; } = "";
}

/// <summary>A public host key of the gateway.</summary>
/// <param name="Line">"type base64", as in a known_hosts file behind the name.</param>
public sealed record GatewayKey(string Type, string Fingerprint, string Line);

/// <summary>Where the person was: given to the next run of the shell it puts him back there. Made empty, kept by who runs the shell.</summary>
public sealed class ShellState
{
    private readonly Dictionary<string, ListLook> _looks = new(StringComparer.Ordinal);

    /// <summary>The way from the first place to where the person is.</summary>
    internal List<Place> Places { get; } = [];

    /// <summary>A sentence shown at the start of the next run ("The session ended: …"); cleared once shown.</summary>
    public string Notice { get; set; } = "";

    /// <summary>The colours that the person chose.</summary>
    internal ThemeChoice Theme { get; set; }

    /// <summary>How the list of a screen is wanted.</summary>
    internal ListLook Look(string screen)
    {
        if (!_looks.TryGetValue(screen, out ListLook? look))
        {
            _looks[screen] = look = new ListLook();
        }

        return look;
    }
}
