using System.Reflection;
using PamTui.Core.Model;
using PamTui.Tui.Models;
using PamTui.Tui.Widgets;
using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tests.Tui;

/// <summary>What a person can read, whatever colours he chose.</summary>
public sealed class ThemeTests
{
    // WCAG 2: contrast of AA and of AAA.
    private const double Enough = 4.5;
    private const double High = 7;

    [Theory]
    [InlineData(nameof(ThemeChoice.Dark), Enough)]
    [InlineData(nameof(ThemeChoice.Light), Enough)]
    [InlineData(nameof(ThemeChoice.HighContrast), High)]
    public void Every_text_stands_out_from_its_ground(string theme, double least)
    {
        Func<Attribute, Attribute> palette = Palette.Of(Enum.Parse<ThemeChoice>(theme))!;

        foreach ((string name, Attribute look) in Looks().Where(named => named.Name != nameof(Theme.Line)))
        {
            Attribute shown = palette(look);
            Assert.False(shown.Foreground == Color.None || shown.Background == Color.None, name);
            Assert.True(Contrast(shown) >= least, $"{name}: {Contrast(shown):0.0}");
        }
    }

    [Theory]
    [InlineData(nameof(ThemeChoice.Dark))]
    [InlineData(nameof(ThemeChoice.Light))]
    [InlineData(nameof(ThemeChoice.HighContrast))]
    public void The_selected_row_looks_unlike_any_other_and_unlike_one_elsewhere(string theme)
    {
        Func<Attribute, Attribute> palette = Palette.Of(Enum.Parse<ThemeChoice>(theme))!;

        Assert.Equal(3, new[] { Theme.Normal, Theme.Selected, Theme.SelectedElsewhere }.Select(look => palette(look).Background).Distinct().Count());
    }

    [Fact]
    public void The_terminals_own_colours_are_left_to_it() => Assert.Null(Palette.Of(ThemeChoice.Terminal));

    private static IEnumerable<(string Name, Attribute Look)> Looks() =>
    [
        .. typeof(Theme).GetProperties(BindingFlags.Static | BindingFlags.Public)
            .Where(property => property.PropertyType == typeof(Attribute))
            .Select(property => (property.Name, (Attribute)property.GetValue(null)!)),
        .. Enum.GetValues<Tone>().Select(tone => (tone.ToString(), Theme.Of(tone))),
    ];

    private static double Contrast(Attribute look)
    {
        double[] both = [Luminance(look.Foreground), Luminance(look.Background)];
        return (both.Max() + 0.05) / (both.Min() + 0.05);
    }

    private static double Luminance(Color color) => (0.2126 * Linear(color.R)) + (0.7152 * Linear(color.G)) + (0.0722 * Linear(color.B));

    private static double Linear(byte value) => value / 255.0 is var part && part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
}
