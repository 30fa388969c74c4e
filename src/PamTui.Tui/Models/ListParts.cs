namespace PamTui.Tui.Models;

/// <summary>Parts of a list that a place may begin with.</summary>
internal static class ListParts
{
    /// <summary>The person types a filter at once.</summary>
    public const string Filter = "filter";
}
