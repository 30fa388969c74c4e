using PamTui.Tui.Models;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Widgets;

/// <summary>Covers its place when the terminal is too small for any screen, and says how large it must be.</summary>
internal sealed class SizeNotice(TuiSession session) : Canvas
{
    public const int MinColumns = 60;
    public const int MinRows = 15;

    public static bool IsNeeded(TuiSession session) => session.App.Screen is { Width: < MinColumns } or { Height: < MinRows };

    protected override void Paint()
    {
        for (int row = 0; row < Rows; row++)
        {
            PutBlank(row);
        }

        System.Drawing.Rectangle screen = session.App.Screen;
        Put(1, Rows / 2, TextCut.Cut($"Too small: {screen.Width}x{screen.Height}, needs {MinColumns}x{MinRows}.", Columns - 2), Theme.Of(Tone.Warn));
    }
}
