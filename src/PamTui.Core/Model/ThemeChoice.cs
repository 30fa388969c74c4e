namespace PamTui.Core.Model;

/// <summary>The colours of the full screen.</summary>
public enum ThemeChoice
{
    /// <summary>The terminal's own for text and ground, so that light and dark terminals both fit.</summary>
    Terminal,

    Dark,

    Light,

    /// <summary>White and few strong colours on black, for whoever sees the others badly.</summary>
    HighContrast,
}
