namespace PamTui.Tui.Widgets;

/// <summary>The top line: where one is, and as whom.</summary>
internal sealed class TitleBar : Canvas
{
    /// <summary>The steps from the start to here.</summary>
    public IReadOnlyList<string> Crumbs { get; set; } = [];

    public string Right { get; set; } = "";

    /// <summary>Shown before the right side while something takes long.</summary>
    public string Busy { get; set; } = "";

    protected override void Paint()
    {
        Put(0, 0, new string(' ', Columns), Theme.Bar);
        Put(0, 0, " PamTui", Theme.BarStrong);
        string right = (Busy.Length > 0 ? Busy + "   " : "") + Right + " ";
        int room = Columns - 8 - right.Length - 1;
        if (Crumbs.Count > 0 && room > 4)
        {
            Put(8, 0, TextCut.Cut("› " + string.Join(" › ", Crumbs), room), Theme.Bar);
        }

        Put(Math.Max(8, Columns - right.Length), 0, right, Theme.Bar);
    }
}
