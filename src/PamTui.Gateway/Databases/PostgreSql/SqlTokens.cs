namespace PamTui.Gateway.Databases.PostgreSql;

/// <summary>A word, an operator's character, or a literal of a statement, as PostgreSQL's scanner tells them apart.</summary>
/// <param name="Text">Of a word: in lower case, but as it stands when it was quoted; of a character: itself; of a literal: empty.</param>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text)
{
    public bool IsWord(string word) => Kind == SqlTokenKind.Word && Text == word;

    /// <summary>A name, quoted or not: for the server `"set_config"` and `set_config` are one.</summary>
    public bool Names(string name) => Kind is SqlTokenKind.Word or SqlTokenKind.Quoted && Text == name;
}

internal enum SqlTokenKind
{
    Word,

    /// <summary>"A name in quotes".</summary>
    Quoted,

    /// <summary>U&amp;"A name" whose characters may be written as numbers.</summary>
    Disguised,
    Literal,
    Character,
}

/// <summary>
/// PostgreSQL's lexical rules ("Lexical Structure" of the manual), as far as they are needed to know which words are SQL and which stand in a
/// literal, a quoted name or a comment. With standard_conforming_strings on, which a read-only session has and keeps.
/// </summary>
internal static class SqlTokens
{
    public static List<SqlToken> Of(string sql)
    {
        List<SqlToken> tokens = [];
        for (int at = 0; at < sql.Length;)
        {
            char c = sql[at];
            if (char.IsWhiteSpace(c) || c == '\v')
            {
                at++;
            }
            else if (Starts(sql, at, "--"))
            {
                int end = sql.AsSpan(at).IndexOfAny('\n', '\r');
                at = end < 0 ? sql.Length : at + end;
            }
            else if (Starts(sql, at, "/*"))
            {
                at = Comment(sql, at);
            }
            else if (c == '\'')
            {
                at = Quoted(sql, at + 1, '\'', backslash: false);
                tokens.Add(new(SqlTokenKind.Literal, ""));
            }
            else if (c == '"')
            {
                int end = Quoted(sql, at + 1, '"', backslash: false);
                tokens.Add(new(SqlTokenKind.Quoted, sql[(at + 1)..Math.Max(at + 1, end - 1)].Replace("\"\"", "\"", StringComparison.Ordinal)));
                at = end;
            }
            else if (c == '$' && DollarTag(sql, at) is { } tag)
            {
                int end = sql.IndexOf(tag, at + tag.Length, StringComparison.Ordinal);
                at = end < 0 ? sql.Length : end + tag.Length;
                tokens.Add(new(SqlTokenKind.Literal, ""));
            }
            else if (IsWordStart(c))
            {
                at = Word(sql, at, tokens);
            }
            else
            {
                tokens.Add(new(SqlTokenKind.Character, sql.Substring(at, 1)));
                at++;
            }
        }

        return tokens;
    }

    /// <summary>A word, or a literal or name with a letter before its quote.</summary>
    private static int Word(string sql, int at, List<SqlToken> tokens)
    {
        char first = char.ToLowerInvariant(sql[at]);
        if (first is 'e' or 'b' or 'x' or 'n' && Starts(sql, at + 1, "'"))
        {
            tokens.Add(new(SqlTokenKind.Literal, ""));
            return Quoted(sql, at + 2, '\'', backslash: first == 'e');
        }

        if (first == 'u' && Starts(sql, at + 1, "&'"))
        {
            tokens.Add(new(SqlTokenKind.Literal, ""));
            return Quoted(sql, at + 3, '\'', backslash: false);
        }

        if (first == 'u' && Starts(sql, at + 1, "&\""))
        {
            tokens.Add(new(SqlTokenKind.Disguised, ""));
            return Quoted(sql, at + 3, '"', backslash: false);
        }

        int end = at + 1;
        while (end < sql.Length && (IsWordStart(sql[end]) || char.IsAsciiDigit(sql[end]) || sql[end] == '$'))
        {
            end++;
        }

        tokens.Add(new(SqlTokenKind.Word, sql[at..end].ToLowerInvariant()));
        return end;
    }

    /// <summary>Behind the closing quote. A doubled quote is one of the text.</summary>
    private static int Quoted(string sql, int at, char quote, bool backslash)
    {
        while (at < sql.Length)
        {
            if (backslash && sql[at] == '\\')
            {
                at += 2;
            }
            else if (sql[at] != quote)
            {
                at++;
            }
            else if (at + 1 < sql.Length && sql[at + 1] == quote)
            {
                at += 2;
            }
            else
            {
                return at + 1;
            }
        }

        return sql.Length;
    }

    /// <summary>Behind the comment; they nest.</summary>
    private static int Comment(string sql, int at)
    {
        int depth = 0;
        while (at < sql.Length)
        {
            if (Starts(sql, at, "/*"))
            {
                depth++;
                at += 2;
            }
            else if (Starts(sql, at, "*/"))
            {
                at += 2;
                if (--depth == 0)
                {
                    return at;
                }
            }
            else
            {
                at++;
            }
        }

        return sql.Length;
    }

    /// <summary>"$$" or "$tag$"; null: a parameter, or a lone dollar.</summary>
    private static string? DollarTag(string sql, int at)
    {
        int end = at + 1;
        while (end < sql.Length && (IsWordStart(sql[end]) || (end > at + 1 && char.IsAsciiDigit(sql[end]))))
        {
            end++;
        }

        return end < sql.Length && sql[end] == '$' ? sql[at..(end + 1)] : null;
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || c > 127;

    private static bool Starts(string sql, int at, string with) => string.CompareOrdinal(sql, at, with, 0, with.Length) == 0;
}
