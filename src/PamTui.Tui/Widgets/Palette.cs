using PamTui.Core.Model;
using PamTui.Tui.Models;
using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tui.Widgets;

/// <summary>
/// The colours that a person chose. Screens speak in the looks of <see cref="Theme"/>; what those are on this person's terminal is
/// decided at the last moment, where they are painted, so that a change is seen at once and costs a screen nothing.
/// </summary>
internal sealed class Palette
{
    private readonly Dictionary<Attribute, Attribute> _looks = [];
    private readonly Attribute _ground;

    private Palette(Color text, Color ground) => _ground = new Attribute(text, ground);

    public static Palette Dark { get; } = new Palette(Hex(0xe4e4e4), Hex(0x121212))
        .Tones(dim: Hex(0xa8a8a8), accent: Hex(0x5fafff), warn: Hex(0xffd75f), bad: Hex(0xff8787), TextStyle.None)
        .Line(Hex(0x767676))
        .Bars(Hex(0xeeeeee), Hex(0x303030), key: Hex(0xffd75f))
        .Marks(Hex(0xffffff), Hex(0x005f87), elsewhere: (Hex(0xeeeeee), Hex(0x4e4e4e)), wrong: (Hex(0xffffff), Hex(0xaf0000)));

    public static Palette Light { get; } = new Palette(Hex(0x1c1c1c), Hex(0xffffff))
        .Tones(dim: Hex(0x626262), accent: Hex(0x005faf), warn: Hex(0x875f00), bad: Hex(0xaf0000), TextStyle.None)
        .Line(Hex(0x8a8a8a))
        .Bars(Hex(0x1c1c1c), Hex(0xdadada), key: Hex(0x5f00af))
        .Marks(Hex(0xffffff), Hex(0x005f87), elsewhere: (Hex(0x1c1c1c), Hex(0xd0d0d0)), wrong: (Hex(0xffffff), Hex(0xaf0000)));

    /// <summary>Nothing is dim, and what is wrong is underlined too.</summary>
    public static Palette HighContrast { get; } = new Palette(Hex(0xffffff), Hex(0x000000))
        .Tones(dim: Hex(0xffffff), accent: Hex(0xffff00), warn: Hex(0xffaf5f), bad: Hex(0xff8787), TextStyle.Underline)
        .Line(Hex(0xffffff))
        .Bars(Hex(0x000000), Hex(0xffffff), key: Hex(0x0000af))
        .Marks(Hex(0x000000), Hex(0xffff00), elsewhere: (Hex(0x000000), Hex(0xffffff)), wrong: (Hex(0xffffff), Hex(0xaf0000)));

    /// <summary>What each look is; null: as it is, text and ground left to the terminal.</summary>
    public static Func<Attribute, Attribute>? Of(ThemeChoice theme) => theme switch
    {
        ThemeChoice.Dark => Dark.Shown,
        ThemeChoice.Light => Light.Shown,
        ThemeChoice.HighContrast => HighContrast.Shown,
        _ => null,
    };

    /// <summary>What is no look of the theme has the text's colours, and keeps its style.</summary>
    public Attribute Shown(Attribute look) => _looks.TryGetValue(look, out Attribute shown) ? shown : new Attribute(_ground.Foreground, _ground.Background, look.Style);

    private static Color Hex(int rgb) => new(rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff);

    private Palette Tones(Color dim, Color accent, Color warn, Color bad, TextStyle wrong)
    {
        OnGround(Theme.Normal, _ground.Foreground);
        OnGround(Theme.Field, _ground.Foreground);
        OnGround(Theme.Of(Tone.Strong), _ground.Foreground);
        OnGround(Theme.Of(Tone.Dim), dim);
        OnGround(Theme.Of(Tone.Accent), accent);
        OnGround(Theme.Of(Tone.Good), accent);
        OnGround(Theme.LineFocused, accent);
        OnGround(Theme.Of(Tone.Warn), warn);
        OnGround(Theme.Of(Tone.Bad), bad, wrong);
        return this;
    }

    private Palette Line(Color line)
    {
        OnGround(Theme.Line, line);
        return this;
    }

    private Palette Bars(Color text, Color ground, Color key)
    {
        Put(Theme.Bar, text, ground);
        Put(Theme.BarStrong, text, ground);
        Put(Theme.BarKey, key, ground);
        return this;
    }

    private Palette Marks(Color text, Color ground, (Color Text, Color Ground) elsewhere, (Color Text, Color Ground) wrong)
    {
        Put(Theme.Selected, text, ground);
        Put(Theme.FieldFocused, text, ground);
        Put(Theme.ButtonFocused, text, ground);
        Put(Theme.Toast, text, ground);
        Put(Theme.SelectedElsewhere, elsewhere.Text, elsewhere.Ground);
        Put(Theme.Button, elsewhere.Text, elsewhere.Ground);
        Put(Theme.ToastBad, wrong.Text, wrong.Ground);
        return this;
    }

    private void OnGround(Attribute look, Color text, TextStyle more = TextStyle.None) => _looks[look] = new Attribute(text, _ground.Background, look.Style | more);

    private void Put(Attribute look, Color text, Color ground) => _looks[look] = new Attribute(text, ground, look.Style);
}
