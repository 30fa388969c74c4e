using System.Globalization;
using System.Security;
using System.Text;
using Terminal.Gui.Text;

namespace PamTui.Tests.Tui;

/// <summary>A golden screen as an SVG: each run of cells with one look at its place, whatever font the viewer has.</summary>
internal static class ScreenPicture
{
    private const double CellWidth = 8.4;
    private const double CellHeight = 18;
    private const double Margin = 10;
    private const string Ground = "#1b1d21";
    private const string Plain = "#d4d4d4";

    /// <param name="golden">As `GoldenTests` writes it: the text, the looks of each row, what each look stands for.</param>
    public static string Svg(string golden, int columns, int rows)
    {
        string[] lines = golden.Split('\n');
        string[] looks = lines[(rows + 1)..((rows * 2) + 1)];
        Dictionary<char, string> meanings = lines[((rows * 2) + 1)..].Where(static line => line.Length > 2).ToDictionary(static line => line[0], static line => line[2..]);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {(columns * CellWidth) + (2 * Margin):0.#} {(rows * CellHeight) + (2 * Margin):0.#}\" ");
        svg.Append("font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{Ground}\"/>\n");
        for (int row = 0; row < rows; row++)
        {
            string[] cells = Cells(lines[row], columns);
            int column = 0;
            foreach (string run in looks[row].Split(' '))
            {
                int length = int.Parse(run.AsSpan(1), CultureInfo.InvariantCulture);
                Append(svg, cells.AsSpan(column, length), column, row, Look.Of(meanings[run[0]]));
                column += length;
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, ReadOnlySpan<string> cells, int column, int row, Look look)
    {
        double x = Margin + (column * CellWidth);
        double y = Margin + (row * CellHeight);
        if (look.Back is { } back)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{cells.Length * CellWidth:0.#}\" height=\"{CellHeight:0.#}\" fill=\"{back}\"/>\n");
        }

        string text = string.Concat(cells);
        string shown = text.Trim(' ');
        if (shown.Length == 0)
        {
            return;
        }

        int before = text.Length - text.TrimStart(' ').Length;
        int after = text.Length - text.TrimEnd(' ').Length;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + (before * CellWidth):0.#}\" y=\"{y + 13.5:0.#}\" textLength=\"{(cells.Length - before - after) * CellWidth:0.#}\" ");
        svg.Append(CultureInfo.InvariantCulture, $"lengthAdjust=\"spacingAndGlyphs\" fill=\"{look.Fore ?? Plain}\"{(look.Bold ? " font-weight=\"bold\"" : "")}{(look.Underlined ? " text-decoration=\"underline\"" : "")} ");
        svg.Append(CultureInfo.InvariantCulture, $"xml:space=\"preserve\">{SecurityElement.Escape(shown)}</text>\n");
    }

    // One string a column; the second column of a wide character is empty.
    private static string[] Cells(string line, int columns)
    {
        string[] cells = new string[columns];
        Array.Fill(cells, " ");
        int column = 0;
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(line);
        while (elements.MoveNext() && column < columns)
        {
            string element = elements.GetTextElement();
            cells[column] = element;
            if (element.GetColumns() == 2 && column + 1 < columns)
            {
                cells[column + 1] = "";
            }

            column += Math.Max(1, element.GetColumns());
        }

        return cells;
    }

    private readonly record struct Look(string? Fore, string? Back, bool Bold, bool Underlined)
    {
        public static Look Of(string codes)
        {
            string? fore = null;
            string? back = null;
            string[] parts = codes == "plain" ? [] : codes.Split(';');
            for (int i = 0; i + 2 < parts.Length; i++)
            {
                if (parts[i] is "38" or "48" && parts[i + 1] == "5")
                {
                    string color = Rgb(int.Parse(parts[i + 2], CultureInfo.InvariantCulture));
                    (fore, back) = parts[i] == "38" ? (color, back) : (fore, color);
                }
            }

            return new Look(fore, back, parts.Contains("1"), parts.Contains("4"));
        }

        // The cube and the greys of 256 colours; the screens use no others.
        private static string Rgb(int index)
        {
            static int Level(int step) => step == 0 ? 0 : 55 + (40 * step);
            (int r, int g, int b) = index >= 232
                ? (8 + (10 * (index - 232)), 8 + (10 * (index - 232)), 8 + (10 * (index - 232)))
                : (Level((index - 16) / 36), Level((index - 16) / 6 % 6), Level((index - 16) % 6));
            return string.Create(CultureInfo.InvariantCulture, $"#{r:x2}{g:x2}{b:x2}");
        }
    }
}
