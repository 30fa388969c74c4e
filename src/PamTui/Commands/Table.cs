using System.Text;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>Aligned plain text: a line of column names, a line a row, two spaces between. Every cell is escaped here, so that no name can move the cursor.</summary>
internal sealed class Table(params string[] columns)
{
    private const int Gap = 2;

    private readonly List<string[]> _rows = [];

    public void Add(params ReadOnlySpan<string?> cells)
    {
        string[] row = new string[columns.Length];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = i < cells.Length && cells[i] is { Length: > 0 } cell ? Text.Escape(cell, 512) : "-";
        }

        _rows.Add(row);
    }

    public void Write(TextWriter output)
    {
        int[] widths = [.. columns.Select((name, i) => Math.Max(name.Length, _rows.Count == 0 ? 0 : _rows.Max(row => CellWidth.Of(row[i]))))];
        WriteRow(output, [.. columns.Select(name => name.ToUpperInvariant())], widths);
        foreach (string[] row in _rows)
        {
            WriteRow(output, row, widths);
        }
    }

    /// <summary>"Label   value" lines of one thing.</summary>
    public static void WriteFields(TextWriter output, params ReadOnlySpan<(string Label, string? Value)> fields)
    {
        int width = 0;
        foreach ((string label, _) in fields)
        {
            width = Math.Max(width, label.Length);
        }

        foreach ((string label, string? value) in fields)
        {
            output.WriteLine(label.PadRight(width + Gap) + (value is { Length: > 0 } ? Text.Escape(value, 2048) : "-"));
        }
    }

    private static void WriteRow(TextWriter output, string[] cells, int[] widths)
    {
        StringBuilder line = new();
        for (int i = 0; i < cells.Length; i++)
        {
            line.Append(cells[i]);
            if (i + 1 < cells.Length)
            {
                line.Append(' ', widths[i] - CellWidth.Of(cells[i]) + Gap);
            }
        }

        output.WriteLine(line.ToString());
    }
}
