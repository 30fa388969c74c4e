using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Sql.Output;

namespace PamTui.Sql.Prompt;

/// <summary>Asks for a line at the bottom of what is on the terminal, and redraws it where it stands at every key.</summary>
/// <param name="aside">Waits for something to be shown above the line.</param>
internal sealed class LineEditor(Keyboard keyboard, TextOut output, Func<(int Columns, int Rows)> size, History history, Completer completer, Func<CancellationToken, Task<string>> aside)
{
    private readonly EditBuffer _buffer = new();
    private string _prompt = "";
    private readonly List<int> _above = [];
    private int _cursorRow;
    private int _cursorColumn;
    private int _columns;
    private int _at;
    private string _draft = "";
    private string? _searched;

    /// <summary>The line; empty and <see cref="Interrupted"/>: Ctrl-C; null: Ctrl-D on an empty line, or the terminal is gone.</summary>
    public async Task<string?> ReadAsync(string prompt, CancellationToken ct)
    {
        (_prompt, _at, _draft, _searched, Interrupted, _cursorRow, _cursorColumn) = (prompt, history.Count, "", null, false, 0, 0);
        _buffer.Set("");
        await output.WriteAsync("\e[?2004h", ct);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        CancellationTokenSource quiet = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<string> said = aside(quiet.Token);
        Task<Key?> next = keyboard.NextAsync(stop.Token);
        try
        {
            while (true)
            {
                await DrawAsync(ct);
                if (await Task.WhenAny(next, said) == said)
                {
                    string words = await said;
                    await EraseAsync(ct);
                    await output.WriteAsync(words, ct);
                    said = aside(quiet.Token);
                    continue;
                }

                Key? key = await next;
                if (key is null || (key.Value.IsControl('d') && _buffer.Elements.Count == 0))
                {
                    await output.LineAsync("", ct);
                    return null;
                }

                if (key.Value.IsControl('c'))
                {
                    await LeaveAsync("^C", ct);
                    Interrupted = true;
                    return "";
                }

                // To complete, the database may be asked: nobody else listens to it meanwhile.
                bool asks = key.Value.Code == KeyCode.Tab;
                if (asks)
                {
                    await quiet.CancelAsync();
                    await ((Task)said).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                if (await TakeAsync(key.Value, ct))
                {
                    await LeaveAsync("", ct);
                    return _buffer.Text;
                }

                next = keyboard.NextAsync(stop.Token);
                if (asks)
                {
                    quiet.Dispose();
                    quiet = CancellationTokenSource.CreateLinkedTokenSource(ct);
                    said = aside(quiet.Token);
                }
            }
        }
        finally
        {
            await output.WriteAsync("\e[?2004l", ct);
            await output.FlushAsync(ct);
            await stop.CancelAsync();
            await quiet.CancelAsync();
            await ((Task)said).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            quiet.Dispose();
        }
    }

    public bool Interrupted { get; private set; }

    /// <summary>True: the line is entered.</summary>
    private async Task<bool> TakeAsync(Key key, CancellationToken ct)
    {
        if (_searched is not null && Search(key))
        {
            return false;
        }

        switch (key)
        {
            case { Code: KeyCode.Enter }:
                return true;
            case { Code: KeyCode.Text or KeyCode.Paste }:
                _buffer.Insert(key.Text);
                break;
            case { Code: KeyCode.Tab }:
                await CompleteAsync(ct);
                break;
            case { Code: KeyCode.Up } or { Code: KeyCode.Control, Text: "p" }:
                Recall(-1);
                break;
            case { Code: KeyCode.Down } or { Code: KeyCode.Control, Text: "n" }:
                Recall(1);
                break;
            case { Code: KeyCode.Control, Text: "r" }:
                (_searched, _draft, _at) = ("", _buffer.Text, history.Count);
                break;
            case { Code: KeyCode.Control, Text: "l" }:
                await output.WriteAsync("\e[2J\e[H", ct);
                (_cursorRow, _cursorColumn) = (0, 0);
                break;
            default:
                Edit(key);
                break;
        }

        return false;
    }

    private void Edit(Key key)
    {
        switch (key.Code == KeyCode.Control ? key.Text : key.Code.ToString())
        {
            case "a" or nameof(KeyCode.Home):
                _buffer.MoveToStart();
                break;
            case "e" or nameof(KeyCode.End):
                _buffer.MoveToEnd();
                break;
            case "b" or nameof(KeyCode.Left):
                _buffer.Move(-1);
                break;
            case "f" or nameof(KeyCode.Right):
                _buffer.Move(1);
                break;
            case nameof(KeyCode.WordLeft):
                _buffer.MoveByWord(-1);
                break;
            case nameof(KeyCode.WordRight):
                _buffer.MoveByWord(1);
                break;
            case nameof(KeyCode.Backspace):
                _buffer.Delete(-1);
                break;
            case "d" or nameof(KeyCode.Delete):
                _buffer.Delete(1);
                break;
            case "u":
                _buffer.CutToStart();
                break;
            case "k":
                _buffer.CutToEnd();
                break;
            case "w":
                _buffer.CutWord();
                break;
            case "y":
                _buffer.Yank();
                break;
        }
    }

    private void Recall(int by)
    {
        int to = Math.Clamp(_at + by, 0, history.Count);
        if (to == _at)
        {
            return;
        }

        _draft = _at == history.Count ? _buffer.Text : _draft;
        _at = to;
        _buffer.Set(to == history.Count ? _draft : history[to]);
    }

    /// <summary>False: the search is over, and the key is the line's.</summary>
    private bool Search(Key key)
    {
        int from = _at;
        switch (key)
        {
            case { Code: KeyCode.Text }:
                _searched += key.Text;
                from = Math.Min(_at + 1, history.Count);
                break;
            case { Code: KeyCode.Backspace }:
                _searched = _searched!.Length > 0 ? _searched[..^1] : "";
                from = history.Count;
                break;
            case { Code: KeyCode.Control, Text: "r" }:
                break;
            case { Code: KeyCode.Redraw }:
                return true;
            case { Code: KeyCode.Escape } or { Code: KeyCode.Control, Text: "g" }:
                _searched = null;
                _buffer.Set(_draft);
                return true;
            default:
                _searched = null;
                return false;
        }

        if (_searched is { Length: > 0 } searched && history.Find(searched, from) is { } found)
        {
            _at = found;
            _buffer.Set(history[found]);
        }

        return true;
    }

    private async Task CompleteAsync(CancellationToken ct)
    {
        (int length, IReadOnlyList<string> candidates) = await completer.CompleteAsync(_buffer.BeforeCursor, ct);
        if (candidates.Count == 0)
        {
            return;
        }

        string common = candidates.Aggregate(Completer.Common);
        if (common.Length > length || candidates.Count == 1)
        {
            _buffer.Replace(length, candidates.Count == 1 ? common + (common.EndsWith('.') ? "" : " ") : common);
            return;
        }

        await EraseAsync(ct);
        const int most = 60;
        string more = candidates.Count > most ? string.Create(CultureInfo.InvariantCulture, $"  … {candidates.Count - most} more") : "";
        await output.LineAsync(string.Join("  ", candidates.Take(most).Select(candidate => Cell.Show(candidate))) + more, ct);
    }

    /// <summary>Below the line, which stays.</summary>
    private async Task LeaveAsync(string mark, CancellationToken ct)
    {
        _buffer.MoveToEnd();
        await DrawAsync(ct);
        await output.LineAsync(mark, ct);
        await output.FlushAsync(ct);
    }

    private async Task EraseAsync(CancellationToken ct)
    {
        await output.WriteAsync(Up(_cursorRow) + "\r\e[J", ct);
        (_cursorRow, _cursorColumn) = (0, 0);
    }

    private async Task DrawAsync(CancellationToken ct)
    {
        int columns = Math.Max(2, size().Columns);
        Resized(columns);
        string prompt = _searched is null ? _prompt : $"(search '{Text.Escape(_searched)}') ";
        StringBuilder drawn = new StringBuilder(Up(_cursorRow)).Append("\r\e[J").Append(prompt);
        int indent = CellWidth.Of(prompt);
        (int row, int column) = (indent / columns, indent % columns);
        (int cursorRow, int cursorColumn) = (row, column);
        _above.Clear();
        _above.AddRange(Enumerable.Repeat(columns, row));
        for (int i = 0; i < _buffer.Elements.Count; i++)
        {
            string element = _buffer.Elements[i];
            if (element == "\n")
            {
                drawn.Append('\n');
                _above.Add(column);
                (row, column) = (row + 1, 0);
            }
            else
            {
                string shown = Text.Escape(element, int.MaxValue);
                int width = CellWidth.Of(shown);
                if (column + width > columns)
                {
                    drawn.Append('\n');
                    _above.Add(column);
                    (row, column) = (row + 1, 0);
                }

                drawn.Append(shown);
                column += width;
            }

            if (i + 1 == _buffer.Cursor)
            {
                (cursorRow, cursorColumn) = (row, column);
            }
        }

        // At the edge terminals differ in where the cursor is; so it is led below.
        if (column >= columns)
        {
            drawn.Append('\n');
            _above.Add(column);
            (row, column) = (row + 1, 0);
        }

        if (cursorColumn >= columns)
        {
            (cursorRow, cursorColumn) = (cursorRow + 1, 0);
        }

        drawn.Append(Up(row - cursorRow)).Append('\r').Append(cursorColumn > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{cursorColumn}C") : "");
        (_cursorRow, _cursorColumn) = (cursorRow, cursorColumn);
        await output.WriteAsync(drawn.ToString(), ct);
        await output.FlushAsync(ct);
    }

    // A terminal that became narrower has broken the rows that did not fit any more, and the cursor is so much further down.
    private void Resized(int columns)
    {
        if (columns < _columns && _cursorRow <= _above.Count)
        {
            _cursorRow = _above.Take(_cursorRow).Sum(used => Math.Max(1, (used + columns - 1) / columns)) + (_cursorColumn / columns);
        }

        _columns = columns;
    }

    private static string Up(int rows) => rows > 0 ? string.Create(CultureInfo.InvariantCulture, $"\e[{rows}A") : "";
}
