using System.Text;
using PamTui.Core.Model;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>How wide each column of a table is, and its lines as psql draws them.</summary>
internal sealed class TableLayout(IReadOnlyList<SqlColumn> columns, bool coloured)
{
    private readonly string[] _names = [.. columns.Select(column => Cell.Show(column.Name))];
    private readonly int[] _widths = [.. columns.Select(column => CellWidth.Of(Cell.Show(column.Name)))];

    public int Width => _widths.Sum() + (3 * _widths.Length) - 1;

    /// <param name="shown">One row's cells; null: NULL.</param>
    public void Fit(IReadOnlyList<string?> shown)
    {
        for (int i = 0; i < _widths.Length; i++)
        {
            _widths[i] = Math.Max(_widths[i], CellWidth.Of(shown[i] ?? Cell.Null));
        }
    }

    public string Head()
    {
        StringBuilder line = new();
        for (int i = 0; i < _names.Length; i++)
        {
            int blanks = _widths[i] - CellWidth.Of(_names[i]);
            line.Append(i == 0 ? " " : "| ").Append(' ', blanks / 2).Append(_names[i]).Append(' ', blanks - (blanks / 2) + 1);
        }

        return line.ToString().TrimEnd();
    }

    public string Rule() => string.Join('+', _widths.Select(width => new string('-', width + 2)));

    public string Row(IReadOnlyList<string?> shown)
    {
        StringBuilder line = new();
        for (int i = 0; i < shown.Count; i++)
        {
            int blanks = Math.Max(0, _widths[i] - CellWidth.Of(shown[i] ?? Cell.Null));
            bool isNumber = columns[i].Type == SqlType.Number;
            line.Append(i == 0 ? " " : "| ").Append(' ', isNumber ? blanks : 0).Append(shown[i] ?? (coloured ? Cell.DimNull : Cell.Null)).Append(' ', isNumber ? 1 : blanks + 1);
        }

        return line.ToString().TrimEnd();
    }
}
