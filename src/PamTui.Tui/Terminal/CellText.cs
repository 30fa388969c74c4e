using System.Globalization;
using System.Text;
using Terminal.Gui.Text;

namespace PamTui.Tui.Terminal;

/// <summary>One cell's text as it may go to a terminal: never a control byte, never something whose width nobody knows (E1, E3).</summary>
internal static class CellText
{
    private const int MaxLength = 16;

    public static (string Text, int Width) Safe(string? grapheme, bool unicode)
    {
        if (string.IsNullOrEmpty(grapheme))
        {
            return (" ", 1);
        }

        if (grapheme.Length == 1 && grapheme[0] is >= ' ' and < '\u007f')
        {
            return (grapheme, 1);
        }

        if (!unicode && Ascii(grapheme) is { } ascii)
        {
            return (ascii, 1);
        }

        if (grapheme.Length > MaxLength || !IsPlain(grapheme))
        {
            return ("?", 1);
        }

        int width = grapheme.GetColumns();
        return width is 1 or 2 ? (grapheme, width) : ("?", 1);
    }

    /// <summary>True where terminals may disagree on the width, so that the cursor must be placed anew behind it.</summary>
    public static bool IsWidthDoubtful(string text) => text[0] >= 0x300 && text[0] is not (>= '\u2500' and <= '\u259f');

    private static bool IsPlain(string grapheme)
    {
        bool first = true;
        foreach (Rune rune in grapheme.EnumerateRunes())
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned:
                    return false;
                case UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark when first:
                    return false;
            }

            first = false;
        }

        return true;
    }

    private static string? Ascii(string grapheme) => grapheme[0] switch
    {
        '─' or '━' or '═' => "-",
        '│' or '┃' or '║' => "|",
        >= '┌' and <= '╿' => "+",
        '●' => "*",
        '○' or '◌' => "o",
        '✗' => "x",
        '▸' or '›' => ">",
        '‹' => "<",
        '…' => "~",
        '·' or '∙' or '•' => ".",
        '↑' or '▲' => "^",
        '↓' or '▼' or '▾' => "v",
        '↻' or '↺' => "@",
        '★' => "*",
        '□' => "_",
        '■' or '█' or '▐' or '▌' => "#",
        _ => null,
    };
}
