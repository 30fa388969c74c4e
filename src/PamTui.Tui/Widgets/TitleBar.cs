namespace PamTui.Tui.Widgets;

/// <summary>The top line: where one is, and as whom.</summary>
internal sealed class TitleBar : Canvas
{
    private string _crumbs = "";
    private string _right = "";
    private string _busy = "";

    /// <param name="crumbs">The steps from the start to here.</param>
    public void Show(IReadOnlyList<string> crumbs, string right)
    {
        string joined = string.Join(" › ", crumbs);
        if (joined != _crumbs || right != _right)
        {
            (_crumbs, _right) = (joined, right);
            Changed();
        }
    }

    /// <summary>Shown before the right side while something takes long.</summary>
    public void ShowBusy(string word)
    {
        if (word != _busy)
        {
            _busy = word;
            Changed();
        }
    }

    protected override void Paint()
    {
        Put(0, 0, new string(' ', Columns), Theme.Bar);
        Put(0, 0, " PamTui", Theme.BarStrong);
        string right = (_busy.Length > 0 ? _busy + "   " : "") + _right + " ";
        int room = Columns - 8 - right.Length - 1;
        if (_crumbs.Length > 0 && room > 4)
        {
            Put(8, 0, TextCut.Cut("› " + _crumbs, room), Theme.Bar);
        }

        Put(Math.Max(8, Columns - right.Length), 0, right, Theme.Bar);
    }
}
