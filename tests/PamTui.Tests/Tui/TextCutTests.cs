using PamTui.Tui.Widgets;
using Terminal.Gui.Text;

namespace PamTui.Tests.Tui;

public sealed class TextCutTests
{
    [Fact]
    public void What_is_measured_without_the_library_takes_the_columns_that_the_library_gives_it()
    {
        char[] plain = [.. Enumerable.Range(0, char.MaxValue).Select(static c => (char)c).Where(static c => TextCut.IsPlain([c]))];

        Assert.True(plain.Length > 900, "Hardly anything is plain.");
        Assert.All(plain, static c => Assert.Equal(1, c.ToString().GetColumns()));
        string all = new(plain);
        Assert.Equal(all.Length, all.GetColumns());
    }

    [Theory]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("● healthy", 9)]
    [InlineData("", 0)]
    public void A_width_is_that_of_the_cells(string text, int columns) => Assert.Equal(columns, TextCut.Width(text));
}
