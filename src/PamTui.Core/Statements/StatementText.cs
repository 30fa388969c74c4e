using System.Globalization;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Statements;

/// <summary>A statement as it is shown to people: one line each, escaped.</summary>
public static class StatementText
{
    /// <summary>The statement's text with its line breaks and runs of blanks as one blank.</summary>
    public static string Line(Statement statement, int max)
    {
        // What is cut off is not read either.
        ReadOnlySpan<char> text = statement.Text.AsSpan(0, Math.Min(statement.Text.Length, 4 * max)).Trim();
        StringBuilder line = new(text.Length);
        foreach (char c in text)
        {
            if (c is not (' ' or '\t' or '\r' or '\n'))
            {
                line.Append(c);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return Text.Escape(line.ToString(), max) + (statement.Truncated ? " (cut)" : "");
    }

    /// <summary>"$1 = 'text', $2 = NULL"; empty: there are none.</summary>
    public static string Values(Statement statement, int max)
    {
        StringBuilder line = new();
        for (int i = 0; i < statement.Values.Count && line.Length < max; i++)
        {
            line.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}${i + 1} = {statement.Values[i]}");
        }

        return line.Length > max ? string.Concat(line.ToString().AsSpan(0, max), "…") : line.ToString();
    }

    /// <summary>"3 rows", "error 42501"; empty: the database said nothing.</summary>
    public static string Outcome(Statement statement) => statement switch
    {
        { ErrorCode: { } code } => "error " + Text.Escape(code),
        { Rows: 1 } => "1 row",
        { Rows: { } rows } => string.Create(CultureInfo.InvariantCulture, $"{rows} rows"),
        _ => "",
    };

    /// <summary>"0.25 ms", "12 ms", "3.4 s".</summary>
    public static string Took(Statement statement) => statement.Duration switch
    {
        { TotalMilliseconds: < 10 } shorter => string.Create(CultureInfo.InvariantCulture, $"{shorter.TotalMilliseconds:0.##} ms"),
        { TotalSeconds: < 1 } some => string.Create(CultureInfo.InvariantCulture, $"{some.TotalMilliseconds:0} ms"),
        var longer => string.Create(CultureInfo.InvariantCulture, $"{longer.TotalSeconds:0.0} s"),
    };

    /// <summary>What is to be said about a log besides its statements; null: nothing.</summary>
    public static string? Note(SessionRecord session, StatementSummary summary) => summary switch
    {
        { Removed: { } at } => $"The {summary.Statements} statements went at {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC to make room (Statements:TotalMegabytes).",
        { IsWhole: false } when session.Ended is not null => "The gateway stopped before the log was closed: statements of the session's last second may be missing.",
        _ => null,
    };
}
