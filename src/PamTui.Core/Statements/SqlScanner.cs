namespace PamTui.Core.Statements;

/// <summary>
/// SQL as PostgreSQL or MySQL reads it, token by token, as far as it takes to tell literals, comments and words apart. Any text is read to its
/// end; what is not closed ends there.
/// </summary>
/// <param name="escapes">A backslash in a literal in plain quotes takes the meaning from what follows it.</param>
internal ref struct SqlScanner(ReadOnlySpan<char> text, bool isMySql, bool escapes)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    public SqlToken Next()
    {
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (char.IsWhiteSpace(c) || SkipsExecutableComment())
            {
                _at++;
                continue;
            }

            if (Starts("--") && (!isMySql || _at + 2 >= _text.Length || char.IsWhiteSpace(_text[_at + 2]) || char.IsControl(_text[_at + 2])))
            {
                return Line(2);
            }

            if (c == '#' && isMySql)
            {
                return Line(1);
            }

            if (Starts("/*"))
            {
                return Block();
            }

            if (Prefix() is var prefix && prefix >= 0)
            {
                return Quoted(prefix);
            }

            if (c == '$' && !isMySql && Dollar() is { } dollar)
            {
                return dollar;
            }

            return c switch
            {
                '"' when isMySql => Quoted(0),
                '"' or '`' => Quoted(0) with { Kind = SqlTokenKind.Word },
                '?' => Take(SqlTokenKind.Placeholder, 1),
                '$' when _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]) => Take(SqlTokenKind.Placeholder, 1 + Run(_at + 1)),
                _ when char.IsAsciiDigit(c) => Take(SqlTokenKind.Number, Run(_at)),
                _ when IsOfWord(c) => Take(SqlTokenKind.Word, Run(_at)),
                _ => Take(SqlTokenKind.Symbol, 1),
            };
        }

        return new SqlToken(SqlTokenKind.End, _text.Length, _text.Length, _text.Length, _text.Length);
    }

    private static bool IsOfWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c >= 0x80;

    private readonly bool Starts(string what) => _text[_at..].StartsWith(what, StringComparison.Ordinal);

    // MySQL runs what stands in /*! … */ and /*!80000 … */, MariaDB in /*M! … */ too.
    private bool SkipsExecutableComment()
    {
        if (!isMySql)
        {
            return false;
        }

        int opens = Starts("/*!") ? 3 : Starts("/*M!") ? 4 : Starts("*/") ? 2 : 0;
        if (opens > 2)
        {
            while (_at + opens < _text.Length && char.IsAsciiDigit(_text[_at + opens]))
            {
                opens++;
            }
        }

        _at += Math.Max(opens - 1, 0);
        return opens > 0;
    }

    private SqlToken Take(SqlTokenKind kind, int length)
    {
        int start = _at;
        _at += length;
        return new SqlToken(kind, start, _at, start, _at);
    }

    private readonly int Run(int from)
    {
        int end = from;
        while (end < _text.Length && IsOfWord(_text[end]))
        {
            end++;
        }

        return end - from;
    }

    private SqlToken Line(int mark)
    {
        int length = _text[_at..].IndexOfAny('\n', '\r');
        SqlToken all = Take(SqlTokenKind.Comment, length < 0 ? _text.Length - _at : length);
        return all with { Inner = all.Start + mark };
    }

    private SqlToken Block()
    {
        int depth = 1;
        int end = _at + 2;
        while (end < _text.Length && depth > 0)
        {
            bool closes = _text[end..].StartsWith("*/", StringComparison.Ordinal);
            bool opens = !isMySql && _text[end..].StartsWith("/*", StringComparison.Ordinal);
            depth += closes ? -1 : opens ? 1 : 0;
            end += closes || opens ? 2 : 1;
        }

        SqlToken all = Take(SqlTokenKind.Comment, end - _at);
        return all with { Inner = all.Start + 2, InnerEnd = Math.Max(all.Start + 2, depth == 0 ? all.End - 2 : all.End) };
    }

    /// <summary>How much stands before the quote of a literal that begins here; -1: none does.</summary>
    private readonly int Prefix()
    {
        ReadOnlySpan<char> rest = _text[_at..];
        if (rest[0] == '\'')
        {
            return 0;
        }

        int length = rest is ['u' or 'U', '&', ..] && !isMySql ? 2
            : rest[0] == '_' && isMySql ? Run(_at)
            : rest[0] is 'e' or 'E' or 'n' or 'N' or 'b' or 'B' or 'x' or 'X' ? 1 : 0;
        return length > 0 && length < rest.Length && rest[length] == '\'' ? length : -1;
    }

    private SqlToken Quoted(int prefix)
    {
        char quote = _text[_at + prefix];
        bool isName = quote == '`' || (quote == '"' && !isMySql);
        bool hasEscapes = !isName && (isMySql || prefix < 2) && (escapes || (prefix == 1 && !isMySql && _text[_at] is 'e' or 'E'));
        int end = _at + prefix + 1;
        for (; end < _text.Length; end++)
        {
            if (_text[end] == '\\' && hasEscapes)
            {
                end++;
            }
            else if (_text[end] == quote)
            {
                if (end + 1 >= _text.Length || _text[end + 1] != quote)
                {
                    break;
                }

                end++;
            }
        }

        int innerEnd = Math.Min(end, _text.Length);
        SqlToken all = Take(SqlTokenKind.String, Math.Min(end + 1, _text.Length) - _at);
        return all with { Inner = all.Start + prefix + 1, InnerEnd = innerEnd };
    }

    private SqlToken? Dollar()
    {
        int tag = _at + 1;
        while (tag < _text.Length && IsOfWord(_text[tag]) && _text[tag] != '$')
        {
            tag++;
        }

        if (tag >= _text.Length || _text[tag] != '$' || (tag > _at + 1 && char.IsAsciiDigit(_text[_at + 1])))
        {
            return null;
        }

        ReadOnlySpan<char> mark = _text[_at..(tag + 1)];
        int length = _text[(tag + 1)..].IndexOf(mark);
        int innerEnd = length < 0 ? _text.Length : tag + 1 + length;
        SqlToken all = Take(SqlTokenKind.DollarString, Math.Min(innerEnd + mark.Length, _text.Length) - _at);
        return all with { Inner = tag + 1, InnerEnd = innerEnd };
    }
}
