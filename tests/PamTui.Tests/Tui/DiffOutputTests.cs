using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Servers;
using PamTui.Tui.Terminal;
using Terminal.Gui.Drawing;
using Terminal.Gui.Drivers;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace PamTui.Tests.Tui;

public sealed class DiffOutputTests
{
    private static readonly string[] s_graphemes = ["a", "Z", " ", "ż", "│", "●", "語", "한", "e\u0301", "…", "✗", "\u001b", "\u009b", "\u202e", "\u200b", "\u0301"];

    private static readonly Attribute[] s_looks =
    [
        new(Color.None, Color.None),
        new(new Color(255, 255, 255), new Color(0, 95, 135), TextStyle.Bold),
        new(new Color(215, 95, 0), Color.None),
        new(Color.None, new Color(48, 48, 48), TextStyle.Underline | TextStyle.Reverse),
    ];

    [Theory]
    [InlineData("xterm-256color", null)]
    [InlineData("xterm", "truecolor")]
    [InlineData("screen", null)]
    [InlineData("vt220", null)]
    public Task Any_changes_of_cells_leave_the_terminal_equal_to_one_painted_from_nothing(string term, string? colorTerm) => InsideAsync(buffer =>
    {
        for (int seed = 0; seed < 12; seed++)
        {
            Random random = new(seed);
            (int columns, int rows) = (random.Next(20, 40), random.Next(5, 9));
            buffer.SetSize(columns, rows);
            MemoryChannel incremental = new(columns, rows, term, colorTerm);
            using DiffOutput output = new(incremental, TerminalTraits.Of(incremental)!);
            for (int frame = 0; frame < 15; frame++)
            {
                Scribble(buffer, random, random.Next(1, 25));
                output.Write(buffer);
            }

            MemoryChannel fresh = new(columns, rows, term, colorTerm);
            using DiffOutput whole = new(fresh, TerminalTraits.Of(fresh)!);
            whole.Write(buffer);

            Assert.Equal(fresh.Screen.Text, incremental.Screen.Text);
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    Assert.Equal(fresh.Screen.LookAt(column, row), incremental.Screen.LookAt(column, row));
                }
            }

            Assert.Empty(incremental.Screen.Unknown);
        }
    });

    [Fact]
    public Task E1_no_control_byte_of_a_cell_reaches_the_terminal() => InsideAsync(buffer =>
    {
        buffer.SetSize(20, 5);
        MemoryChannel channel = new(20, 5);
        using DiffOutput output = new(channel, TerminalTraits.Of(channel)!);
        string[] hostile = ["\u001b", "\u0007", "\r", "\n", "\u0000", "\u007f", "\u0085", "\u009b", "\u202e", "\u2028", "\ue000", "\u200d", "a" + new string('\u0301', 40)];
        for (int i = 0; i < hostile.Length; i++)
        {
            buffer.Contents![0, i].Grapheme = hostile[i];
        }

        int before = channel.Everything.Length;
        output.Write(buffer);
        string sent = Encoding.UTF8.GetString(channel.Everything.AsSpan(before));
        Assert.Equal(new string('?', hostile.Length), channel.Screen.Line(0));
        Assert.Empty(channel.Screen.Unknown);
        Assert.DoesNotContain(sent, c => char.IsControl(c) && c != '\u001b');
    });

    [Fact]
    public Task A_frame_without_a_change_sends_nothing_and_a_changed_cell_a_few_bytes() => InsideAsync(buffer =>
    {
        buffer.SetSize(80, 24);
        MemoryChannel channel = new();
        using DiffOutput output = new(channel, TerminalTraits.Of(channel)!);
        output.Write(buffer);
        int writes = channel.Writes;
        int bytes = channel.Everything.Length;
        output.Write(buffer);
        Assert.Equal(writes, channel.Writes);

        buffer.Move(10, 3);
        buffer.AddStr("x");
        output.Write(buffer);
        Assert.Equal(writes + 1, channel.Writes);
        Assert.InRange(channel.Everything.Length - bytes, 1, 48);
    });

    [Fact]
    public Task What_the_library_itself_wants_to_send_is_dropped() => InsideAsync(buffer =>
    {
        MemoryChannel channel = new();
        using DiffOutput output = new(channel, TerminalTraits.Of(channel)!);
        int before = channel.Everything.Length;
        output.Write("\e]10;?\e\\");
        output.Write("\e[>1u");
        output.Suspend();
        Assert.Equal(before, channel.Everything.Length);
    });

    [Theory]
    [InlineData("", null)]
    [InlineData("dumb", null)]
    [InlineData("unknown", null)]
    public void A_terminal_that_cannot_place_its_cursor_has_no_full_screen(string term, string? colorTerm) =>
        Assert.Null(TerminalTraits.Of(new MemoryChannel(80, 24, term, colorTerm)));

    [Theory]
    [InlineData("xterm-256color", null, "TwoHundredFiftySix")]
    [InlineData("xterm-256color", "truecolor", "True")]
    [InlineData("tmux-256color", "24bit", "True")]
    [InlineData("xterm", null, "TwoHundredFiftySix")]
    [InlineData("linux", null, "Sixteen")]
    [InlineData("screen", null, "Sixteen")]
    [InlineData("vt100", null, "Mono")]
    public void Colours_follow_the_terminals_own_word(string term, string? colorTerm, string depth) =>
        Assert.Equal(depth, TerminalTraits.Of(new MemoryChannel(80, 24, term, colorTerm))!.Colors.ToString());

    private static void Scribble(IOutputBuffer buffer, Random random, int cells)
    {
        for (int i = 0; i < cells; i++)
        {
            int row = random.Next(buffer.Rows);
            int column = random.Next(buffer.Cols);
            string grapheme = s_graphemes[random.Next(s_graphemes.Length)];
            ref Cell cell = ref buffer.Contents![row, column];
            cell.Grapheme = grapheme;
            cell.Attribute = s_looks[random.Next(s_looks.Length)];
            cell.IsDirty = true;
            buffer.DirtyLines[row] = true;
        }
    }

    private static async Task InsideAsync(Action<IOutputBuffer> body)
    {
        MemoryChannel host = new();
        await TuiSession.RunAsync(
            host,
            TerminalTraits.Of(host)!,
            session =>
            {
                body(session.App.Driver!.GetOutputBuffer());
                return true;
            },
            false,
            NullLogger.Instance,
            CancellationToken.None);
    }
}
