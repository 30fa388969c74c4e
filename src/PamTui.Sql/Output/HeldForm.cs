using System.Globalization;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>
/// Holds a result for a terminal: one that fits the screen is written at its end, a larger one waits for the pager. What is more than a person
/// reads is counted, not held.
/// </summary>
internal sealed class HeldForm(TextOut output, Func<(int Columns, int Rows)> size, bool expanded) : IResultForm
{
    public const int MostRows = 10_000;
    private const int MostChars = 8 * 1024 * 1024;

    /// <summary>What a cell takes beside its characters, in characters: a row may be all NULLs.</summary>
    private const int CellCost = 16;
    private const int MaxShown = 4096;

    private readonly List<ResultPages> _large = [];
    private List<string?[]> _held = [];
    private IReadOnlyList<SqlColumn> _columns = [];
    private int _chars;
    private long _rows;

    /// <summary>What did not fit.</summary>
    public IReadOnlyList<ResultPages> Large => _large;

    public ValueTask HeadAsync(IReadOnlyList<SqlColumn> columns, CancellationToken ct)
    {
        (_columns, _held, _chars, _rows) = (columns, [], 0, 0);
        return ValueTask.CompletedTask;
    }

    public ValueTask RowAsync(IReadOnlyList<string?> values, CancellationToken ct)
    {
        _rows++;
        if (_held.Count < MostRows && _chars < MostChars)
        {
            string?[] shown = [.. values.Select(value => value is null ? null : Cell.Show(value, MaxShown))];
            _chars += shown.Sum(cell => CellCost + (cell?.Length ?? 0));
            _held.Add(shown);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask EndAsync(bool failed, CancellationToken ct)
    {
        if (failed && _rows == 0)
        {
            return;
        }

        string footer = _rows == _held.Count
            ? string.Create(CultureInfo.InvariantCulture, $"({_rows} {(_rows == 1 ? "row" : "rows")})")
            : string.Create(CultureInfo.InvariantCulture, $"({_rows} rows, of which the first {_held.Count} are shown: ask for fewer, or \\export in a script)");
        ResultPages pages = expanded ? ResultPages.Expanded(_columns, _held, footer) : ResultPages.Table(_columns, _held, footer);
        _held = [];
        (int columns, int rows) = size();
        if (pages.Head.Count + pages.Count > rows - 1 || pages.Width > columns)
        {
            _large.Add(pages);
            return;
        }

        foreach (string line in pages.Head.Concat(Enumerable.Range(0, pages.Count).Select(pages.Line)))
        {
            await output.LineAsync(line, ct);
        }

        await output.LineAsync("", ct);
    }
}
