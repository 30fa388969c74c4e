using PamTui.Core.Model;

namespace PamTui.Core.Filters;

/// <summary>
/// The filter language of lists and grants (docs/user-guide.md, "Filter"): terms side by side are all asked for, OR, -term,
/// brackets, key=value, key!=value, key~part, a bare word, "quoted text".
/// </summary>
public static class Filter
{
    public const int MaxLength = 1024;
    public const int MaxTerms = 64;
    public const int MaxDepth = 16;

    /// <summary>The filter of what meets <paramref name="filter"/> and has this pair.</summary>
    /// <param name="value">Null: that lacks the key.</param>
    public static string WithPair(string filter, string key, string? value)
    {
        CompareNode pair = new(key, true, value is null ? FilterOperator.Contains : FilterOperator.Equal, value ?? "");
        string term = FilterText.Print(value is null ? new NotNode(pair) : pair);
        return filter.Length == 0 ? term : $"({filter}) {term}";
    }

    /// <summary>A value as it is typed behind an operator: in quotes when it needs them.</summary>
    public static string ValueText(string value) => value.Length == 0 || FilterLexer.IsPlainValue(value) ? value : FilterText.Quote(value);

    /// <summary>A metadata key as it is typed before an operator: in quotes when it needs them.</summary>
    /// <param name="isField">A field is called so, which a bare word would mean.</param>
    public static string KeyText(string key, bool isField) => !isField && FilterLexer.IsPlainWord(key) ? key : FilterText.Quote(key);

    /// <summary>The tree, or the sentence that says at which column it does not parse.</summary>
    public static Result<FilterNode> Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            return Refusal.Invalid($"The filter has more than {MaxLength} characters.", "filter");
        }

        try
        {
            return new FilterParser(text).Parse();
        }
        catch (FilterSyntaxException e)
        {
            return Refusal.Invalid($"The filter does not parse at column {e.Column}: {e.Message}.", "filter");
        }
    }
}
