using PamTui.Sql.Wire;

namespace PamTui.Sql.Prompt;

/// <summary>
/// Takes text apart into statements, at each ';' that stands outside of quotes, comments and brackets, and into backslash commands, which are a
/// line each. Text comes in whole lines.
/// </summary>
internal sealed class StatementSplitter(SqlKind kind)
{
    /// <summary>Of one statement, in characters.</summary>
    public const int MaxStatement = 16 * 1024 * 1024;

    private readonly List<char> _text = [];
    private readonly bool _mysql = kind == SqlKind.MySql;
    private readonly RoutineBody _body = new();
    private string _delimiter = ";";
    private int _at;
    private int _depth;
    private int _brackets;
    private Inside _inside;
    private string _tag = "";
    private bool _stuck;
    private bool _hasCode;

    private enum Inside
    {
        Nothing,
        Quote,
        Name,
        Backtick,
        Escapes,
        Dollars,
        LineComment,
        Comment,
    }

    /// <summary>A backslash in plain quotes takes the meaning from what follows it; may change between statements.</summary>
    public bool HasEscapes { get; set; } = kind == SqlKind.MySql;

    /// <summary>A statement has begun, and has not ended: what the second prompt of a terminal shows.</summary>
    public char? Open => _inside switch
    {
        Inside.Quote or Inside.Escapes => '\'',
        Inside.Name => '"',
        Inside.Backtick => '`',
        Inside.Dollars => '$',
        Inside.Comment => '*',
        _ => _brackets > 0 ? '(' : _hasCode ? '-' : null,
    };

    /// <exception cref="SqlLostException">The statement is too long.</exception>
    public void Feed(ReadOnlySpan<char> text)
    {
        if (_text.Count + text.Length > MaxStatement)
        {
            throw new SqlLostException("a statement is longer than 16 MiB, which is too long for this prompt; use a client of yours through `ssh -L`");
        }

        _text.AddRange(text);
    }

    /// <summary>Forgets what has not ended.</summary>
    public void Clear()
    {
        _text.Clear();
        Begin();
    }

    /// <summary>The next statement or command that is complete.</summary>
    /// <param name="final">Nothing follows: what is there is complete.</param>
    public SqlPiece? Next(bool final)
    {
        while (_at < _text.Count)
        {
            if (_inside == Inside.Nothing && IsCommandAhead())
            {
                int end = _text.IndexOf('\n', _at);
                if (end < 0 && !final)
                {
                    return null;
                }

                string line = Take(_at, end < 0 ? _text.Count : end, end < 0 ? _text.Count : end + 1).Trim();
                if (!TakeDelimiter(line))
                {
                    return new SqlPiece(line, IsCommand: true);
                }

                continue;
            }

            // The longest token that is looked for is two characters, but for a dollar quote's and the delimiter, which look for themselves.
            if (!final && _at + Math.Max(2, _delimiter.Length) > _text.Count)
            {
                return null;
            }

            if (Step(final) is { } piece)
            {
                if (piece.Text.Length > 0)
                {
                    return piece;
                }
            }
            else if (_stuck)
            {
                _stuck = false;
                return null;
            }
        }

        if (!final || _text.Count == 0)
        {
            return null;
        }

        SqlPiece rest = Ended(_text.Count, _text.Count);
        return rest.Text.Length == 0 ? null : rest;
    }

    /// <summary>Past the next token. A piece: it was the end of a statement, which may be empty.</summary>
    private SqlPiece? Step(bool final)
    {
        char c = _text[_at];
        switch (_inside)
        {
            case Inside.Nothing:
                return Outside(c, final);
            case Inside.LineComment:
                _inside = c == '\n' ? Inside.Nothing : _inside;
                _at++;
                break;
            case Inside.Comment when At("*/"):
                _inside = --_depth == 0 ? Inside.Nothing : _inside;
                _at += 2;
                break;
            case Inside.Comment when !_mysql && At("/*"):
                _depth++;
                _at += 2;
                break;
            case Inside.Dollars when c == '$':
                bool ends = At(_tag);
                if (!ends && !final && _text.Count - _at < _tag.Length)
                {
                    _stuck = true;
                    break;
                }

                _inside = ends ? Inside.Nothing : _inside;
                _at += ends ? _tag.Length : 1;
                break;
            case Inside.Escapes or Inside.Name when c == '\\' && (_inside == Inside.Escapes || (_mysql && HasEscapes)):
                _at += 2;
                break;
            case Inside.Quote or Inside.Escapes when c == '\'':
            case Inside.Name when c == '"':
            case Inside.Backtick when c == '`':
                // A doubled one ends and begins again, which comes to the same.
                _inside = Inside.Nothing;
                _at++;
                break;
            default:
                _at++;
                break;
        }

        _at = Math.Min(_at, _text.Count);
        return null;
    }

    private SqlPiece? Outside(char c, bool final)
    {
        if (_brackets <= 0 && !_body.IsOpen && At(_delimiter))
        {
            return Ended(_at, _at + _delimiter.Length);
        }

        if (c == '\\' && Terminator() is var (expanded, length))
        {
            return Ended(_at, _at + length) with { Expanded = expanded };
        }

        switch (c)
        {
            case '#' when _mysql:
            case '-' when At("--") && (!_mysql || _at + 2 == _text.Count || char.IsWhiteSpace(_text[_at + 2])):
                _inside = Inside.LineComment;
                _at++;
                return null;
            case '/' when At("/*"):
                // What only some versions are to run is a comment to the others.
                _hasCode |= _mysql && (At("/*!") || At("/*M!"));
                (_inside, _depth) = (Inside.Comment, 1);
                _at += 2;
                return null;
        }

        _hasCode |= !char.IsWhiteSpace(c);
        switch (c)
        {
            case '\'':
                _inside = HasEscapes || (!_mysql && IsEscapeString()) ? Inside.Escapes : Inside.Quote;
                break;
            case '"':
                _inside = Inside.Name;
                break;
            case '`' when _mysql:
                _inside = Inside.Backtick;
                break;
            case '$' when !_mysql && !IsWord(_at - 1):
                return Dollar(final);
            case not '_' when !_mysql && char.IsLetter(c) && !IsWord(_at - 1):
                return Word(final);
            case '(' when _delimiter == ";":
                _brackets++;
                break;
            case ')' when _brackets > 0:
                _brackets--;
                break;
        }

        _at++;
        return null;
    }

    private SqlPiece? Word(bool final)
    {
        int end = _at + 1;
        while (end < _text.Count && IsWord(end))
        {
            end++;
        }

        if (end == _text.Count && !final)
        {
            _stuck = true;
            return null;
        }

        if (_brackets == 0 && _body.Looks)
        {
            _body.Pass(new string([.. _text[_at..end]]));
        }

        _at = end;
        return null;
    }

    /// <summary>$$ or $tag$, or a parameter or nothing of that kind.</summary>
    private SqlPiece? Dollar(bool final)
    {
        int end = _at + 1;
        while (end < _text.Count && IsWord(end) && !(end == _at + 1 && char.IsAsciiDigit(_text[end])))
        {
            end++;
        }

        if (end == _text.Count && !final)
        {
            _stuck = true;
            return null;
        }

        if (end < _text.Count && _text[end] == '$')
        {
            _tag = new string([.. _text[_at..(end + 1)]]);
            _inside = Inside.Dollars;
            end++;
        }

        _at = end;
        return null;
    }

    /// <summary>\g, \G and \gx end a statement too: psql's and mysql's ways to have it shown the other way up.</summary>
    private (bool Expanded, int Length)? Terminator() =>
        At("\\gx") && !IsWord(_at + 3) ? (true, 3)
        : At("\\G") && !IsWord(_at + 2) ? (true, 2)
        : At("\\g") && !IsWord(_at + 2) ? (false, 2)
        : null;

    private bool IsCommandAhead() => !_hasCode
        && (_text[_at] == '\\' || (_mysql && "delimiter".AsSpan().Equals([.. _text.Skip(_at).Take(9)], StringComparison.OrdinalIgnoreCase) && _at + 9 < _text.Count && _text[_at + 9] is ' ' or '\t'));

    private bool TakeDelimiter(string line)
    {
        if (!_mysql || line.StartsWith('\\'))
        {
            return false;
        }

        _delimiter = line[9..].Trim() is { Length: > 0 and <= 16 } given ? given : ";";
        return true;
    }

    private bool IsEscapeString() => _at > 0 && _text[_at - 1] is 'e' or 'E' && !IsWord(_at - 2);

    private bool IsWord(int at) => at >= 0 && at < _text.Count && (char.IsLetterOrDigit(_text[at]) || _text[at] == '_');

    private bool At(string token)
    {
        if (_at + token.Length > _text.Count)
        {
            return false;
        }

        for (int i = 0; i < token.Length; i++)
        {
            if (_text[_at + i] != token[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What there is up to here; empty when it holds nothing but comments, which some servers call an error.</summary>
    private SqlPiece Ended(int end, int next)
    {
        bool hasCode = _hasCode;
        string text = Take(0, end, next);
        return new SqlPiece(hasCode ? text.Trim() : "", IsCommand: false);
    }

    private string Take(int start, int end, int next)
    {
        string taken = new([.. _text[start..end]]);
        _text.RemoveRange(0, next);
        Begin();
        return taken;
    }

    private void Begin()
    {
        (_at, _depth, _brackets, _inside, _hasCode) = (0, 0, 0, Inside.Nothing, false);
        _body.Clear();
    }
}

/// <param name="IsCommand">A line that begins with a backslash.</param>
/// <param name="Expanded">It ended in \G or \gx.</param>
internal readonly record struct SqlPiece(string Text, bool IsCommand, bool Expanded = false);
