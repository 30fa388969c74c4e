using PamTui.Core.Model;

namespace PamTui.Core.Filters;

/// <summary>
/// any := all { "OR" all }    all := term { ["AND"] term }    term := "-" term | "(" any ")" | key operator value | word | quoted
/// </summary>
internal sealed class FilterParser
{
    private readonly FilterLexer _lexer;
    private FilterToken _token;
    private int _terms;
    private int _depth;

    public FilterParser(string text)
    {
        _lexer = new FilterLexer(text);
        _token = _lexer.Next();
    }

    public FilterNode Parse()
    {
        if (_token.Kind == FilterTokenKind.End)
        {
            return new EverythingNode();
        }

        FilterNode node = Any();
        return _token.Kind == FilterTokenKind.End ? node : throw Unexpected();
    }

    private FilterNode Any()
    {
        List<FilterNode> terms = [All()];
        while (_token.Kind == FilterTokenKind.Or)
        {
            Advance();
            terms.Add(All());
        }

        return terms.Count == 1 ? terms[0] : new OrNode([.. terms.SelectMany(term => term is OrNode or ? or.Terms : [term])]);
    }

    private FilterNode All()
    {
        List<FilterNode> terms = [Term()];
        while (_token.Kind is not (FilterTokenKind.End or FilterTokenKind.Close or FilterTokenKind.Or))
        {
            if (_token.Kind == FilterTokenKind.And)
            {
                Advance();
            }

            terms.Add(Term());
        }

        return terms.Count == 1 ? terms[0] : new AndNode([.. terms.SelectMany(term => term is AndNode and ? and.Terms : [term])]);
    }

    private FilterNode Term()
    {
        if (++_terms > Filter.MaxTerms)
        {
            throw new FilterSyntaxException(_token.Column, $"there are more than {Filter.MaxTerms} terms");
        }

        if (++_depth > Filter.MaxDepth)
        {
            throw new FilterSyntaxException(_token.Column, $"terms are nested more than {Filter.MaxDepth} deep");
        }

        FilterNode node = TermInside();
        _depth--;
        return node;
    }

    private FilterNode TermInside()
    {
        FilterToken token = _token;
        switch (token.Kind)
        {
            case FilterTokenKind.Minus:
                Advance();
                return _token.Glued ? new NotNode(Term()) : throw new FilterSyntaxException(token.Column, "a term must follow the '-' at once");
            case FilterTokenKind.Open:
                Advance();
                FilterNode inner = Any();
                if (_token.Kind != FilterTokenKind.Close)
                {
                    throw new FilterSyntaxException(token.Column, "the bracket is not closed");
                }

                Advance();
                return inner;
            case FilterTokenKind.Word or FilterTokenKind.Quoted:
                return WordOrComparison(token);
            default:
                throw Unexpected();
        }
    }

    private FilterNode WordOrComparison(FilterToken word)
    {
        bool quoted = word.Kind == FilterTokenKind.Quoted;
        Advance();
        if (_token.Kind != FilterTokenKind.Operator)
        {
            return quoted ? new SearchNode(word.Text) : new WordNode(word.Text);
        }

        if (!_token.Glued)
        {
            throw new FilterSyntaxException(_token.Column, $"no space may stand before {Text.Quote(_token.Text)}");
        }

        if (word.Text.Length is 0 or > Metadata.MaxKeyLength)
        {
            throw new FilterSyntaxException(word.Column, $"a key has 1 to {Metadata.MaxKeyLength} characters");
        }

        FilterOperator how = _token.Text switch
        {
            "=" => FilterOperator.Equal,
            "!=" => FilterOperator.NotEqual,
            _ => FilterOperator.Contains,
        };
        string value = _lexer.Value();
        Advance();
        return new CompareNode(word.Text, quoted, how, value);
    }

    private void Advance() => _token = _lexer.Next();

    private FilterSyntaxException Unexpected() => new(
        _token.Column,
        _token.Kind == FilterTokenKind.End ? "a term is missing at the end" : $"{Text.Quote(_token.Text)} is not expected here");
}
