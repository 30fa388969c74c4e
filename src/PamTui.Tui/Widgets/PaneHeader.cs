using System.Globalization;
using PamTui.Tui.Models;

namespace PamTui.Tui.Widgets;

/// <summary>The line over a list: its name, its filter, how many of how many.</summary>
internal sealed class PaneHeader : Canvas
{
    public string Caption { get; set; } = "";

    public string Filter { get; set; } = "";

    public string Count { get; set; } = "";

    public bool IsFocused { get; set; }

    /// <summary>The filter's rows are old ones: what is typed does not parse.</summary>
    public bool IsBad { get; set; }

    /// <summary>What there is to say about a list.</summary>
    /// <param name="marked">Rows that are marked.</param>
    public void Show<T>(string caption, ListModel<T> list, int marked = 0)
        where T : class
    {
        Caption = caption;
        Filter = list.Filter;
        IsBad = list.Refusal is not null;
        Count = (marked > 0 ? string.Create(CultureInfo.InvariantCulture, $"{marked} marked  ") : "")
            + (list.Filter.Length > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{list.Total}/{list.Unfiltered}")
                : list.Total.ToString(CultureInfo.InvariantCulture));
        Changed();
    }

    /// <summary>Columns from the left that the title takes; the filter is typed behind them.</summary>
    public int TitleColumns => TextCut.Width(Caption) + 2;

    public int CountColumns => Count.Length + 1;

    protected override void Paint()
    {
        Put(0, 0, new string(' ', Columns), Theme.Normal);
        Put(1, 0, Caption, IsFocused ? Theme.Of(Tone.Accent) : Theme.Of(Tone.Strong));
        int room = Columns - TitleColumns - CountColumns - 2;
        if (Filter.Length > 0 && room > 2)
        {
            Put(TitleColumns, 0, TextCut.Cut("/" + Filter, room), Theme.Of(IsBad ? Tone.Bad : Tone.Warn));
        }

        Put(Math.Max(TitleColumns, Columns - Count.Length - 1), 0, Count, Theme.Of(Tone.Dim));
    }
}
