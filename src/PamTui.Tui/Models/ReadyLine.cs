namespace PamTui.Tui.Models;

/// <summary>Something to paste on one's own machine.</summary>
/// <param name="For">"ssh", "scp", "ssh_config".</param>
/// <param name="Text">What is copied.</param>
internal sealed record ReadyLine(int Number, string For, string Text)
{
    /// <summary>On one line.</summary>
    public string Shown => Text.TrimEnd('\n').Replace("\n    ", "; ", StringComparison.Ordinal);
}
