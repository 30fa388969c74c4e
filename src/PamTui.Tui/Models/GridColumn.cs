namespace PamTui.Tui.Models;

/// <summary>One column of a list.</summary>
/// <param name="Header">Empty: none.</param>
/// <param name="Least">Columns it has at least; what is left over is shared by weight.</param>
internal sealed record GridColumn(string Header, int Least, int Weight = 0, bool Right = false)
{
    /// <summary>RESOURCE/ACCOUNT: too long a one is cut before the last '/', as accounts of one resource are told apart by what stands behind it.</summary>
    public bool IsReference { get; init; }

    /// <summary>Left out where the window has no room for all; of several, the last one first.</summary>
    public bool GivesWay { get; init; }
}
