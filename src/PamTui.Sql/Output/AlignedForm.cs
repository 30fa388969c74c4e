using System.Globalization;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>
/// A table as wide as its first rows ask for, which are held for that; what follows is written as it comes, so that a result of any length
/// takes no more memory.
/// </summary>
internal sealed class AlignedForm(TextOut output, bool onTerminal) : IResultForm
{
    private const int HeldRows = 1000;
    private const int HeldChars = 1024 * 1024;

    /// <summary>What a cell takes beside its characters, in characters: a row may be all NULLs.</summary>
    private const int CellCost = 16;

    /// <summary>Of one value on a terminal; a file may want all of it.</summary>
    private const int MaxShown = 4096;

    private readonly List<string?[]> _held = [];
    private TableLayout _layout = new([], coloured: false);
    private int _chars;
    private long _rows;
    private bool _streams;

    public ValueTask HeadAsync(IReadOnlyList<SqlColumn> columns, CancellationToken ct)
    {
        (_layout, _chars, _rows, _streams) = (new TableLayout(columns, onTerminal), 0, 0, false);
        _held.Clear();
        return ValueTask.CompletedTask;
    }

    public async ValueTask RowAsync(IReadOnlyList<string?> values, CancellationToken ct)
    {
        string?[] shown = [.. values.Select(value => value is null ? null : Cell.Show(value, onTerminal ? MaxShown : int.MaxValue))];
        _rows++;
        if (_streams)
        {
            await output.LineAsync(_layout.Row(shown), ct);
            return;
        }

        _held.Add(shown);
        _chars += shown.Sum(cell => CellCost + (cell?.Length ?? 0));
        if (_held.Count >= HeldRows || _chars >= HeldChars)
        {
            await ReleaseAsync(ct);
        }
    }

    public async ValueTask EndAsync(bool failed, CancellationToken ct)
    {
        if (failed && _rows == 0)
        {
            return;
        }

        if (!_streams)
        {
            await ReleaseAsync(ct);
        }

        await output.LineAsync(Footer(_rows), ct);
    }

    public static string Footer(long rows) => string.Create(CultureInfo.InvariantCulture, $"({rows} {(rows == 1 ? "row" : "rows")})\n");

    private async ValueTask ReleaseAsync(CancellationToken ct)
    {
        _streams = true;
        _held.ForEach(_layout.Fit);
        await output.LineAsync(_layout.Head(), ct);
        await output.LineAsync(_layout.Rule(), ct);
        foreach (string?[] row in _held)
        {
            await output.LineAsync(_layout.Row(row), ct);
        }

        _held.Clear();
    }
}
