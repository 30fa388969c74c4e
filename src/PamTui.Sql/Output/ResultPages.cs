using System.Globalization;
using PamTui.Core.Model;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>A held result as lines, which are made when they are looked at.</summary>
/// <param name="Head">What stays on top.</param>
/// <param name="Line">The footer is the last.</param>
internal sealed record ResultPages(IReadOnlyList<string> Head, int Count, int Width, Func<int, string> Line)
{
    public static ResultPages Table(IReadOnlyList<SqlColumn> columns, IReadOnlyList<string?[]> rows, string footer)
    {
        TableLayout layout = new(columns, coloured: true);
        foreach (string?[] row in rows)
        {
            layout.Fit(row);
        }

        return new ResultPages([layout.Head(), layout.Rule()], rows.Count + 1, layout.Width, line => line < rows.Count ? layout.Row(rows[line]) : footer);
    }

    public static ResultPages Expanded(IReadOnlyList<SqlColumn> columns, IReadOnlyList<string?[]> rows, string footer)
    {
        string[] names = [.. columns.Select(column => Cell.Show(column.Name))];
        int width = names.Select(name => CellWidth.Of(name)).DefaultIfEmpty().Max();
        int widest = rows.SelectMany(row => row).Select(cell => CellWidth.Of(cell ?? Cell.Null)).DefaultIfEmpty().Max();
        int each = names.Length + 1;
        return new ResultPages([], (rows.Count * each) + 1, width + 3 + widest, line =>
        {
            (int row, int part) = (line / each, (line % each) - 1);
            if (row == rows.Count)
            {
                return footer;
            }

            return part < 0
                ? string.Create(CultureInfo.InvariantCulture, $"-[ RECORD {row + 1} ]").PadRight(width + 3, '-')
                : names[part] + new string(' ', width - CellWidth.Of(names[part])) + " | " + (rows[row][part] ?? Cell.DimNull);
        });
    }
}
