using System.Buffers;
using System.Text;

namespace PamTui.Core.Statements;

/// <summary>Passwords in the middle of a text: in a connection string, an address, or SQL that a statement makes of a literal.</summary>
internal static class EmbeddedSecrets
{
    private const string Mask = "***";

    private static readonly SearchValues<string> s_signs = SearchValues.Create(["PASSWORD", "PASSWD", "PWD", "IDENTIFIED", "://"], StringComparison.OrdinalIgnoreCase);

    // What ends a value that stands without quotes.
    private static readonly SearchValues<char> s_ends = SearchValues.Create(" \t\r\n&;,)'\"");

    private static readonly SearchValues<char> s_hostEnds = SearchValues.Create(" \t\r\n/'\"");

    // What may stand between a name and the sign of its value.
    private static readonly SearchValues<char> s_quotes = SearchValues.Create("'\"`\\");

    public static string Without(ReadOnlySpan<char> text)
    {
        StringBuilder kept = new(text.Length);
        for (int sign = text.IndexOfAny(s_signs); sign >= 0; sign = text.IndexOfAny(s_signs))
        {
            int end = sign + Length(text[sign..]);
            kept.Append(text[..end]);
            text = text[end..];
            (int start, int length) = Secret(kept, text);
            if (length > 0)
            {
                kept.Append(text[..start]).Append(Mask);
                text = text[(start + length)..];
            }
        }

        return kept.Append(text).ToString();
    }

    private static int Length(ReadOnlySpan<char> sign) => sign[0] switch
    {
        ':' => "://".Length,
        'i' or 'I' => "IDENTIFIED".Length,
        _ when sign.StartsWith("PASSWORD", StringComparison.OrdinalIgnoreCase) => "PASSWORD".Length,
        _ when sign.StartsWith("PASSWD", StringComparison.OrdinalIgnoreCase) => "PASSWD".Length,
        _ => "PWD".Length,
    };

    /// <summary>Where behind a sign the secret is; without a length there is none.</summary>
    private static (int Start, int Length) Secret(StringBuilder before, ReadOnlySpan<char> rest)
    {
        char last = before[^1];
        if (last == '/')
        {
            // user:secret@host
            int host = rest.IndexOfAny(s_hostEnds);
            ReadOnlySpan<char> authority = host < 0 ? rest : rest[..host];
            int at = authority.LastIndexOf('@');
            int colon = authority.IndexOf(':');
            return at > colon && colon >= 0 ? (colon + 1, at - colon - 1) : (0, 0);
        }

        int next = SkipSpace(rest, 0);
        if (before.Length >= 10 && before.ToString(before.Length - 10, 10).Equals("IDENTIFIED", StringComparison.OrdinalIgnoreCase))
        {
            ReadOnlySpan<char> how = rest[next..];
            bool says = how.StartsWith("BY", StringComparison.OrdinalIgnoreCase) || how.StartsWith("WITH", StringComparison.OrdinalIgnoreCase) || how.StartsWith("VIA", StringComparison.OrdinalIgnoreCase);
            return says ? (0, rest.Length) : (0, 0);
        }

        int quotes = 0;
        while (quotes < rest.Length && s_quotes.Contains(rest[quotes]))
        {
            quotes++;
        }

        next = SkipSpace(rest, quotes);
        if (next >= rest.Length)
        {
            return (0, 0);
        }

        if (rest[next] == '=')
        {
            int value = SkipSpace(rest, next + 1);
            int end = rest[value..].IndexOfAny(s_ends);
            return end == 0 ? (value, rest.Length - value) : (value, end < 0 ? rest.Length - value : end);
        }

        return rest[next] is ':' or '(' or '$' || s_quotes.Contains(rest[next]) ? (next, rest.Length - next) : (0, 0);
    }

    private static int SkipSpace(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && char.IsWhiteSpace(text[from]))
        {
            from++;
        }

        return from;
    }
}
