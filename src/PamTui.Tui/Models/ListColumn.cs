namespace PamTui.Tui.Models;

/// <summary>A column that a list may show.</summary>
/// <param name="Name">For the chooser, and as it is kept.</param>
/// <param name="Least">Columns of the terminal it has at least; what is left over is shared by weight.</param>
internal sealed record ListColumn<T>(string Name, int Least, int Weight, Func<T, Span> Cell)
{
    public string Header { get; init; } = Name.ToUpperInvariant();

    /// <summary>The word of the order that the list has by this column; empty: none.</summary>
    public string Sort { get; init; } = "";

    public bool Right { get; init; }

    /// <summary>As <see cref="GridColumn.IsReference"/>.</summary>
    public bool IsReference { get; init; }

    /// <summary>As <see cref="GridColumn.GivesWay"/>.</summary>
    public bool GivesWay { get; init; }

    /// <summary>Shown until a person chooses otherwise.</summary>
    public bool IsUsual { get; init; } = true;

    /// <summary>Always there, first of all: what the row is called.</summary>
    public bool IsFixed { get; init; }
}
