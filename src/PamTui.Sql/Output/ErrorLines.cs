using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Sql.Wire;

namespace PamTui.Sql.Output;

/// <summary>An error, or a notice, as psql and mysql say it, with a mark under the place of it.</summary>
internal static class ErrorLines
{
    /// <summary>Of the statement's line, on each side of the place.</summary>
    private const int Around = 36;

    /// <summary>Bounds what a server says of one error.</summary>
    private const int MaxWords = 8192;

    public static string Of(SqlError error, string statement)
    {
        // MySQL's numbers are what people look for; PostgreSQL's people know by its words.
        string severity = Text.Escape(error.Severity, 32);
        StringBuilder lines = new(error.Code.Contains('(', StringComparison.Ordinal) ? $"{severity} {Text.Escape(error.Code, 32)}: " : severity + ":  ");
        lines.Append(Words(error.Message)).Append('\n');
        if (error.Position is { } position)
        {
            lines.Append(Place(statement, position));
        }

        Append(lines, "DETAIL", error.Detail);
        Append(lines, "HINT", error.Hint);
        Append(lines, "CONTEXT", error.Where);
        return lines.ToString();
    }

    private static void Append(StringBuilder lines, string label, string? words)
    {
        if (words is not null)
        {
            lines.Append(label).Append(":  ").Append(Words(words)).Append('\n');
        }
    }

    // The server's lines stay lines; each is escaped.
    private static string Words(string words) => string.Join('\n', words.ReplaceLineEndings("\n").Split('\n').Select(line => Cell.Show(line, MaxWords)));

    private static string Place(string statement, int position)
    {
        int at = 0;
        for (int i = 1; i < position && at < statement.Length; i++)
        {
            at += char.IsHighSurrogate(statement[at]) && at + 1 < statement.Length ? 2 : 1;
        }

        int start = at == 0 ? 0 : statement.LastIndexOf('\n', at - 1) + 1;
        int end = statement.IndexOf('\n', at) is >= 0 and int newline ? newline : statement.Length;
        int number = statement.AsSpan(0, start).Count('\n') + 1;
        string before = Cell.Show(statement[start..at].Replace('\t', ' '));
        string after = Cell.Show(statement[at..end].Replace('\t', ' '));
        string label = string.Create(CultureInfo.InvariantCulture, $"LINE {number}: ");
        before = before.Length > Around ? "…" + before[^Around..] : before;
        after = after.Length > Around ? after[..Around] + "…" : after;
        return $"{label}{before}{after}\n{new string(' ', label.Length + CellWidth.Of(before))}^\n";
    }
}
