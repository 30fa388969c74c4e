using System.Text;
using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Sql;
using PamTui.Sql.Output;
using PamTui.Sql.Prompt;

namespace PamTui.Tests.SqlTests;

/// <summary>The line that is typed, as a terminal of 20 columns shows it.</summary>
public sealed class LineEditorTests
{
    private readonly VtScreen _screen = new(20, 8);
    private readonly History _history = new();

    [Theory]
    [InlineData("select 1\r", "select 1")]
    [InlineData("elect\u0001s\u0005 1\r", "select 1")] // Ctrl-A, Ctrl-E
    [InlineData("\e[Hb\e[Fc\e[Ha\r", "abc")]
    [InlineData("ac\e[Db\r", "abc")]
    [InlineData("abx\u007fc\r", "abc")]
    [InlineData("abc\e[D\e[D\e[3~\r", "ac")]
    [InlineData("one two three\u0017\u0017four\r", "one four")] // Ctrl-W
    [InlineData("one two\e[1;5D\e[1;5D\u000bthree\r", "three")] // by words, Ctrl-K
    [InlineData("gone\u0015here\r", "here")] // Ctrl-U
    [InlineData("one two\u0017\u0001\u0019\r", "twoone ")] // Ctrl-Y
    [InlineData("e\u0301日本\u007f\u007fx\r", "e\u0301x")] // what is seen as one is taken away as one
    [InlineData("\e[200~a\r\nb;\u0007\tc\e[201~\r", "a\nb; c")]
    [InlineData("x\e[99zy\e[1;1\r", "xy")]
    public async Task Keys_edit_the_line(string typed, string expected) => Assert.Equal(expected, await TypeAsync(typed));

    [Fact]
    public async Task Line_longer_than_the_screen_goes_on_below_and_the_cursor_is_where_one_types()
    {
        Assert.Equal("0123456789abcdef日本X語", await TypeAsync("0123456789abcdef日本語\e[DX\r"));

        Assert.Equal("db=> 0123456789abcde", _screen.Line(0));
        Assert.Equal("f日本X語", _screen.Line(1));
        Assert.Equal(2, _screen.CursorRow);
        Assert.Empty(_screen.Unknown);
    }

    [Fact]
    public async Task Earlier_lines_come_back_by_arrows_and_by_search_and_those_with_passwords_were_not_kept()
    {
        _history.Add("select 1;");
        _history.Add("select\n2;");
        _history.Add("alter role bob PASSWORD 'x';");

        Assert.Equal("select\n2;", await TypeAsync("\e[A\r"));
        Assert.Equal("select 1;", await TypeAsync("draft\e[A\e[A\r"));
        Assert.Equal("draft!", await TypeAsync("draft\e[A\e[B!\r"));
        Assert.Equal("select 1;", await TypeAsync("\u0012t 1\r"));
        Assert.Equal("select 1;", await TypeAsync("\u0012sel\u0012\r"));
        Assert.Equal("draft", await TypeAsync("draft\u0012sel\u0007\r"));
    }

    [Fact]
    public async Task Ctrl_C_leaves_the_line_and_Ctrl_D_ends_only_an_empty_one()
    {
        Assert.Equal("", await TypeAsync("select\u0003"));
        Assert.Equal("ab", await TypeAsync("ab\u0004\r"));
        Assert.Null(await TypeAsync("\u0004"));
        Assert.Null(await TypeAsync(""));
    }

    [Fact]
    public void Sequence_that_comes_in_two_pieces_is_one_key()
    {
        KeyDecoder decoder = new();

        Assert.Empty(decoder.Feed("\e[20"u8));
        Assert.Empty(decoder.Feed("0~a\e[2"u8));
        Assert.Equal([new Key(KeyCode.Paste, "a"), new Key(KeyCode.Text, "c")], decoder.Feed("01~c"u8));
        Assert.Equal([new Key(KeyCode.Escape)], decoder.Feed("\e"u8));
    }

    [Fact]
    public void Slice_of_a_line_counts_cells_and_keeps_looks()
    {
        Assert.Equal("bc", Pager.Slice("abcd", 1, 2));
        Assert.Equal(" 本", Pager.Slice("日本語", 1, 3));
        Assert.Equal("\e[2mLL\e[0m", Pager.Slice("\e[2mNULL\e[0m", 2, 9));
    }

    private async Task<string?> TypeAsync(string typed)
    {
        using MemoryStream input = new(Encoding.UTF8.GetBytes(typed));
        using MemoryStream written = new();
        TextOut output = new(written, onTerminal: true);
        await using Keyboard keyboard = new(input, CancellationToken.None);
        PromptRequest request = new(SqlKind.PostgreSql, new AccountRef("r", "a"), _ => throw new IOException(), null, null, Stream.Null, Stream.Null, Stream.Null, TimeProvider.System);
        LineEditor editor = new(keyboard, output, () => (20, 8), _history, new Completer(new SqlSession(request)), async ct =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return "";
        });
        string? line = await editor.ReadAsync("db=> ", CancellationToken.None);
        await output.FlushAsync(CancellationToken.None);
        _screen.Feed(written.ToArray());
        return line;
    }
}
