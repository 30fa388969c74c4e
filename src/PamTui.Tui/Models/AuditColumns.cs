using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What the list of the audit can show.</summary>
internal static class AuditColumns
{
    public static IReadOnlyList<ListColumn<AuditRow>> All { get; } =
    [
        new("row", 7, 0, static row => new Span(row.Sequence.ToString(CultureInfo.InvariantCulture))) { IsFixed = true },
        new("when (UTC)", 19, 0, static row => new Span(row.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Tone.Dim)),
        new("who", 8, 1, static row => new Span(Text.Escape(row.Actor))),
        new("action", 14, 4, static row => new Span(row.Action)),
        new("target", 12, 2, static row => new Span(Text.Escape(row.Target))),
        new("from", 11, 1, static row => new Span(Text.Escape(row.Source), Tone.Dim)) { GivesWay = true },
        new("details", 10, 3, static row => new Span(row.Details, Tone.Dim)),
    ];
}
