using PamTui.Tui.Models;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Attribute = Terminal.Gui.Drawing.Attribute;
using Command = Terminal.Gui.Input.Command;

namespace PamTui.Tui.Widgets;

/// <summary>
/// A long list with one selected row, painted by the window: the cost is that of the rows on the screen, whatever the list's length.
/// Rows are asked for by index; one that has not been loaded yet is null and painted as such.
/// </summary>
internal sealed class RowGrid : Canvas
{
    private int _top;

    public RowGrid()
    {
        CanFocus = true;
        TabStop = TabBehavior.TabStop;
    }

    public IReadOnlyList<GridColumn> ColumnsShown { get; set; } = [];

    public int Count { get; set; }

    public int Selected { get; set; }

    public Func<int, IReadOnlyList<Span>?> RowAt { get; set; } = static _ => null;

    /// <summary>What to say when there is nothing to show.</summary>
    public IReadOnlyList<StyledLine> EmptyText { get; set; } = [];

    public event Action<int>? SelectionMoved;

    /// <summary>Enter or a double click on the selected row.</summary>
    public event Action? Chosen;

    /// <summary>A click on the header of a column, by its number.</summary>
    public event Action<int>? HeaderClicked;

    /// <summary>Text pasted while the list has the focus; who does not listen loses it: it is never taken for keys.</summary>
    public event Action<string>? TextPasted;

    public void Go(int index)
    {
        index = Math.Clamp(index, 0, Math.Max(0, Count - 1));
        if (index != Selected)
        {
            Selected = index;
            SelectionMoved?.Invoke(index);
        }

        Changed();
    }

    protected override bool OnKeyDown(Key key)
    {
        int page = Math.Max(1, Body - 1);
        int? to = key switch
        {
            _ when key == Key.CursorDown || key == Key.J => Selected + 1,
            _ when key == Key.CursorUp || key == Key.K => Selected - 1,
            _ when key == Key.PageDown || key == Key.F.WithCtrl => Selected + page,
            _ when key == Key.PageUp || key == Key.B.WithCtrl => Selected - page,
            _ when key == Key.D.WithCtrl => Selected + (page / 2),
            _ when key == Key.U.WithCtrl => Selected - (page / 2),
            _ when key == Key.Home || key == Key.G => 0,
            _ when key == Key.End || key == Key.G.WithShift => Count - 1,
            _ => null,
        };
        if (to is { } index)
        {
            Go(index);
            return true;
        }

        if (key == Key.Enter && Count > 0)
        {
            Chosen?.Invoke();
            return true;
        }

        return false;
    }

    protected override string OnSanitizingPaste(string raw) => raw;

    protected override bool OnPaste(string text)
    {
        TextPasted?.Invoke(text);
        return true;
    }

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (mouse.Flags.HasFlag(MouseFlags.WheeledDown) || mouse.Flags.HasFlag(MouseFlags.WheeledUp))
        {
            Go(Selected + (mouse.Flags.HasFlag(MouseFlags.WheeledDown) ? 3 : -3));
            return true;
        }

        if (mouse.Position is { } at && (mouse.IsSingleClicked || mouse.IsDoubleClicked || mouse.Flags.HasFlag(MouseFlags.LeftButtonPressed)))
        {
            if (!HasFocus)
            {
                SetFocus();
            }

            if (at.Y < HeaderRows && mouse.IsSingleClicked)
            {
                HeaderClicked?.Invoke(ColumnAt(at.X));
            }

            int row = at.Y - HeaderRows + _top;
            if (at.Y >= HeaderRows && row < Count)
            {
                Go(row);
                if (mouse.IsDoubleClicked)
                {
                    Chosen?.Invoke();
                }
            }

            return true;
        }

        return false;
    }

    protected override void OnHasFocusChanged(bool newHasFocus, View? previousFocusedView, View? focusedView) => Changed();

    protected override void Paint()
    {
        int[] widths = Widths();
        if (HeaderRows == 1)
        {
            PutLine(0, new StyledLine([.. ColumnsShown.Select((column, i) => new Span(widths[i] == 0 ? "" : TextCut.Fit(column.Header, widths[i], column.Right) + " ", Tone.Dim))]), Theme.Normal);
        }

        Selected = Math.Clamp(Selected, 0, Math.Max(0, Count - 1));
        _top = Math.Clamp(_top, Math.Max(0, Selected - Body + 1), Selected);
        _top = Math.Max(0, Math.Min(_top, Count - Body));
        for (int y = 0; y < Body; y++)
        {
            int index = _top + y;
            if (Count == 0 && y < EmptyText.Count)
            {
                PutLine(y + HeaderRows, EmptyText[y], Theme.Normal, indent: 1);
                continue;
            }

            if (index >= Count)
            {
                PutBlank(y + HeaderRows);
                continue;
            }

            Attribute look = index != Selected ? Theme.Normal : HasFocus ? Theme.Selected : Theme.SelectedElsewhere;
            PutLine(y + HeaderRows, Row(index, widths), look);
        }
    }

    private int HeaderRows => ColumnsShown.Any(column => column.Header.Length > 0) ? 1 : 0;

    private int Body => Math.Max(1, Rows - HeaderRows);

    private StyledLine Row(int index, int[] widths)
    {
        if (RowAt(index) is not { } cells)
        {
            return StyledLine.Of("…", Tone.Dim);
        }

        List<Span> spans = new(cells.Count);
        for (int i = 0; i < cells.Count && i < widths.Length; i++)
        {
            if (widths[i] > 0)
            {
                GridColumn column = ColumnsShown[i];
                string text = column.IsReference ? TextCut.FitReference(cells[i].Text, widths[i]) : TextCut.Fit(cells[i].Text, widths[i], column.Right);
                spans.Add(cells[i] with { Text = text + " " });
            }
        }

        return new StyledLine(spans);
    }

    private int ColumnAt(int x)
    {
        int[] widths = Widths();
        int end = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            end += widths[i] == 0 ? 0 : widths[i] + 1;
            if (x < end)
            {
                return i;
            }
        }

        return widths.Length - 1;
    }

    // Fixed by the window, not by the rows: columns do not jump while one scrolls.
    private int[] Widths()
    {
        int[] widths = [.. ColumnsShown.Select(column => column.Least)];
        int spare = Columns - widths.Sum() - widths.Length;
        for (int i = widths.Length - 1; i >= 0 && spare < 0; i--)
        {
            if (ColumnsShown[i].GivesWay)
            {
                spare += widths[i] + 1;
                widths[i] = 0;
            }
        }

        int weights = ColumnsShown.Where((_, i) => widths[i] > 0).Sum(column => column.Weight);
        if (spare <= 0 || weights == 0)
        {
            return widths;
        }

        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] += widths[i] == 0 ? 0 : spare * ColumnsShown[i].Weight / weights;
        }

        return widths;
    }
}
