using CsCheck;
using PamTui.Core.Filters;
using PamTui.Core.Model;

namespace PamTui.Tests.FilterTests;

public sealed class FilterTests
{
    private static readonly Gen<string> s_text = Gen.String[Gen.Char["ab \"\\()=~!-Oéß%_'\u001b"], 0, 8];

    [Theory]
    [InlineData("", "")]
    [InlineData("env=prod", "env=prod")]
    [InlineData("env = prod", null)]
    [InlineData("env= prod", "env= prod")]
    [InlineData("a b", "a b")]
    [InlineData("a AND b", "a b")]
    [InlineData("a OR b c", "a OR (b c)")]
    [InlineData("(a OR b) c", "(a OR b) c")]
    [InlineData("-a -(b c)", "-a -(b c)")]
    [InlineData("url=http://x/?a=b", "url=http://x/?a=b")]
    [InlineData("k!=\"two words\"", "k!=\"two words\"")]
    [InlineData("\"name\"~x", "\"name\"~x")]
    [InlineData("\"a \\\" b\"", "\"a \\\" b\"")]
    [InlineData("((a))", "a")]
    public void Filter_reads_as_it_is_meant(string text, string? printed) =>
        Assert.Equal(printed, Filter.Parse(text) is { IsOk: true } parsed ? parsed.Value.ToString() : null);

    [Theory]
    [InlineData("(a", 1)]
    [InlineData("a)", 2)]
    [InlineData("a OR", 5)]
    [InlineData("OR a", 1)]
    [InlineData("=x", 1)]
    [InlineData("a \"b", 3)]
    [InlineData("- a", 1)]
    [InlineData("a AND AND b", 7)]
    [InlineData("env =prod", 5)]
    [InlineData("()", 2)]
    public void Filter_that_does_not_parse_says_where(string text, int column)
    {
        Refusal refusal = Filter.Parse(text).Refusal!;

        Assert.Equal((RefusalKind.Invalid, "filter"), (refusal.Kind, refusal.Field));
        Assert.Contains($"column {column}:", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Filter_is_bounded_in_length_terms_and_depth()
    {
        Assert.False(Filter.Parse(new string('a', Filter.MaxLength + 1)).IsOk);
        Assert.True(Filter.Parse(string.Join(' ', Enumerable.Repeat("a", Filter.MaxTerms))).IsOk);
        Assert.False(Filter.Parse(string.Join(' ', Enumerable.Repeat("a", Filter.MaxTerms + 1))).IsOk);
        Assert.True(Filter.Parse(new string('(', Filter.MaxDepth - 1) + "a" + new string(')', Filter.MaxDepth - 1)).IsOk);
        Assert.False(Filter.Parse(new string('(', Filter.MaxDepth) + "a" + new string(')', Filter.MaxDepth)).IsOk);
        Assert.False(Filter.Parse(new string('-', 500) + "a").IsOk);
    }

    [Fact]
    public void Printed_filter_parses_to_the_same_tree() => Node(3).Sample(node =>
    {
        Result<FilterNode> parsed = Filter.Parse(node.ToString());
        return !parsed.IsOk ? node.ToString().Length > Filter.MaxLength : parsed.Value.Equals(node);
    }, iter: 5000);

    [Fact]
    public void No_input_makes_the_parser_throw() => Gen.OneOf(s_text, Gen.String).Array[0, 8].Sample(parts =>
    {
        Result<FilterNode> parsed = Filter.Parse(string.Join(' ', parts));
        return parsed.IsOk || parsed.Refusal!.Message.Length > 0;
    }, iter: 5000);

    private static Gen<FilterNode> Node(int depth)
    {
        Gen<string> key = s_text.Where(text => text.Length > 0);
        Gen<FilterNode> leaf = Gen.OneOf<FilterNode>(
            Gen.Select(key, Gen.Enum<FilterOperator>(), s_text).Select(t => (FilterNode)new CompareNode(t.Item1, !FilterLexer.IsPlainWord(t.Item1), t.Item2, t.Item3)),
            key.Where(FilterLexer.IsPlainWord).Select(word => (FilterNode)new WordNode(word)),
            s_text.Select(text => (FilterNode)new SearchNode(text)));
        if (depth == 0)
        {
            return leaf;
        }

        Gen<FilterNode> inner = Node(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Select(node => (FilterNode)new NotNode(node)),
            inner.Where(node => node is not AndNode).Array[2, 3].Select(terms => (FilterNode)new AndNode(terms)),
            inner.Where(node => node is not OrNode).Array[2, 3].Select(terms => (FilterNode)new OrNode(terms)));
    }
}
