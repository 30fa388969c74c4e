using System.Globalization;
using System.Text.Json;
using PamTui.Core.Statements;

namespace PamTui.Commands;

/// <summary>How statements look with --json; the names are for scripts and do not change.</summary>
internal static class StatementShapes
{
    public static void Write(Utf8JsonWriter json, LoggedStatement logged)
    {
        Statement statement = logged.Statement;
        json.WriteStartObject();
        json.WriteNumber("number", logged.Number);
        json.WriteString("at", statement.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
        json.WriteNumber("milliseconds", statement.Duration.TotalMilliseconds);
        json.WriteString("text", statement.Text);
        json.WriteBoolean("truncated", statement.Truncated);
        json.WriteStartArray("values");
        foreach (StatementValue value in statement.Values)
        {
            Write(json, value);
        }

        json.WriteEndArray();
        if (statement.Rows is { } rows)
        {
            json.WriteNumber("rows", rows);
        }
        else
        {
            json.WriteNull("rows");
        }

        json.WriteString("error", statement.ErrorCode);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, StatementSummary summary)
    {
        json.WriteStartObject();
        json.WriteNumber("count", summary.Statements);
        json.WriteNumber("errors", summary.Errors);
        json.WriteNumber("bytes", summary.Bytes);
        json.WriteBoolean("whole", summary.IsWhole);
        json.WriteString("removed", Shapes.Time(summary.Removed));
        json.WriteEndObject();
    }

    // null, a whole text as itself, and else what there is of it and how long it was.
    private static void Write(Utf8JsonWriter json, StatementValue value)
    {
        if (value.Kind == StatementValueKind.Null)
        {
            json.WriteNullValue();
            return;
        }

        if (value is { Kind: StatementValueKind.Text, IsCut: false })
        {
            json.WriteStringValue(value.Text);
            return;
        }

        json.WriteStartObject();
        if (value.Kind == StatementValueKind.Text)
        {
            json.WriteString("text", value.Text);
        }
        else
        {
            json.WriteBase64String("base64", value.Bytes.Span);
        }

        json.WriteNumber("length", value.Length);
        json.WriteEndObject();
    }
}
