using PamTui.Tui.Models;
using Terminal.Gui.Input;

namespace PamTui.Tui.Widgets;

/// <summary>The names of a page's parts on one line, the one that is shown between brackets; what does not fit is cut at the far end.</summary>
internal sealed class TabBar : Canvas
{
    private IReadOnlyList<(string Name, string Count)> _tabs = [];
    private int _selected;

    /// <summary>A click on one of them.</summary>
    public event Action<int>? Clicked;

    public void Show(IReadOnlyList<(string Name, string Count)> tabs, int selected)
    {
        if (selected != _selected || !tabs.SequenceEqual(_tabs))
        {
            (_tabs, _selected) = (tabs, selected);
            Changed();
        }
    }

    protected override bool OnMouseEvent(Mouse mouse)
    {
        if (mouse.IsSingleClicked && mouse.Position is { } at)
        {
            int end = 0;
            for (int tab = First(); tab < _tabs.Count; tab++)
            {
                end += Length(tab);
                if (at.X < end)
                {
                    Clicked?.Invoke(tab);
                    break;
                }
            }
        }

        return true;
    }

    protected override void Paint()
    {
        int at = 0;
        for (int tab = First(); tab < _tabs.Count && at < Columns; tab++)
        {
            bool isShown = tab == _selected;
            (string name, string count) = _tabs[tab];
            Put(at, 0, isShown ? "[" : " ", Theme.Of(Tone.Accent));
            Put(at + 1, 0, name, Theme.Of(isShown ? Tone.Accent : Tone.Normal));
            Put(at + 1 + name.Length, 0, count.Length == 0 ? "" : " " + count, Theme.Of(Tone.Dim));
            at += Length(tab);
            Put(at - 1, 0, isShown ? "]" : "", Theme.Of(Tone.Accent));
        }

        if (at < Columns)
        {
            Put(at, 0, new string(' ', Columns - at), Theme.Normal);
        }
    }

    // From the left as far as the selected one is still whole.
    private int First()
    {
        int first = 0;
        int width = Enumerable.Range(0, Math.Min(_selected + 1, _tabs.Count)).Sum(Length);
        for (; width > Columns && first < _selected; first++)
        {
            width -= Length(first);
        }

        return first;
    }

    // With the blank before it, or the brackets around it.
    private int Length(int tab) => _tabs[tab].Name.Length + (_tabs[tab].Count.Length == 0 ? 1 : _tabs[tab].Count.Length + 2) + (tab == _selected ? 1 : 0);
}
