namespace PamTui.Tui.Models;

/// <summary>How well a few typed letters fit a text: all those of a word must be in it, in their order; several words each by itself.</summary>
internal static class Fuzzy
{
    private const int Letter = 1;
    private const int Neighbour = 4;
    private const int WordStart = 6;
    private const int TextStart = 3;
    private const int Whole = 4;

    /// <summary>More is better; null: it does not fit. An empty query fits all alike.</summary>
    public static int? Score(string text, string query)
    {
        int score = 0;
        foreach (string word in WordsOf(query))
        {
            if (ScoreWord(text, word) is not { } fits)
            {
                return null;
            }

            score += fits;
        }

        return score;
    }

    /// <summary>Each word that was typed is in the text as it is.</summary>
    public static bool Holds(string text, string query) => WordsOf(query).All(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    public static string[] WordsOf(string query) => query.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static int? ScoreWord(string text, string query)
    {
        // A word typed as it is means that word, and not its letters here and there.
        int whole = text.IndexOf(query, StringComparison.OrdinalIgnoreCase);
        int score = whole >= 0 ? Whole * query.Length : 0;
        int from = Math.Max(0, whole);
        int at = -1;

        // A sign before the words, such as the mark of what is chosen, is none of them.
        int start = text.TakeWhile(static c => !char.IsLetterOrDigit(c)).Count();
        foreach (char wanted in query)
        {
            int found = Best(text, wanted, Math.Max(from, at + 1));
            if (found < 0)
            {
                return null;
            }

            score += Letter + (found == at + 1 && at >= 0 ? Neighbour : 0) + (StartsWord(text, found) ? WordStart : 0) + (found == start ? TextStart : 0);
            at = found;
        }

        return score;
    }

    // The letter right behind the last one, else at the start of a word, else wherever it comes next.
    private static int Best(string text, char wanted, int from)
    {
        if (from < text.Length && Same(text[from], wanted))
        {
            return from;
        }

        int first = -1;
        for (int i = from; i < text.Length; i++)
        {
            if (Same(text[i], wanted))
            {
                if (StartsWord(text, i))
                {
                    return i;
                }

                first = first < 0 ? i : first;
            }
        }

        return first;
    }

    private static bool StartsWord(string text, int at) => at == 0 || !char.IsLetterOrDigit(text[at - 1]);

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
