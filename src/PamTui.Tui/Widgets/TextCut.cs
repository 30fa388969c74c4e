using System.Buffers;
using System.Globalization;
using System.Text;
using PamTui.Tui.Models;
using Terminal.Gui.Text;

namespace PamTui.Tui.Widgets;

/// <summary>Text made to fill a number of columns exactly.</summary>
internal static class TextCut
{
    // One column each, alone and beside each other: ASCII, Latin letters, and the glyphs of the screens. The library takes microseconds to say so.
    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        [.. Range(' ', '~'), .. Range('\u00a1', '\u00ac'), .. Range('\u00ae', '\u02ff'), '‹', '›', '•', '…', .. Range('─', '◼'), '↑', '↓', '↻', '✓', '✗']);

    private const int LeastHead = 5;

    /// <summary>Whether every character of it is one cell.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_plain);

    public static int Width(string text) => IsPlain(text) ? text.Length : text.GetColumns();

    /// <summary>Cut with '…' or padded with blanks.</summary>
    public static string Fit(string text, int columns, bool right = false)
    {
        if (columns <= 0)
        {
            return "";
        }

        int width = Width(text);
        if (width > columns)
        {
            return Cut(text, columns);
        }

        string blanks = new(' ', columns - width);
        return right ? blanks + text : text + blanks;
    }

    /// <summary>As <see cref="Fit"/>; what stands behind the last '/' is kept while something before it can be read.</summary>
    public static string FitReference(string text, int columns)
    {
        int split = text.LastIndexOf('/');
        int head = split <= 0 ? 0 : columns - Width(text[split..]);
        return head < LeastHead || Width(text) <= columns ? Fit(text, columns) : Fit(Cut(text[..split], head).TrimEnd() + text[split..], columns);
    }

    /// <summary>Cut to at most so many columns, with '…' when something was cut.</summary>
    public static string Cut(string text, int columns)
    {
        if (Width(text) <= columns)
        {
            return text;
        }

        if (columns <= 1)
        {
            return columns == 1 ? "…" : "";
        }

        StringBuilder kept = new();
        int used = 0;
        for (int at = 0; at < text.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(text, at);
            string element = text.Substring(at, length);
            int width = Math.Max(0, element.GetColumns());
            if (used + width > columns - 1)
            {
                break;
            }

            kept.Append(element);
            used += width;
            at += length;
        }

        return kept.Append('…').Append(' ', columns - 1 - used).ToString();
    }

    /// <summary>Words broken into lines of at most so many columns; a longer word is broken inside.</summary>
    public static IReadOnlyList<string> Wrap(string text, int columns)
    {
        List<string> lines = [];
        StringBuilder line = new();
        int used = 0;
        foreach (string word in text.Split(' '))
        {
            string rest = word;
            while (true)
            {
                int gap = used == 0 ? 0 : 1;
                int width = Width(rest);
                if (used + gap + width <= columns)
                {
                    line.Append(gap == 1 ? " " : "").Append(rest);
                    used += gap + width;
                    break;
                }

                if (used > 0)
                {
                    lines.Add(line.ToString());
                    line.Clear();
                    used = 0;
                    continue;
                }

                int take = Math.Min(rest.Length, Math.Max(1, columns / 2));
                take = IsPlain(rest) ? Math.Min(rest.Length, columns) : take;
                lines.Add(rest[..take]);
                rest = rest[take..];
            }
        }

        if (used > 0 || lines.Count == 0)
        {
            lines.Add(line.ToString());
        }

        return lines;
    }

    /// <summary>Lines that hold one sentence are broken where they are too long; lines of several pieces are left to be cut.</summary>
    public static IReadOnlyList<StyledLine> Wrap(IEnumerable<StyledLine> lines, int columns) =>
    [
        .. lines.SelectMany(line => line.Spans.Count == 1 && columns > 0 && Width(line.Spans[0].Text) > columns
            ? Wrap(line.Spans[0].Text, columns).Select(part => StyledLine.Of(part, line.Spans[0].Tone))
            : [line]),
    ];

    private static IEnumerable<char> Range(char first, char last) => Enumerable.Range(first, last - first + 1).Select(static c => (char)c);
}
