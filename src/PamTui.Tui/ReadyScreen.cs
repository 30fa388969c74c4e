using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Tui.Models;
using PamTui.Tui.Screens;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace PamTui.Tui;

/// <summary>
/// The full screen of a terminal that is somebody else's until it is shown: an application with its first frame painted to nobody. That takes
/// hundreds of milliseconds, nearly all of it code being made ready: done here while the vault is opened on another processor, the
/// person's own first frame takes tens. Shown at most once.
/// </summary>
public sealed class ReadyScreen : IAsyncDisposable
{
    private readonly LateTerminal _terminal;
    private readonly TaskCompletionSource<Shown?> _shown = new();
    private readonly Task<ShellOutcome> _session;

    private ReadyScreen(LateTerminal terminal, TerminalTraits traits, CancellationToken ct)
    {
        _terminal = terminal;
        _session = Task.Run(() => TuiSession.RunAsync(terminal, traits, Run, new ShellOutcome.Quit(), NullLogger.Instance, ct), CancellationToken.None);
    }

    /// <summary>
    /// Nothing of it is done on the caller's thread, and nothing with a terminal. Null: one of this kind has no full screen.
    /// </summary>
    /// <param name="term">The kind of the terminal on which it may be shown, its TERM.</param>
    /// <param name="colorTerm">Its COLORTERM.</param>
    /// <param name="size">Its size now; it may be another one when it is shown.</param>
    public static ReadyScreen? Start(string term, string? colorTerm, bool noColor, TerminalSize size, CancellationToken ct)
    {
        LateTerminal terminal = new(term, colorTerm, size);
        return TerminalTraits.Of(terminal, noColor) is { } traits ? new ReadyScreen(terminal, traits, ct) : null;
    }

    /// <summary>Not shown: it ends unseen.</summary>
    public async ValueTask DisposeAsync()
    {
        _shown.TrySetResult(null);
        await _session.ConfigureAwait(false);
    }

    /// <summary>Runs <paramref name="body"/> on the terminal, which is its own until the answer is there.</summary>
    internal Task<ShellOutcome> ShowAsync(ITerminalChannel channel, Func<TuiSession, ShellOutcome> body)
    {
        _shown.SetResult(new Shown(channel, body));
        return _session;
    }

    private ShellOutcome Run(TuiSession session)
    {
        using (SampleFrame frame = new(session))
        {
            session.App.Run(frame);
        }

        // This thread is the application's own, and nothing of it is to be done before somebody decides: it may block.
        if (_shown.Task.GetAwaiter().GetResult() is not { } shown)
        {
            return new ShellOutcome.Quit();
        }

        _terminal.Become(shown.Channel);
        session.Begin();
        return shown.Body(session);
    }

    private sealed record Shown(ITerminalChannel Channel, Func<TuiSession, ShellOutcome> Body);

    /// <summary>The parts that the screens are made of, each with something in it.</summary>
    private sealed class SampleFrame : Runnable
    {
        private readonly TitleBar _title = new();
        private readonly PaneHeader _header = new();
        private readonly RowGrid _rows = new();
        private readonly TextPane _details = new();
        private readonly KeyBar _keys = new();

        public SampleFrame(TuiSession session)
        {
            Width = Dim.Fill();
            Height = Dim.Fill();
            CanFocus = true;
            SetScheme(Theme.Scheme);
            _title.Show(["accounts"], "admin");
            _keys.Show([new ScreenAction("?", "the keys", null) { Short = "help" }]);
            _rows.ColumnsShown = [new GridColumn("ACCOUNT", 10, 1), new GridColumn("CHECK", 10, 1)];
            _rows.Count = 1;
            _rows.RowAt = static _ => [new Span("root@web-1", Tone.Normal), new Span("● healthy", Tone.Good)];
            _details.Lines = [StyledLine.Of("…", Tone.Dim)];
            Add(_title, _header, _rows, _details, _keys);
            Initialized += (_, _) => session.Post(() => session.App.RequestStop(this));
        }

        protected override void OnSubViewLayout(LayoutEventArgs args)
        {
            _title.Place(0, 0, Viewport.Width, 1);
            _header.Place(0, 1, Viewport.Width, 1);
            _rows.Place(0, 2, Viewport.Width, 10);
            _details.Place(0, 12, Viewport.Width, 4);
            _keys.Place(0, Viewport.Height - 1, Viewport.Width, 1);
        }
    }
}
