using PamTui.Tui.Models;
using PamTui.Tui.Terminal;
using PamTui.Tui.Widgets;
using Terminal.Gui.Input;

namespace PamTui.Tui.Screens;

/// <summary>Lines to read in the middle of the screen; they scroll. Esc or Enter closes it.</summary>
internal sealed class ReadSheet : Sheet
{
    private const int MostColumns = 100;
    private const int MostRows = 30;

    private readonly TextPane _text = new() { CanFocus = true };

    private ReadSheet(TuiSession session, string title, IReadOnlyList<StyledLine> lines)
        : base(session, title, MostColumns, MostRows)
    {
        IReadOnlyList<StyledLine> wrapped = FieldLines.Wrap(lines, InnerColumns - 2);
        Resize(MostColumns, Math.Min(MostRows, wrapped.Count + 4));
        _text.Lines = wrapped;
        _text.Place(0, 0, InnerColumns, InnerRows - 2);
        TextPane note = new() { Lines = [StyledLine.Of("Esc closes this.", Tone.Dim)] };
        note.Place(0, InnerRows - 1, InnerColumns, 1);
        Add(_text, note);
        Initialized += (_, _) => _text.SetFocus();
    }

    public static void Run(TuiSession session, string title, IReadOnlyList<StyledLine> lines)
    {
        using ReadSheet sheet = new(session, title, lines);
        session.App.Run(sheet);
    }

    protected override bool OnCommandKey(Key key)
    {
        if (key == Key.Enter || key == Key.Q)
        {
            Close();
            return true;
        }

        return _text.Scroll(key);
    }
}
