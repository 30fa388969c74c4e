using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Sql.Output;

namespace PamTui.Sql.Prompt;

/// <summary>A result that is larger than the screen, on a screen of its own: moved about in, searched, left by q.</summary>
internal sealed class Pager(Keyboard keyboard, TextOut output, Func<(int Columns, int Rows)> size)
{
    private const int Sideways = 16;

    private ResultPages _pages = new([], 0, 0, static _ => "");
    private int _top;
    private int _left;
    private string _searched = "";
    private string? _typing;
    private string _told = "";

    public async Task ShowAsync(ResultPages pages, CancellationToken ct)
    {
        (_pages, _top, _left, _searched, _typing, _told) = (pages, 0, 0, "", null, "");
        await output.WriteAsync("\e[?1049h\e[?25l", ct);
        try
        {
            do
            {
                await DrawAsync(ct);
            }
            while (await keyboard.NextAsync(ct) is { } key && !Take(key));
        }
        finally
        {
            await output.WriteAsync("\e[?25h\e[?1049l", ct);
            await output.FlushAsync(ct);
        }
    }

    private int Body => Math.Max(1, size().Rows - _pages.Head.Count - 1);

    private int Last => Math.Max(0, _pages.Count - Body);

    /// <summary>True: it is over.</summary>
    private bool Take(Key key)
    {
        if (_typing is not null)
        {
            Type(key);
            return false;
        }

        _told = "";
        return key.Code == KeyCode.Text ? TakeAll(key.Text) : Do(key.Code == KeyCode.Control ? "^" + key.Text : key.Code.ToString());
    }

    // What is typed ahead comes together, and what comes after the q is for the prompt.
    private bool TakeAll(string letters)
    {
        for (int i = 0; i < letters.Length; i++)
        {
            if (Take(letters[i]))
            {
                if (i + 1 < letters.Length)
                {
                    keyboard.GiveBack(new Key(KeyCode.Text, letters[(i + 1)..]));
                }

                return true;
            }
        }

        return false;
    }

    private bool Take(char letter)
    {
        if (_typing is null)
        {
            return Do(letter.ToString());
        }

        _typing += letter;
        return false;
    }

    private bool Do(string key)
    {
        switch (key)
        {
            case "q" or "Q" or "^c" or "^d" or nameof(KeyCode.Escape):
                return true;
            case " " or "^f" or nameof(KeyCode.PageDown):
                _top += Body;
                break;
            case "b" or "^b" or nameof(KeyCode.PageUp):
                _top -= Body;
                break;
            case "j" or nameof(KeyCode.Down) or nameof(KeyCode.Enter):
                _top++;
                break;
            case "k" or nameof(KeyCode.Up):
                _top--;
                break;
            case "g" or nameof(KeyCode.Home):
                _top = 0;
                break;
            case "G" or nameof(KeyCode.End):
                _top = Last;
                break;
            case "l" or nameof(KeyCode.Right):
                _left += Sideways;
                break;
            case "h" or nameof(KeyCode.Left):
                _left -= Sideways;
                break;
            case "/":
                _typing = "";
                break;
            case "n":
                Find(_top + 1);
                break;
        }

        _top = Math.Clamp(_top, 0, Last);
        _left = Math.Clamp(_left, 0, Math.Max(0, _pages.Width - size().Columns));
        return false;
    }

    private void Type(Key key)
    {
        switch (key.Code)
        {
            case KeyCode.Enter:
                (_searched, _typing) = (_typing!, null);
                Find(_top);
                _top = Math.Clamp(_top, 0, Last);
                break;
            case KeyCode.Text or KeyCode.Paste:
                _typing += key.Text;
                break;
            case KeyCode.Backspace:
                _typing = _typing!.Length > 0 ? _typing[..^1] : null;
                break;
            case KeyCode.Escape or KeyCode.Control:
                _typing = null;
                break;
        }
    }

    private void Find(int from)
    {
        for (int i = from; _searched.Length > 0 && i < _pages.Count; i++)
        {
            if (_pages.Line(i).Contains(_searched, StringComparison.OrdinalIgnoreCase))
            {
                _top = i;
                return;
            }
        }

        _told = $"{Text.Quote(_searched, 40)} is not below. ";
    }

    private async Task DrawAsync(CancellationToken ct)
    {
        int columns = size().Columns;
        StringBuilder screen = new("\e[H\e[2J");
        foreach (string line in _pages.Head)
        {
            screen.Append("\e[1m").Append(Slice(line, _left, columns)).Append("\e[0m\n");
        }

        int shown = Math.Min(Body, _pages.Count - _top);
        for (int i = 0; i < Body; i++)
        {
            screen.Append(i < shown ? Slice(_pages.Line(_top + i), _left, columns) : "").Append('\n');
        }

        string status = _typing is not null ? "/" + Text.Escape(_typing)
            : string.Create(CultureInfo.InvariantCulture, $"{_told}lines {_top + 1}-{_top + shown} of {_pages.Count}   space b j k h l  / n  q");
        screen.Append("\e[7m").Append(Slice(status, 0, columns - 1)).Append("\e[0m");
        await output.WriteAsync(screen.ToString(), ct);
        await output.FlushAsync(ct);
    }

    /// <summary>The cells of a line from one column on. Its escape sequences are ours, and take none.</summary>
    internal static string Slice(string line, int left, int columns)
    {
        StringBuilder slice = new();
        int column = 0;
        for (int at = 0; at < line.Length;)
        {
            if (line[at] == '\e')
            {
                int end = line.IndexOf('m', at) + 1;
                slice.Append(line.AsSpan(at, end - at));
                at = end;
                continue;
            }

            Rune rune = Rune.GetRuneAt(line, at);
            int width = CellWidth.Of(rune);
            if (column >= left && column + width <= left + columns)
            {
                slice.Append(rune);
            }
            else if (column < left && column + width > left)
            {
                slice.Append(' ');
            }

            column += width;
            at += rune.Utf16SequenceLength;
        }

        return slice.ToString();
    }
}
