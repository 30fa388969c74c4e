using System.Globalization;
using PamTui.Core.Model;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>A line for each value, for rows that are too wide: `\x`.</summary>
internal sealed class ExpandedForm(TextOut output, bool onTerminal) : IResultForm
{
    private string[] _names = [];
    private int _width;
    private long _rows;

    public ValueTask HeadAsync(IReadOnlyList<SqlColumn> columns, CancellationToken ct)
    {
        _names = [.. columns.Select(column => Cell.Show(column.Name))];
        _width = _names.Select(name => CellWidth.Of(name)).DefaultIfEmpty().Max();
        _rows = 0;
        return ValueTask.CompletedTask;
    }

    public async ValueTask RowAsync(IReadOnlyList<string?> values, CancellationToken ct)
    {
        string title = string.Create(CultureInfo.InvariantCulture, $"-[ RECORD {++_rows} ]");
        await output.LineAsync(title + new string('-', Math.Max(0, _width + 3 - title.Length)), ct);
        for (int i = 0; i < values.Count; i++)
        {
            await output.LineAsync($"{_names[i]}{new string(' ', _width - CellWidth.Of(_names[i]))} | {(values[i] is null && onTerminal ? Cell.DimNull : Cell.Show(values[i]))}", ct);
        }
    }

    public ValueTask EndAsync(bool failed, CancellationToken ct) => failed && _rows == 0 ? ValueTask.CompletedTask : output.LineAsync(AlignedForm.Footer(_rows), ct);
}
