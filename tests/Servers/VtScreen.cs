using System.Globalization;
using System.Text;

namespace PamTui.Servers;

/// <summary>
/// A small terminal emulator: what a person would see of the bytes given to it. It knows what our output uses; all else is kept in
/// <see cref="Unknown"/>, so that a test can say that nothing else came.
/// </summary>
public sealed class VtScreen
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _held = new();
    private (string Text, string Look)[,] _cells;
    private string _look = "";
    private bool _wrapPending;

    public VtScreen(int columns, int rows)
    {
        (Columns, Rows) = (columns, rows);
        _cells = Blank(columns, rows);
    }

    public int Columns { get; private set; }

    public int Rows { get; private set; }

    public int CursorColumn { get; private set; }

    public int CursorRow { get; private set; }

    /// <summary>DEC private modes that are on: "25" the cursor, "1049" the alternate screen, "2004" bracketed paste.</summary>
    public HashSet<string> Modes { get; } = ["25"];

    public List<string> Unknown { get; } = [];

    /// <summary>What was put on the clipboard by OSC 52, decoded.</summary>
    public string Clipboard { get; private set; } = "";

    /// <summary>Lines without trailing blanks, joined by newlines.</summary>
    public string Text => string.Join('\n', Enumerable.Range(0, Rows).Select(Line));

    public string Line(int row)
    {
        StringBuilder line = new();
        for (int column = 0; column < Columns; column++)
        {
            line.Append(_cells[row, column].Text);
        }

        return line.ToString().TrimEnd(' ');
    }

    /// <summary>The SGR parameters in force where the cell was written ("1;38;5;75"); empty for plain.</summary>
    public string LookAt(int column, int row) => _cells[row, column].Look;

    public string CellAt(int column, int row) => _cells[row, column].Text;

    public bool Shows(string text) => Text.Contains(text, StringComparison.Ordinal);

    /// <summary>What stays on the screen stays where it was, as in a terminal that does not reflow.</summary>
    public void Resize(int columns, int rows)
    {
        (string, string)[,] cells = Blank(columns, rows);
        for (int row = 0; row < Math.Min(rows, Rows); row++)
        {
            for (int column = 0; column < Math.Min(columns, Columns); column++)
            {
                cells[row, column] = _cells[row, column];
            }
        }

        (_cells, Columns, Rows) = (cells, columns, rows);
        CursorColumn = Math.Min(CursorColumn, columns - 1);
        CursorRow = Math.Min(CursorRow, rows - 1);
    }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        char[] chars = new char[bytes.Length + 2];
        int count = _decoder.GetChars(bytes, chars, flush: false);
        _held.Append(chars, 0, count);
        string text = _held.ToString();
        int at = 0;
        while (at < text.Length && Step(text, at) is var next and > 0)
        {
            at = next;
        }

        _held.Clear().Append(text, at, text.Length - at);
    }

    private static (string, string)[,] Blank(int columns, int rows)
    {
        (string, string)[,] cells = new (string, string)[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                cells[row, column] = (" ", "");
            }
        }

        return cells;
    }

    /// <summary>Where the next thing starts; 0 when this one has not all come yet.</summary>
    private int Step(string text, int at)
    {
        if (text[at] != '\e')
        {
            return Print(text, at);
        }

        if (at + 1 >= text.Length)
        {
            return 0;
        }

        switch (text[at + 1])
        {
            case '[':
                int end = at + 2;
                while (end < text.Length && text[end] is < '@' or > '~')
                {
                    end++;
                }

                if (end >= text.Length)
                {
                    return 0;
                }

                Control(text[(at + 2)..end], text[end]);
                return end + 1;
            case ']' or 'P' or '_':
                int stop = text.IndexOf('\a', at);
                int terminator = text.IndexOf("\e\\", at + 2, StringComparison.Ordinal);
                if (stop < 0 && terminator < 0)
                {
                    return 0;
                }

                bool byBell = stop >= 0 && (terminator < 0 || stop < terminator);
                Command(text[(at + 1)..(byBell ? stop : terminator)]);
                return byBell ? stop + 1 : terminator + 2;
            default:
                Unknown.Add("ESC " + text[at + 1]);
                return at + 2;
        }
    }

    private void Command(string body)
    {
        if (body.StartsWith("]52;c;", StringComparison.Ordinal))
        {
            Clipboard = Encoding.UTF8.GetString(Convert.FromBase64String(body[6..]));
            return;
        }

        Unknown.Add(body);
    }

    private void Control(string parameters, char final)
    {
        string[] parts = parameters.Split(';');
        int Number(int index, int otherwise) =>
            index < parts.Length && int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

        switch (final)
        {
            case 'H':
                CursorRow = Math.Clamp(Number(0, 1) - 1, 0, Rows - 1);
                CursorColumn = Math.Clamp(Number(1, 1) - 1, 0, Columns - 1);
                _wrapPending = false;
                break;
            case 'A':
                CursorRow = Math.Max(0, CursorRow - Number(0, 1));
                _wrapPending = false;
                break;
            case 'C':
                CursorColumn = Math.Min(Columns - 1, CursorColumn + Number(0, 1));
                _wrapPending = false;
                break;
            case 'J' when parameters.Length == 0:
                for (int row = CursorRow; row < Rows; row++)
                {
                    for (int column = row == CursorRow ? CursorColumn : 0; column < Columns; column++)
                    {
                        _cells[row, column] = (" ", "");
                    }
                }

                break;
            case 'J' when parameters == "2":
                _cells = Blank(Columns, Rows);
                break;
            case 'm':
                _look = parameters is "" or "0" ? "" : parameters.StartsWith("0;", StringComparison.Ordinal) ? parameters[2..] : Join(_look, parameters);
                break;
            case 'h' when parameters.StartsWith('?'):
                Modes.Add(parameters[1..]);
                break;
            case 'l' when parameters.StartsWith('?'):
                Modes.Remove(parameters[1..]);
                break;
            default:
                Unknown.Add("CSI " + parameters + final);
                break;
        }
    }

    // Style, then foreground, then background, whatever came first: what looks the same reads the same. A newer one replaces the older.
    private static string Join(string look, string more)
    {
        List<string> kept = [];
        string[] parts = look.Length == 0 ? [] : look.Split(';');
        for (int i = 0; i < parts.Length;)
        {
            int length = parts[i] is "38" or "48" ? parts[i + 1] == "5" ? 3 : 5 : 1;
            if (Ground(parts[i]) is null || Ground(parts[i]) != Ground(more.Split(';')[0]))
            {
                kept.Add(string.Join(';', parts[i..(i + length)]));
            }

            i += length;
        }

        if (more is not ("39" or "49"))
        {
            bool isBefore = Ground(more.Split(';')[0]) == "foreground" && kept.Count > 0 && Ground(kept[^1].Split(';')[0]) == "background";
            kept.Insert(isBefore ? kept.Count - 1 : kept.Count, more);
        }

        return string.Join(';', kept);
    }

    private static string? Ground(string code) => int.TryParse(code, CultureInfo.InvariantCulture, out int number)
        ? number switch
        {
            (>= 30 and <= 39) or (>= 90 and <= 97) => "foreground",
            (>= 40 and <= 49) or (>= 100 and <= 107) => "background",
            _ => null,
        }
        : null;

    private int Print(string text, int at)
    {
        if (char.IsHighSurrogate(text[at]) && at + 1 >= text.Length)
        {
            return 0;
        }

        if (text[at] < ' ' || text[at] is '\u007f' or (>= '\u0080' and < '\u00a0'))
        {
            switch (text[at])
            {
                case '\r':
                    CursorColumn = 0;
                    _wrapPending = false;
                    break;
                case '\n':
                    CursorRow = Math.Min(CursorRow + 1, Rows - 1);
                    break;
                default:
                    Unknown.Add($"control {(int)text[at]:x2}");
                    break;
            }

            return at + 1;
        }

        int length = StringInfo.GetNextTextElementLength(text, at);
        string element = text.Substring(at, length);
        Put(element, WidthOf(element));
        return at + length;
    }

    private void Put(string element, int width)
    {
        if (_wrapPending || CursorColumn + width > Columns)
        {
            CursorColumn = 0;
            CursorRow = Math.Min(CursorRow + 1, Rows - 1);
            _wrapPending = false;
        }

        for (int i = 0; i < width; i++)
        {
            Break(CursorColumn + i);
        }

        _cells[CursorRow, CursorColumn] = (element, _look);
        if (width == 2)
        {
            _cells[CursorRow, CursorColumn + 1] = ("", _look);
        }

        CursorColumn += width;
        if (CursorColumn >= Columns)
        {
            CursorColumn = Columns - 1;
            _wrapPending = true;
        }
    }

    // Writing over one half of a wide character blanks the other half, as xterm does.
    private void Break(int column)
    {
        if (_cells[CursorRow, column].Text.Length == 0 && column > 0)
        {
            _cells[CursorRow, column - 1] = (" ", _cells[CursorRow, column - 1].Look);
        }

        if (column + 1 < Columns && _cells[CursorRow, column + 1].Text.Length == 0)
        {
            _cells[CursorRow, column + 1] = (" ", _cells[CursorRow, column + 1].Look);
        }
    }

    private static int WidthOf(string element)
    {
        int value = element.EnumerateRunes().First().Value;
        return value is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3) or (>= 0xf900 and <= 0xfaff)
            or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6) or (>= 0x1f300 and <= 0x1f64f)
            or (>= 0x1f900 and <= 0x1f9ff) or (>= 0x20000 and <= 0x3fffd)
            ? 2
            : 1;
    }
}
