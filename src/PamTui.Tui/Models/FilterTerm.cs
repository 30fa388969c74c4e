using System.Text;

namespace PamTui.Tui.Models;

/// <summary>The term at the end of a filter that is being typed: a key that is begun, or a key with the beginning of its value.</summary>
/// <param name="Begin">Where it begins, behind a bracket or the sign for "not".</param>
/// <param name="Key">Without quotes.</param>
/// <param name="ValueBegin">Behind the operator; null: there is none yet.</param>
/// <param name="Value">Without quotes.</param>
internal sealed record FilterTerm(int Begin, string Key, bool IsKeyQuoted, int? ValueBegin, string Value)
{
    /// <returns>Of a text that ends between two terms, an empty one.</returns>
    public static FilterTerm Last(string typed)
    {
        int begin = 0;
        int? value = null;
        bool isQuoted = false;
        for (int at = 0; at < typed.Length; at++)
        {
            char c = typed[at];
            if (isQuoted)
            {
                at += c == '\\' ? 1 : 0;
                isQuoted = c != '"';
            }
            else if (c is ' ' or '(' or ')' || (c == '-' && at == begin))
            {
                (begin, value) = (at + 1, null);
            }
            else if (c is '=' or '~' && value is null)
            {
                value = at + 1;
            }
            else
            {
                isQuoted = c == '"';
            }
        }

        int sign = value is null ? typed.Length : value.Value - 1;
        string key = typed[begin..sign];
        return new FilterTerm(begin, Unquoted(value is not null && key.EndsWith('!') ? key[..^1] : key), key.StartsWith('"'), value, value is null ? "" : Unquoted(typed[value.Value..]));
    }

    private static string Unquoted(string text)
    {
        if (!text.StartsWith('"'))
        {
            return text;
        }

        StringBuilder inside = new();
        for (int at = 1; at < text.Length && text[at] != '"'; at++)
        {
            at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
            inside.Append(text[at]);
        }

        return inside.ToString();
    }
}
