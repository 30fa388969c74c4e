namespace PamTui.Tui.Models;

/// <summary>One column of a list.</summary>
/// <param name="Header">Empty: none.</param>
/// <param name="Least">Columns it has at least; what is left over is shared by weight.</param>
internal sealed record GridColumn(string Header, int Least, int Weight = 0, bool Right = false);
