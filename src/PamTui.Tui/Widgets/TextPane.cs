using PamTui.Tui.Models;
using Terminal.Gui.Input;

namespace PamTui.Tui.Widgets;

/// <summary>Lines to read; scrolls when they are more than fit.</summary>
internal sealed class TextPane : Canvas
{
    private int _top;

    public IReadOnlyList<StyledLine> Lines { get; set; } = [];

    /// <summary>Blank columns at the left.</summary>
    public int Indent { get; set; } = 1;

    public void ToTop() => _top = 0;

    /// <summary>True when the key was one that scrolls.</summary>
    public bool Scroll(Key key)
    {
        int? by = key switch
        {
            _ when key == Key.CursorDown || key == Key.J => 1,
            _ when key == Key.CursorUp || key == Key.K => -1,
            _ when key == Key.PageDown || key == Key.F.WithCtrl || key == Key.Space => Rows,
            _ when key == Key.PageUp || key == Key.B.WithCtrl => -Rows,
            _ when key == Key.D.WithCtrl => Rows / 2,
            _ when key == Key.U.WithCtrl => -Rows / 2,
            _ when key == Key.Home || key == Key.G => -Lines.Count,
            _ when key == Key.End || key == Key.G.WithShift => Lines.Count,
            _ => null,
        };
        if (by is not { } rows)
        {
            return false;
        }

        _top = Math.Clamp(_top + rows, 0, Math.Max(0, Lines.Count - Rows));
        Changed();
        return true;
    }

    protected override bool OnMouseEvent(Mouse mouse) =>
        (mouse.Flags.HasFlag(MouseFlags.WheeledDown) && Scroll(Key.CursorDown)) || (mouse.Flags.HasFlag(MouseFlags.WheeledUp) && Scroll(Key.CursorUp));

    protected override void Paint()
    {
        _top = Math.Clamp(_top, 0, Math.Max(0, Lines.Count - Rows));
        for (int row = 0; row < Rows; row++)
        {
            if (_top + row < Lines.Count)
            {
                PutLine(row, Lines[_top + row], Theme.Normal, Indent);
            }
            else
            {
                PutBlank(row);
            }
        }

        if (_top + Rows < Lines.Count)
        {
            Put(Columns - 2, Rows - 1, "↓", Theme.Of(Tone.Accent));
        }
    }
}
