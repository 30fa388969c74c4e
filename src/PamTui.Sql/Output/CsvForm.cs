using System.Buffers;
using System.Text;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>RFC 4180 with a head. NULL is an empty field, and an empty text a quoted one, as COPY has them. On a terminal values are escaped.</summary>
internal sealed class CsvForm(TextOut output, bool onTerminal) : IResultForm
{
    private static readonly SearchValues<char> s_quoted = SearchValues.Create(",\"\r\n");

    public ValueTask HeadAsync(IReadOnlyList<SqlColumn> columns, CancellationToken ct) => LineAsync(columns.Select(column => (string?)column.Name), ct);

    public ValueTask RowAsync(IReadOnlyList<string?> values, CancellationToken ct) => LineAsync(values, ct);

    public ValueTask EndAsync(bool failed, CancellationToken ct) => ValueTask.CompletedTask;

    private ValueTask LineAsync(IEnumerable<string?> values, CancellationToken ct) =>
        output.LineAsync(new StringBuilder().AppendJoin(',', values.Select(FieldOf)).ToString(), ct);

    private string FieldOf(string? value)
    {
        string field = value is null ? "" : onTerminal ? Cell.Show(value) : value;
        return value is not null && (field.Length == 0 || field.AsSpan().ContainsAny(s_quoted)) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }
}
