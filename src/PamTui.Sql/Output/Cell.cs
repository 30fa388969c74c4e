using System.Text;
using PamTui.Core.Model;

namespace PamTui.Sql.Output;

/// <summary>A value as one line of a terminal may hold it.</summary>
internal static class Cell
{
    public const string Null = "NULL";

    /// <summary>On a terminal, to be told from a text that says so. No value of a database holds an escape character.</summary>
    public const string DimNull = "\e[2mNULL\e[0m";

    /// <summary>Line breaks and tabs as programmers write them, everything else that a terminal could obey as <see cref="Text.Escape"/> does.</summary>
    public static string Show(string? value, int max = int.MaxValue)
    {
        if (value is null)
        {
            return Null;
        }

        if (IsPlain(value) && value.Length <= max)
        {
            return value;
        }

        bool isCut = value.Length > max;
        ReadOnlySpan<char> rest = isCut ? value.AsSpan(0, max) : value;
        StringBuilder shown = new();
        while (rest.IndexOfAny('\n', '\r', '\t') is >= 0 and int at)
        {
            shown.Append(Text.Escape(rest[..at].ToString(), int.MaxValue)).Append(rest[at] switch { '\n' => "\\n", '\r' => "\\r", _ => "\\t" });
            rest = rest[(at + 1)..];
        }

        return shown.Append(Text.Escape(rest.ToString(), int.MaxValue)).Append(isCut ? "…" : "").ToString();
    }

    private static bool IsPlain(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
