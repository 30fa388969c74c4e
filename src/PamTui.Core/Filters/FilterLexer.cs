using System.Text;

namespace PamTui.Core.Filters;

internal enum FilterTokenKind
{
    Word,
    Quoted,
    Operator,
    Open,
    Close,
    Minus,
    Or,
    And,
    End,
}

/// <param name="Column">Counted from 1.</param>
/// <param name="Glued">No space before it.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Column, bool Glued);

/// <summary>Cuts a filter into words, quoted texts, operators and brackets.</summary>
internal sealed class FilterLexer(string text)
{
    private int _at;

    public static bool IsPlainValue(string value) => value.Length > 0 && value.All(c => !char.IsWhiteSpace(c) && c is not ('(' or ')' or '"'));

    /// <summary>A word that reads back as one bare word (no operator in it, no sign before it, no keyword).</summary>
    public static bool IsPlainWord(string word) =>
        IsPlainValue(word) && word[^1] != '!' && word is not ("OR" or "AND") && word[0] != '-' && !word.AsSpan().ContainsAny('=', '~') && !word.Contains("!=", StringComparison.Ordinal);

    /// <exception cref="FilterSyntaxException">A quote is not closed.</exception>
    public FilterToken Next()
    {
        int before = _at;
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        bool glued = _at == before && before > 0;
        int column = _at + 1;
        if (_at == text.Length)
        {
            return new FilterToken(FilterTokenKind.End, "", column, glued);
        }

        switch (text[_at])
        {
            case '(':
                _at++;
                return new FilterToken(FilterTokenKind.Open, "(", column, glued);
            case ')':
                _at++;
                return new FilterToken(FilterTokenKind.Close, ")", column, glued);
            case '"':
                return new FilterToken(FilterTokenKind.Quoted, Quoted(), column, glued);
            case '-':
                _at++;
                return new FilterToken(FilterTokenKind.Minus, "-", column, glued);
            case '=' or '~':
                return new FilterToken(FilterTokenKind.Operator, text[_at++].ToString(), column, glued);
            case '!' when _at + 1 < text.Length && text[_at + 1] == '=':
                _at += 2;
                return new FilterToken(FilterTokenKind.Operator, "!=", column, glued);
        }

        int start = _at;
        while (_at < text.Length && !EndsWord(_at))
        {
            _at++;
        }

        string word = text[start.._at];
        FilterTokenKind kind = word switch
        {
            "OR" => FilterTokenKind.Or,
            "AND" => FilterTokenKind.And,
            _ => FilterTokenKind.Word,
        };
        return new FilterToken(kind, word, column, glued);
    }

    /// <summary>What stands after an operator: up to the next space or bracket, or quoted; empty when nothing follows at once.</summary>
    public string Value()
    {
        if (_at < text.Length && text[_at] == '"')
        {
            return Quoted();
        }

        int start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('(' or ')' or '"'))
        {
            _at++;
        }

        return text[start.._at];
    }

    private bool EndsWord(int at) =>
        char.IsWhiteSpace(text[at])
        || text[at] is '(' or ')' or '"' or '=' or '~'
        || (text[at] == '!' && at + 1 < text.Length && text[at + 1] == '=');

    private string Quoted()
    {
        int start = _at++;
        StringBuilder value = new();
        while (_at < text.Length)
        {
            char c = text[_at++];
            if (c == '"')
            {
                return value.ToString();
            }

            value.Append(c == '\\' && _at < text.Length ? text[_at++] : c);
        }

        throw new FilterSyntaxException(start + 1, "the quote is not closed");
    }
}
