using System.Globalization;
using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Audit;

/// <summary>"key=value key='two words'": what an audit row says beyond its target. Everything is escaped here, once.</summary>
public static class AuditDetails
{
    /// <summary>The longest text of one row.</summary>
    public const int MaxLength = 4096;

    private const int MaxValue = 1024;

    /// <summary>The pairs whose value is not null, in the order given. Never pass a secret.</summary>
    public static string Of(params ReadOnlySpan<(string Key, string? Value)> pairs)
    {
        StringBuilder text = new();
        foreach ((string key, string? value) in pairs)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{Text.Escape(key)}={Quoted(value)}");
            }
        }

        return text.Length <= MaxLength ? text.ToString() : text.ToString(0, MaxLength - 1) + "…";
    }

    /// <summary>The pairs of a row's details, their values as they were escaped; a text that was cut off ends with what is left of its last value.</summary>
    public static IReadOnlyDictionary<string, string> Read(string details)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        for (int at = 0; at < details.Length;)
        {
            int split = details.IndexOf('=', at);
            if (split < 0)
            {
                break;
            }

            string key = details[at..split];
            at = split + 1;
            StringBuilder value = new();
            if (at < details.Length && details[at] == '\'')
            {
                for (at++; at < details.Length && (details[at] != '\'' || (at + 1 < details.Length && details[at + 1] == '\'')); at++)
                {
                    at += details[at] == '\'' ? 1 : 0;
                    value.Append(details[at]);
                }

                at++;
            }
            else
            {
                int end = details.IndexOf(' ', at);
                end = end < 0 ? details.Length : end;
                value.Append(details, at, end - at);
                at = end;
            }

            pairs[key] = value.ToString();
            at++;
        }

        return pairs;
    }

    // The quote is doubled inside, so that a value cannot end itself and forge the next pair (E3).
    private static string Quoted(string value)
    {
        string escaped = Text.Escape(value, MaxValue);
        return escaped.Length > 0 && escaped.All(c => !char.IsWhiteSpace(c) && c is not ('\'' or '='))
            ? escaped
            : "'" + escaped.Replace("'", "''", StringComparison.Ordinal) + "'";
    }
}
