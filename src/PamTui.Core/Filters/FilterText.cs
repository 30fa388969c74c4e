using System.Text;

namespace PamTui.Core.Filters;

/// <summary>Writes a tree so that it parses to the same tree.</summary>
internal static class FilterText
{
    public static string Print(FilterNode node)
    {
        StringBuilder text = new();
        Write(text, node, inside: false);
        return text.ToString();
    }

    private static void Write(StringBuilder text, FilterNode node, bool inside)
    {
        switch (node)
        {
            case AndNode and:
                WriteAll(text, and.Terms, " ", inside);
                break;
            case OrNode or:
                WriteAll(text, or.Terms, " OR ", inside);
                break;
            case NotNode not:
                text.Append('-');
                Write(text, not.Term, inside: true);
                break;
            case CompareNode compare:
                text.Append(compare.IsQuoted ? Quote(compare.Key) : compare.Key)
                    .Append(compare.Operator switch
                    {
                        FilterOperator.Equal => "=",
                        FilterOperator.NotEqual => "!=",
                        _ => "~",
                    })
                    .Append(compare.Value.Length == 0 || FilterLexer.IsPlainValue(compare.Value) ? compare.Value : Quote(compare.Value));
                break;
            case WordNode word:
                text.Append(word.Word);
                break;
            case FavouriteNode:
                text.Append("favourite=yes");
                break;
            case SearchNode search:
                text.Append(Quote(search.Text));
                break;
        }
    }

    private static void WriteAll(StringBuilder text, IReadOnlyList<FilterNode> terms, string separator, bool inside)
    {
        text.Append(inside ? "(" : "");
        for (int i = 0; i < terms.Count; i++)
        {
            text.Append(i == 0 ? "" : separator);
            Write(text, terms[i], inside: true);
        }

        text.Append(inside ? ")" : "");
    }

    public static string Quote(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
