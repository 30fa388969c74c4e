using PamTui.Tui.Models;
using PamTui.Tui.Widgets;

namespace PamTui.Tests.Tui;

public sealed class LineEditorTests
{
    [Fact]
    public void Typing_moving_and_deleting_go_by_what_a_person_sees_as_a_character()
    {
        using LineEditor line = new(100);
        line.Insert("ae\u0301😀b");
        line.Left();
        line.Backspace();
        line.Backspace();
        Assert.Equal("ab", line.Text);
        line.Home();
        line.Delete();
        line.End();
        line.Insert("c d");
        line.DeleteWordBack();
        Assert.Equal("bc ", line.Text);
    }

    [Fact]
    public void What_is_longer_than_allowed_is_cut_at_a_whole_character_and_said()
    {
        using LineEditor line = new(4);
        Assert.True(line.Insert("abc"));
        Assert.False(line.Insert("😀"));
        Assert.Equal("abc", line.Text);
    }

    [Fact]
    public void A_paste_keeps_blanks_and_drops_control_characters()
    {
        using LineEditor one = new(100);
        one.Paste(" a\u001bb\r\nc\u0007 ");
        Assert.Equal(" abc ", one.Text);

        using LineEditor many = new(100, multiline: true);
        many.Paste("-----BEGIN\r\nabc\rdef\n");
        Assert.Equal("-----BEGIN\nabc\ndef\n", many.Text);
        Assert.Equal(3, many.LineCount);
    }

    [Fact]
    public void A_cleared_line_keeps_nothing_in_its_memory()
    {
        LineEditor line = new(100);
        line.Insert("canary");
        ReadOnlySpan<char> memory = line.Chars;
        line.Dispose();
        Assert.True(memory.IndexOfAnyExcept('\0') < 0);
    }

    [Theory]
    [InlineData("abc", 5, "abc  ")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("語語語", 5, "語語…")]
    [InlineData("語語語", 4, "語… ")]
    [InlineData("abc", 0, "")]
    public void Text_fills_its_columns_exactly(string text, int columns, string fitted) => Assert.Equal(fitted, TextCut.Fit(text, columns));

    [Fact]
    public void Long_words_are_broken_and_nothing_is_lost()
    {
        string text = "short " + new string('x', 50) + " end";
        IReadOnlyList<string> lines = TextCut.Wrap(text, 20);
        Assert.All(lines, line => Assert.InRange(TextCut.Width(line), 0, 20));
        Assert.Equal(text.Replace(" ", "", StringComparison.Ordinal), string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
    }
}
