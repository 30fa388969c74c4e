using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PamTui.Core.Model;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>An array with an object for each row, a row a line. Numbers and booleans of the database are such; the rest is text.</summary>
internal sealed class JsonForm(TextOut output, bool onTerminal) : IResultForm
{
    private IReadOnlyList<SqlColumn> _columns = [];
    private string[] _names = [];
    private bool _follows;

    public ValueTask HeadAsync(IReadOnlyList<SqlColumn> columns, CancellationToken ct)
    {
        (_columns, _names, _follows) = (columns, [.. columns.Select(column => Quoted(column.Name))], false);
        return output.WriteAsync("[", ct);
    }

    public ValueTask RowAsync(IReadOnlyList<string?> values, CancellationToken ct)
    {
        StringBuilder line = new(_follows ? ",\n{" : "\n{");
        _follows = true;
        for (int i = 0; i < values.Count; i++)
        {
            line.Append(i == 0 ? "" : ",").Append(_names[i]).Append(':').Append(ValueOf(values[i], _columns[i].Type));
        }

        return output.WriteAsync(line.Append('}').ToString(), ct);
    }

    public ValueTask EndAsync(bool failed, CancellationToken ct) => output.WriteAsync(_follows ? "\n]\n" : "]\n", ct);

    private string ValueOf(string? value, SqlType type) => value switch
    {
        null => "null",
        _ when type == SqlType.Number && IsNumber(value) => value,
        "t" when type == SqlType.Boolean => "true",
        "f" when type == SqlType.Boolean => "false",
        _ => Quoted(value),
    };

    // NaN and Infinity are numbers to a database alone; ZEROFILL of MySQL is one to nobody else.
    private static bool IsNumber(string value)
    {
        Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(value));
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private string Quoted(string text)
    {
        string quoted = JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        return "\"" + (onTerminal ? Text.Escape(quoted, int.MaxValue) : quoted) + "\"";
    }
}
