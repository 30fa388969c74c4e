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

    // The quote is doubled inside, so that a value cannot end itself and forge the next pair (E3).
    private static string Quoted(string value)
    {
        string escaped = Text.Escape(value, MaxValue);
        return escaped.Length > 0 && escaped.All(c => !char.IsWhiteSpace(c) && c is not ('\'' or '='))
            ? escaped
            : "'" + escaped.Replace("'", "''", StringComparison.Ordinal) + "'";
    }
}
