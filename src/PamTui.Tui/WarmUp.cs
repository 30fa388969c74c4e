using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Tui.Models;
using PamTui.Tui.Screens;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace PamTui.Tui;

/// <summary>
/// One frame on a terminal that is none. The first frame of a process takes hundreds of milliseconds, nearly all of it code being
/// made ready: done here while the vault is opened on another processor, the person's own first frame takes tens.
/// </summary>
public static class WarmUp
{
    /// <summary>Nothing of it is done on the caller's thread. Never fails because of a vault or a terminal: it sees neither.</summary>
    public static Task RunAsync(CancellationToken ct) => Task.Run(
        () =>
        {
            NoTerminal terminal = new();
            TerminalTraits traits = TerminalTraits.Of(terminal, noColor: false) ?? throw new InvalidOperationException("An xterm has a full screen.");
            return TuiSession.RunAsync(terminal, traits, Show, false, NullLogger.Instance, ct);
        },
        CancellationToken.None);

    private static bool Show(TuiSession session)
    {
        using SampleFrame frame = new(session);
        session.App.Run(frame);
        return true;
    }

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

    private sealed class NoTerminal : ITerminalChannel
    {
        public event Action<ReadOnlyMemory<byte>>? Input
        {
            add { }
            remove { }
        }

        public event Action? Resized
        {
            add { }
            remove { }
        }

        public event Action? Closed
        {
            add { }
            remove { }
        }

        public event Action? Drained
        {
            add { }
            remove { }
        }

        public TerminalSize Size => new(80, 24);

        public string Term => "xterm-256color";

        public string? ColorTerm => null;

        public bool IsClosed => false;

        public int Pending => 0;

        public void Write(ReadOnlyMemory<byte> bytes)
        {
        }
    }
}
