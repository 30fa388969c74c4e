namespace PamTui.Tui.Models;

/// <summary>A key of a screen and what it does.</summary>
/// <param name="Short">For the bar at the bottom; empty: only in the help.</param>
internal sealed record KeyHelp(string Keys, string What, string Short = "");
