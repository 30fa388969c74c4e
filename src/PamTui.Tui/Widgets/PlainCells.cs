using System.Drawing;
using Terminal.Gui.Drawing;
using Terminal.Gui.Drivers;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>
/// Plain text put into the library's cells directly, those that change: the library takes microseconds and kilobytes for each cell it is given.
/// What is not plain, is clipped or touches a wide character is left to the library.
/// </summary>
internal static class PlainCells
{
    /// <summary>False: nothing was written.</summary>
    /// <param name="at">The first cell, on the screen.</param>
    public static bool TryPut(IDriver? driver, Point at, string text, Attribute look)
    {
        if (text.Length == 0 || driver?.GetOutputBuffer() is not { Contents: { } cells } buffer || !TextCut.IsPlain(text)
            || !new Rectangle(0, 0, cells.GetLength(1), cells.GetLength(0)).Contains(new Rectangle(at.X, at.Y, text.Length, 1))
            || !IsAllOpen(buffer.Clip, at, text.Length) || !AreSingle(cells, at, text.Length))
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            ref Cell cell = ref cells[at.Y, at.X + i];
            if (cell.Attribute != look || cell.Grapheme is not [var shown] || shown != text[i])
            {
                cell = new Cell(look, IsDirty: true, text[i].ToString());
                buffer.DirtyLines[at.Y] = true;
            }
        }

        return true;
    }

    private static bool IsAllOpen(Region? clip, Point at, int length)
    {
        if (clip is null || clip.Contains(new Rectangle(at.X, at.Y, length, 1)))
        {
            return clip is not null;
        }

        // The run may go over several of its rectangles.
        for (int i = 0; i < length; i++)
        {
            if (!clip.Contains(at.X + i, at.Y))
            {
                return false;
            }
        }

        return true;
    }

    // With their neighbours: half of a wide character must not stay.
    private static bool AreSingle(Cell[,] cells, Point at, int length)
    {
        int end = Math.Min(at.X + length, cells.GetLength(1) - 1);
        for (int column = Math.Max(0, at.X - 1); column <= end; column++)
        {
            if (cells[at.Y, column].Grapheme is not [var shown] || !TextCut.IsPlain([shown]))
            {
                return false;
            }
        }

        return true;
    }
}
