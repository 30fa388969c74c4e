using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>The keys of the screen below it.</summary>
internal sealed class HelpSheet : Sheet
{
    private readonly TextPane _pane = new();

    public HelpSheet(TuiSession session, IReadOnlyList<KeyHelp> keys)
        : base(session, "Keys", 76, keys.Count + 5)
    {
        int width = keys.Max(key => key.Keys.Length);
        _pane.Lines =
        [
            .. keys.Select(key => new StyledLine(new Span(key.Keys.PadRight(width) + "   ", Tone.Accent), new Span(key.What))),
            StyledLine.Blank,
            StyledLine.Of("Esc closes this.", Tone.Dim),
        ];
        _pane.Place(0, 0, InnerColumns, InnerRows);
        Add(_pane);
    }

    protected override bool OnCommandKey(Key key)
    {
        if (_pane.Scroll(key))
        {
            return true;
        }

        if (key == (Key)'?' || key == Key.F1 || key == Key.Q || key == Key.Enter)
        {
            Close();
        }

        return true;
    }
}
