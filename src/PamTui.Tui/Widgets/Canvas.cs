using System.Drawing;
using PamTui.Tui.Models;
using Terminal.Gui.Drawing;
using Terminal.Gui.ViewBase;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>A view that paints all of its area itself, row by row.</summary>
internal abstract class Canvas : View
{
    // Of the paint under way: the library works them out anew through all the views above each time it is asked.
    private Rectangle? _painted;

    protected Canvas() => SetScheme(Theme.Scheme);

    protected int Columns => _painted?.Width ?? Viewport.Width;

    protected int Rows => _painted?.Height ?? Viewport.Height;

    public void Changed() => SetNeedsDraw();

    protected abstract void Paint();

    protected override bool OnClearingViewport() => true;

    protected override bool OnDrawingText(DrawContext? context) => true;

    protected override bool OnDrawingContent(DrawContext? context)
    {
        Rectangle area = new(ViewportToScreen(Point.Empty), Viewport.Size);
        if (area is { Width: > 0, Height: > 0 })
        {
            _painted = area;
            Paint();
            _painted = null;
        }

        return true;
    }

    protected void Put(int column, int row, string text, Attribute look)
    {
        if (row < 0 || row >= Rows || column >= Columns)
        {
            return;
        }

        string fit = TextCut.Width(text) > Columns - column ? TextCut.Cut(text, Columns - column) : text;
        Point at = _painted is { } area ? new Point(area.X + column, area.Y + row) : ViewportToScreen(new Point(column, row));
        if (!PlainCells.TryPut(App?.Driver, at, fit, look))
        {
            SetAttribute(look);
            Move(column, row);
            AddStr(fit);
        }
    }

    /// <summary>A whole row: the spans, then blanks to the end.</summary>
    protected void PutLine(int row, StyledLine line, Attribute background, int indent = 0)
    {
        int at = 0;
        if (indent > 0)
        {
            Put(0, row, new string(' ', Math.Min(indent, Columns)), background);
            at = indent;
        }

        foreach (Span span in line.Spans)
        {
            if (at >= Columns)
            {
                return;
            }

            string text = TextCut.Cut(span.Text, Columns - at);
            Put(at, row, text, Theme.On(background, span.Tone));
            at += TextCut.Width(text);
        }

        if (at < Columns)
        {
            Put(at, row, new string(' ', Columns - at), background);
        }
    }

    protected void PutBlank(int row) => Put(0, row, new string(' ', Columns), Theme.Normal);
}
