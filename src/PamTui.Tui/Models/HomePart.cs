using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>A row of the first screen.</summary>
/// <param name="Name">What it is called: the selection follows it.</param>
internal sealed record HomeRow(string Name, IReadOnlyList<Span> Cells)
{
    /// <summary>The account that it is about; null: none alone.</summary>
    public Account? Account { get; init; }

    /// <summary>Where Enter goes; null: to a session with the account.</summary>
    public Place? Way { get; init; }
}

/// <summary>One part of the first screen: a short list that is read as a whole.</summary>
internal sealed class HomePart(string name, string caption, IReadOnlyList<GridColumn> columns)
{
    private string? _wanted;

    public string Name => name;

    public string Caption => caption;

    public IReadOnlyList<GridColumn> Columns => columns;

    public IReadOnlyList<HomeRow> Rows { get; private set; } = [];

    /// <summary>How many there are; more than are shown, when not all of them are.</summary>
    public int Total { get; private set; }

    public int Selected { get; private set; }

    public bool IsLoaded { get; private set; }

    /// <summary>Why there is nothing, and which key helps.</summary>
    public IReadOnlyList<StyledLine> WhyEmpty { get; private set; } = [];

    public HomeRow? Pointed => Selected < Rows.Count ? Rows[Selected] : null;

    /// <summary>The row that is selected as soon as it is there.</summary>
    public void StartWith(string? selected) => _wanted = selected;

    public void Select(int index)
    {
        _wanted = null;
        Selected = Math.Clamp(index, 0, Math.Max(0, Rows.Count - 1));
    }

    /// <summary>The same row stays selected, wherever it is now.</summary>
    public void Show(IReadOnlyList<HomeRow> rows, int total, IReadOnlyList<StyledLine> whyEmpty)
    {
        string? wanted = _wanted ?? Pointed?.Name;
        (Rows, Total, WhyEmpty, IsLoaded) = (rows, total, whyEmpty, true);
        int found = rows.ToList().FindIndex(row => row.Name == wanted);
        if (found >= 0)
        {
            _wanted = null;
        }

        Selected = found >= 0 ? found : Math.Clamp(Selected, 0, Math.Max(0, rows.Count - 1));
    }

    /// <summary>Nothing is known but why.</summary>
    public void Show(Refusal no) => Show([], 0, [StyledLine.Of(no.Message, Tone.Bad)]);
}
