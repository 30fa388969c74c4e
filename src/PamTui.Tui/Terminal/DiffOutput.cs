using System.Collections.Concurrent;
using System.Drawing;
using Terminal.Gui.Drawing;
using Terminal.Gui.Drivers;
using Attribute = Terminal.Gui.Drawing.Attribute;
using Color = Terminal.Gui.Drawing.Color;

namespace PamTui.Tui.Terminal;

/// <summary>
/// Paints by difference to what the terminal already shows: one write per frame, only the cells that changed, no byte that is not
/// ours. A terminal that does not take its frames fast enough gets fewer, never a longer queue.
/// </summary>
internal sealed class DiffOutput : IOutput, IDisposable
{
    /// <summary>While more than this waits to leave, frames are skipped: the next one is a difference to what was sent, so nothing is lost.</summary>
    public const int MaxPending = 64 * 1024;

    // Alternate screen, cleared; no cursor; button-motion mouse in SGR form; bracketed paste.
    private const string Enter = "\e[?1049h\e[0m\e[2J\e[H\e[?25l\e[?1002h\e[?1006h\e[?2004h";
    private const string Leave = "\e[?2004l\e[?1006l\e[?1002l\e[0m\e[?25h\e[?1049l";
    private const string FrameStart = "\e[?2026h";
    private const string FrameEnd = "\e[?2026l";

    private readonly ITerminalChannel _channel;
    private readonly TerminalTraits _traits;
    private readonly FrameWriter _frame = new();
    private readonly ConcurrentQueue<SixelToRender> _sixels = new();
    private (string? Text, Attribute Look)[,] _shown = new (string?, Attribute)[0, 0];
    private Attribute? _look;
    private Cursor _cursor = new();
    private bool _cursorShown;
    private int _column = -1;
    private int _row = -1;
    private bool _invalid = true;
    private bool _skipped;
    private bool _disposed;

    public DiffOutput(ITerminalChannel channel, TerminalTraits traits)
    {
        _channel = channel;
        _traits = traits;
        Begin();
    }

    public bool Force16Colors { get; set; }

    public bool IsLegacyConsole { get; set; }

    public bool UseKittyGraphics { get; set; }

    public long FramesSkipped { get; private set; }

    /// <summary>The colours that a person chose, as what each look becomes; null: as it is. Without colours there is nothing to choose.</summary>
    public Func<Attribute, Attribute>? Palette { get; set; }

    /// <summary>A frame was skipped and has to be caught up when the terminal has drained.</summary>
    public bool IsBehind => _skipped;

    public ConcurrentQueue<SixelToRender> GetSixels() => _sixels;

    public Size GetSize()
    {
        TerminalSize size = TerminalTraits.Clamp(_channel.Size);
        return new Size(size.Columns, size.Rows);
    }

    public void SetSize(int width, int height)
    {
    }

    public Cursor GetCursor() => _cursor;

    public string GetLastOutput() => "";

    public string ToAnsi(IOutputBuffer buffer) => "";

    public void Suspend()
    {
    }

    /// <summary>The library's own sequences (graphics and keyboard probes, titles, colour questions) are all dropped: their answers would arrive as typed keys, possibly after the session went on to a target.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
    }

    /// <summary>Takes the terminal's screen; again when it has become another one.</summary>
    public void Begin()
    {
        _frame.Text(Enter);
        (_look, _column, _cursorShown, _invalid) = (null, -1, false, true);
        Send();
    }

    /// <summary>The terminal's content is not known any more (a resize, Ctrl+L): the next frame paints everything.</summary>
    public void Invalidate() => _invalid = true;

    public void SetCursor(Cursor cursor)
    {
        _cursor = cursor;
        if (_skipped)
        {
            return;
        }

        PlaceCursor();
        Send();
    }

    public void Write(IOutputBuffer buffer)
    {
        if (_disposed || buffer.Contents is not { } cells)
        {
            return;
        }

        if (_channel.Pending > MaxPending)
        {
            _skipped = true;
            FramesSkipped++;
            return;
        }

        _skipped = false;
        _frame.Text(FrameStart);
        int empty = _frame.Length;
        int rows = Math.Min(buffer.Rows, cells.GetLength(0));
        int columns = Math.Min(buffer.Cols, cells.GetLength(1));
        bool whole = _invalid || _shown.GetLength(0) != rows || _shown.GetLength(1) != columns;
        if (whole)
        {
            _shown = new (string?, Attribute)[rows, columns];
            _frame.Text("\e[0m\e[2J");
            _look = null;
            _column = -1;
            _invalid = false;
        }

        for (int row = 0; row < rows; row++)
        {
            if (whole || row >= buffer.DirtyLines.Length || buffer.DirtyLines[row])
            {
                PaintRow(cells, row, columns);
            }

            if (row < buffer.DirtyLines.Length)
            {
                buffer.DirtyLines[row] = false;
            }
        }

        if (_frame.Length == empty)
        {
            _frame.Clear();
        }
        else
        {
            _frame.Text(FrameEnd);
        }

        PlaceCursor();
        Send();
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _frame.Clear();
        _frame.Text(Leave);
        Send();
    }

    private void PaintRow(Cell[,] cells, int row, int columns)
    {
        for (int column = 0; column < columns; column++)
        {
            ref Cell cell = ref cells[row, column];
            cell.IsDirty = false;
            (string text, int width) = CellText.Safe(cell.Grapheme, _traits.Unicode);
            if (width == 2 && column + 1 == columns)
            {
                (text, width) = (" ", 1);
            }

            Attribute look = cell.Attribute ?? default;
            ref (string? Text, Attribute Look) shown = ref _shown[row, column];
            if (shown.Text != text || shown.Look != look)
            {
                shown = (text, look);
                Goto(column, row);
                Look(look);
                _frame.Text(text);
                // Behind the last column a terminal is in "pending wrap": place the cursor anew.
                _column = column + width == columns || CellText.IsWidthDoubtful(text) ? -1 : column + width;
            }

            if (width == 2)
            {
                column++;
                cells[row, column].IsDirty = false;
                _shown[row, column] = ("\0", look);
            }
        }
    }

    private void PlaceCursor()
    {
        if (!_cursor.IsVisible || _cursor.Position is not { } at)
        {
            if (_cursorShown)
            {
                _frame.Text("\e[?25l");
                _cursorShown = false;
            }

            return;
        }

        Goto(at.X, at.Y);
        if (!_cursorShown)
        {
            _frame.Text("\e[?25h");
            _cursorShown = true;
        }
    }

    private void Goto(int column, int row)
    {
        if (_column == column && _row == row)
        {
            return;
        }

        _frame.Text("\e[").Number(row + 1).Text(";").Number(column + 1).Text("H");
        (_column, _row) = (column, row);
    }

    private void Look(Attribute look)
    {
        look = Shown(look);
        if (_look == look)
        {
            return;
        }

        Attribute? before = _look;
        _look = look;
        if (before is null || before.Value.Style != look.Style)
        {
            Style(look.Style);
            before = null;
        }

        if (_traits.Colors == ColorDepth.Mono)
        {
            return;
        }

        if (before is null ? look.Foreground != Color.None : before.Value.Foreground != look.Foreground)
        {
            Paint(look.Foreground, 38);
        }

        if (before is null ? look.Background != Color.None : before.Value.Background != look.Background)
        {
            Paint(look.Background, 48);
        }
    }

    // What only a ground sets apart (the selected row, the bars) is reversed where there are no colours.
    private Attribute Shown(Attribute look) => _traits.Colors != ColorDepth.Mono ? Palette?.Invoke(look) ?? look
        : look.Background != Color.None ? new Attribute(look.Foreground, look.Background, look.Style | TextStyle.Reverse)
        : look;

    private void Style(TextStyle style)
    {
        _frame.Text("\e[0");
        ReadOnlySpan<(TextStyle, string)> codes =
        [
            (TextStyle.Bold, ";1"), (TextStyle.Faint, ";2"), (TextStyle.Italic, ";3"), (TextStyle.Underline, ";4"), (TextStyle.Reverse, ";7"),
            (TextStyle.Strikethrough, ";9"),
        ];
        foreach ((TextStyle flag, string code) in codes)
        {
            if ((style & flag) != 0)
            {
                _frame.Text(code);
            }
        }

        _frame.Text("m");
    }

    private void Paint(Color color, int code)
    {
        if (color == Color.None)
        {
            _frame.Text("\e[").Number(code + 1).Text("m");
            return;
        }

        switch (_traits.Colors)
        {
            case ColorDepth.True:
                _frame.Text("\e[").Number(code).Text(";2;").Number(color.R).Text(";").Number(color.G).Text(";").Number(color.B).Text("m");
                break;
            case ColorDepth.TwoHundredFiftySix:
                _frame.Text("\e[").Number(code).Text(";5;").Number(TerminalColors.To256(color)).Text("m");
                break;
            default:
                _frame.Text("\e[").Number(TerminalColors.To16(color) + code - 38).Text("m");
                break;
        }
    }

    private void Send()
    {
        if (_frame.Length > 0)
        {
            _channel.Write(_frame.Written);
            _frame.Clear();
        }
    }
}
