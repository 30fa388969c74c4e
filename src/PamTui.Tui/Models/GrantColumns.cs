using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What a list of grants can show, and how a grant is said.</summary>
internal static class GrantColumns
{
    public static IReadOnlyList<ListColumn<Grant>> All(TimeProvider time) =>
    [
        new("grant", 5, 0, static row => new Span(Number(row))) { IsFixed = true },
        new("who", 12, 2, static row => new Span(row.Grantee)),
        new("can", 15, 1, static row => new Span(row.Rights)),
        new("on", 14, 4, static row => new Span(Text.Escape(row.Target))),
        new("state", 9, 0, row => State(row, time.GetUtcNow())),
        new("until", 16, 0, static row => new Span(row.Until is { } end ? Moment(end) : "no end", Tone.Dim)) { Header = "UNTIL (UTC)" },
        new("from", 16, 0, static row => new Span(Moment(row.From), Tone.Dim)) { Header = "FROM (UTC)", IsUsual = false },
        new("given by", 10, 1, static row => new Span(Text.Escape(row.CreatedBy), Tone.Dim)) { IsUsual = false },
    ];

    public static string Number(Grant grant) => grant.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>"bob can connect on web-1/*, until 2026-12-31 00:00 UTC".</summary>
    public static string Sentence(Grant grant) =>
        $"{grant.Grantee} can {grant.Rights} on {Text.Escape(grant.Target)}{(grant.Until is { } end ? $", until {Moment(end)} UTC" : "")}";

    public static Span State(Grant grant, DateTimeOffset now) => grant switch
    {
        { Until: { } until } when until <= now => new Span("- ended", Tone.Dim),
        { From: var from } when from > now => new Span("○ not yet", Tone.Warn),
        _ => new Span("● holds", Tone.Good),
    };

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
