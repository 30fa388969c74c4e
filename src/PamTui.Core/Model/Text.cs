using System.Globalization;
using System.Text;

namespace PamTui.Core.Model;

/// <summary>How words that are not ours are shown: one line, no control characters, no bidi overrides, bounded.</summary>
public static class Text
{
    public const int MaxShown = 256;

    /// <summary>Escapes what a terminal or a log could obey: C0, C1, DEL, line and paragraph separators, bidi controls, zero-width and other format characters, lone surrogates.</summary>
    public static string Escape(string text, int max = MaxShown)
    {
        StringBuilder shown = new(Math.Min(text.Length, max) + 8);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (shown.Length >= max)
            {
                shown.Append('…');
                break;
            }

            if (IsUnsafe(rune))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
            else
            {
                shown.Append(rune);
            }
        }

        return shown.ToString();
    }

    public static string Quote(string text, int max = MaxShown) => "'" + Escape(text, max) + "'";

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || rune == Rune.ReplacementChar;
}
