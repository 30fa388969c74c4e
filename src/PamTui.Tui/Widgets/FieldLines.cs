using PamTui.Tui.Models;

namespace PamTui.Tui.Widgets;

/// <summary>Lines of a label and a value: a long value goes on below itself.</summary>
internal static class FieldLines
{
    public static IReadOnlyList<StyledLine> Wrap(IEnumerable<StyledLine> lines, int columns) =>
    [
        .. lines.SelectMany(line => line.Spans is [var label, var value] && label.Text.Length == DetailsText.LabelColumns && TextCut.Width(value.Text) > columns - DetailsText.LabelColumns
            ? TextCut.Wrap(value.Text, columns - DetailsText.LabelColumns).Select((part, at) => new StyledLine(
                new Span(at == 0 ? label.Text : new string(' ', DetailsText.LabelColumns), label.Tone), new Span(part, value.Tone)))
            : TextCut.Wrap([line], columns)),
    ];
}
