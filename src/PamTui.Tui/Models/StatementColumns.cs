using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Statements;

namespace PamTui.Tui.Models;

/// <summary>What a list of statements can show, and one of them to be read whole.</summary>
internal static class StatementColumns
{
    private const int MaxCell = 512;

    public static IReadOnlyList<ListColumn<LoggedStatement>> All { get; } =
    [
        new("no", 7, 0, static row => new Span(row.Number.ToString(CultureInfo.InvariantCulture))) { IsFixed = true },
        new("at (UTC)", 12, 0, static row => new Span(row.Statement.At.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), Tone.Dim)),
        new("took", 8, 0, static row => new Span(StatementText.Took(row.Statement), Tone.Dim)) { Right = true },
        new("result", 11, 0, static row => new Span(StatementText.Outcome(row.Statement), row.Statement.ErrorCode is null ? Tone.Normal : Tone.Bad)),
        new("statement", 20, 4, static row => new Span(StatementText.Line(row.Statement, MaxCell))),
        new("values", 10, 1, static row => new Span(StatementText.Values(row.Statement, MaxCell), Tone.Dim)),
    ];

    public static IReadOnlyList<StyledLine> Whole(LoggedStatement logged)
    {
        Statement statement = logged.Statement;
        string outcome = StatementText.Outcome(statement) is { Length: > 0 } said ? ", " + said : "";
        List<StyledLine> lines =
        [
            StyledLine.Of($"{statement.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)} UTC, {StatementText.Took(statement)}{outcome}", statement.ErrorCode is null ? Tone.Dim : Tone.Bad),
            StyledLine.Blank,
            .. statement.Text.Split('\n').Select(static line => StyledLine.Of(Text.Escape(line.Replace("\t", "    ", StringComparison.Ordinal).TrimEnd('\r'), Statement.MaxText))),
        ];
        if (statement.Truncated)
        {
            lines.Add(StyledLine.Of("The rest of the text was not kept.", Tone.Warn));
        }

        if (statement.Values.Count > 0)
        {
            lines.Add(StyledLine.Blank);
            lines.AddRange(statement.Values.Select(static (value, at) => new StyledLine(
                new Span(string.Create(CultureInfo.InvariantCulture, $"${at + 1}  "), Tone.Dim), new Span(value.ToString(), value.Kind == StatementValueKind.Null ? Tone.Dim : Tone.Normal))));
        }

        return lines;
    }
}
