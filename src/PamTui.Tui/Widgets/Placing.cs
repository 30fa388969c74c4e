using Terminal.Gui.ViewBase;

namespace PamTui.Tui.Widgets;

internal static class Placing
{
    public static void Place(this View view, int x, int y, int width, int height)
    {
        view.X = x;
        view.Y = y;
        view.Width = Math.Max(0, width);
        view.Height = Math.Max(0, height);
    }
}
