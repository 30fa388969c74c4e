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
    [InlineData("production-database/app-user", 18, "producti…/app-user")]
    [InlineData("production-database/app-user", 28, "production-database/app-user")]
    [InlineData("production-database/app-user", 12, "production-…")]
    [InlineData("  production-database/app", 14, "  product…/app")]
    [InlineData("web-1/deploy", 14, "web-1/deploy  ")]
    [InlineData("a word that is long", 8, "a word …")]
    public void A_reference_is_cut_where_the_account_is_still_told_from_others(string text, int columns, string shown) => Assert.Equal(shown, TextCut.FitReference(text, columns));

    [Theory]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("● healthy", 9)]
    [InlineData("", 0)]
    public void A_width_is_that_of_the_cells(string text, int columns) => Assert.Equal(columns, TextCut.Width(text));
}
