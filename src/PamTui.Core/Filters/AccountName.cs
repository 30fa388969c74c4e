namespace PamTui.Core.Filters;

/// <summary>A text as the name of an account, "web-1/deploy" or "deploy@web-1"; a half that is not typed out is a part of the name.</summary>
internal sealed record AccountName(string Resource, string Account)
{
    /// <summary>Null: it is no such name.</summary>
    public static AccountName? Read(string text)
    {
        text = WithoutSlash(text);
        int at = text.AsSpan().IndexOfAny('/', '@');
        if (at < 0 || text.Length == 1)
        {
            return null;
        }

        (string before, string after) = (text[..at], text[(at + 1)..]);
        return !IsPart(before) || !IsPart(after) ? null
            : text[at] == '/' ? new AccountName(before, after)
            : new AccountName(after, before);
    }

    /// <summary>"/web-1/deploy" is the name behind the key that opens a filter, as the line over a list shows both.</summary>
    public static string WithoutSlash(string text) => text.StartsWith('/') && text.AsSpan(1).IndexOfAny('/', '@') > 0 ? text[1..] : text;

    // Of what names are made of; searched without regard to case.
    private static bool IsPart(string half) => half.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
