using System.Globalization;
using PamTui.Core.Imports;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>A line of an import as it is seen: which, what, what becomes or became of it, and why.</summary>
internal sealed record ImportRowView(int Line, string Subject, Span State, string Why)
{
    public static IReadOnlyList<GridColumn> Columns { get; } = [new("LINE", 5, Right: true), new("WHAT", 18, 2), new("", 15), new("WHY", 12, 3)];

    public IReadOnlyList<Span> Cells =>
        [new Span(Line.ToString(CultureInfo.InvariantCulture), Tone.Dim), new Span(Text.Escape(Subject)), State, new Span(Text.Escape(Why, 512), Tone.Dim)];

    public static ImportRowView Of(ImportItem item, OnClash onClash) => new(
        item.Line,
        item.Subject,
        item.Action switch
        {
            ImportAction.Add => new Span("● new", Tone.Good),
            ImportAction.Same when item.IsUpdate && onClash == OnClash.Update => new Span("↻ is changed", Tone.Warn),
            ImportAction.Same => new Span("- there already", Tone.Dim),
            ImportAction.Clash when onClash == OnClash.Update => new Span("↻ is changed", Tone.Warn),
            ImportAction.Clash when onClash == OnClash.Skip => new Span("○ stays", Tone.Warn),
            ImportAction.Clash => new Span("✗ stops it all", Tone.Bad),
            ImportAction.LeftOut => new Span("○ left out", Tone.Dim),
            _ => new Span("✗ wrong", Tone.Bad),
        },
        WhyOf(item, onClash));

    public static ImportRowView Of(ImportNote note) => new(note.Line, "line", new Span("○ left out", Tone.Dim), note.Message);

    public static ImportRowView Of(ImportOutcome outcome) => new(
        outcome.Line,
        outcome.Subject,
        outcome.Result switch
        {
            ImportResult.Added => new Span("● added", Tone.Good),
            ImportResult.Updated => new Span("↻ updated", Tone.Good),
            ImportResult.Skipped => new Span("○ skipped", Tone.Dim),
            _ => new Span("✗ failed", Tone.Bad),
        },
        outcome.Message ?? "");

    // What becomes of a credential is said where it is not plain: an update may replace it or leave it.
    private static string WhyOf(ImportItem item, OnClash onClash)
    {
        string credential = (onClash, item.Credential) switch
        {
            (OnClash.Update, ImportCredential.Replaced) => "Its credential becomes the file's.",
            (OnClash.Update, ImportCredential.Kept) when item.IsUpdate => "It keeps its credential.",
            _ => "",
        };
        string message = item.Column is { } column && item.Message is { } why ? $"{column}: {why}" : item.Message ?? "";
        return message.Length > 0 && credential.Length > 0 ? $"{credential} {message}" : credential + message;
    }
}
