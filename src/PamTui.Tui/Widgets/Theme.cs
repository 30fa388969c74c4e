using PamTui.Tui.Models;
using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>
/// How meanings look. Plain text keeps the terminal's own colours, so light and dark ones both work; whatever sets a background sets
/// the foreground too. Every status is a word and a glyph as well: colour only helps.
/// </summary>
internal static class Theme
{
    public static Attribute Normal { get; } = new(Color.None, Color.None);

    public static Attribute Selected { get; } = new(new Color(255, 255, 255), new Color(0, 95, 135), TextStyle.Bold);

    public static Attribute SelectedElsewhere { get; } = new(new Color(238, 238, 238), new Color(78, 78, 78));

    public static Attribute Bar { get; } = new(new Color(238, 238, 238), new Color(48, 48, 48));

    public static Attribute BarKey { get; } = new(new Color(255, 215, 95), new Color(48, 48, 48), TextStyle.Bold);

    public static Attribute BarStrong { get; } = new(new Color(255, 255, 255), new Color(48, 48, 48), TextStyle.Bold);

    public static Attribute Line { get; } = new(new Color(108, 108, 108), Color.None);

    public static Attribute LineFocused { get; } = new(new Color(0, 135, 175), Color.None);

    public static Attribute Field { get; } = new(Color.None, Color.None, TextStyle.Underline);

    public static Attribute FieldFocused { get; } = new(new Color(255, 255, 255), new Color(0, 95, 135));

    public static Attribute Button { get; } = new(new Color(238, 238, 238), new Color(78, 78, 78));

    public static Attribute ButtonFocused { get; } = new(new Color(255, 255, 255), new Color(0, 95, 135), TextStyle.Bold);

    public static Attribute Toast { get; } = new(new Color(255, 255, 255), new Color(0, 95, 135));

    public static Attribute ToastBad { get; } = new(new Color(255, 255, 255), new Color(175, 0, 0), TextStyle.Bold);

    public static Attribute Of(Tone tone) => tone switch
    {
        Tone.Dim => new Attribute(new Color(128, 128, 128), Color.None),
        Tone.Strong => new Attribute(Color.None, Color.None, TextStyle.Bold),
        Tone.Accent => new Attribute(new Color(0, 135, 175), Color.None, TextStyle.Bold),
        Tone.Good => new Attribute(new Color(0, 135, 175), Color.None),
        Tone.Warn => new Attribute(new Color(175, 135, 0), Color.None),
        Tone.Bad => new Attribute(new Color(215, 95, 0), Color.None, TextStyle.Bold),
        _ => Normal,
    };

    /// <summary>A meaning on a selected row: the row's colours win, so that the selection is one bar.</summary>
    public static Attribute On(Attribute row, Tone tone) => row == Normal ? Of(tone) : row;

    /// <summary>For what the library itself paints (an empty background).</summary>
    public static Scheme Scheme { get; } = new(Normal);
}
