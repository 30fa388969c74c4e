using System.Drawing;
using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Widgets;

/// <summary>
/// The blanks of a view between its subviews. The library would blank the whole view first and paint it anew, cell by cell at some
/// microseconds each; what a subview covers is left as it is, so that a subview finds its cells and writes only those that change.
/// </summary>
internal static class Ground
{
    public static void Fill(View view)
    {
        if (view.App?.Driver is not { } driver || view.Viewport is not { Width: > 0, Height: > 0 } area)
        {
            return;
        }

        Rectangle[] covered = [.. view.SubViews.Where(static part => part.Visible).Select(static part => part.Frame)];
        for (int row = 0; row < area.Height; row++)
        {
            for (int from = 0; from < area.Width;)
            {
                int to = from;
                if (CoverOf(covered, from, row) is { } cover)
                {
                    from = cover.Right;
                    continue;
                }

                while (to < area.Width && CoverOf(covered, to, row) is null)
                {
                    to++;
                }

                driver.SetAttribute(Theme.Normal);
                driver.FillRect(view.ViewportToScreen(new Rectangle(from, row, to - from, 1)));
                from = to;
            }
        }
    }

    private static Rectangle? CoverOf(Rectangle[] covered, int column, int row)
    {
        foreach (Rectangle part in covered)
        {
            if (part.Contains(column, row))
            {
                return part;
            }
        }

        return null;
    }
}
