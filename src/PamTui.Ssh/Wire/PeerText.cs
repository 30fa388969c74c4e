using System.Globalization;
using System.Text;

namespace PamTui.Ssh.Wire;

/// <summary>Text of the peer on its way into a message, a log line or a terminal (E3): one line, nothing that steers a terminal, bounded.</summary>
public static class PeerText
{
    private const int Longest = 256;

    /// <summary>Escapes all that is not printable, including what changes the direction of writing, and cuts what is too long.</summary>
    public static string Show(ReadOnlySpan<byte> utf8) =>
        Show(Encoding.UTF8.GetString(utf8.Length > 4 * Longest ? utf8[..(4 * Longest)] : utf8));

    /// <inheritdoc cref="Show(ReadOnlySpan{byte})"/>
    public static string Show(string text)
    {
        StringBuilder shown = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (shown.Length >= Longest)
            {
                shown.Append('…');
                break;
            }

            if (rune.Value == ' ' || IsPlain(rune))
            {
                shown.Append(rune.ToString());
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
        }

        return shown.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
