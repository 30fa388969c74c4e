using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What a list of sessions can show.</summary>
internal static class SessionColumns
{
    public static IReadOnlyList<ListColumn<SessionRecord>> All(TimeProvider time) =>
    [
        new("session", 7, 0, static row => new Span(row.Id.ToString(CultureInfo.InvariantCulture))) { IsFixed = true },
        new("user", 8, 1, static row => new Span(row.User)),
        new("account", 14, 3, static row => new Span(row.Target)) { IsReference = true },
        new("from", 11, 1, static row => new Span(Text.Escape(row.Source), Tone.Dim)),
        new("started", 11, 0, row => new Span(StatusWords.Ago(row.Started, time.GetUtcNow()), Tone.Dim)),
        new("lasts", 7, 0, row => new Span(Duration((row.Ended ?? time.GetUtcNow()) - row.Started), Tone.Dim)) { Right = true },
        new("in", 9, 0, static row => new Span(Bytes(row.BytesIn), Tone.Dim)) { Right = true, GivesWay = true },
        new("out", 9, 0, static row => new Span(Bytes(row.BytesOut), Tone.Dim)) { Right = true, GivesWay = true },
        new("state", 8, 3, State),
    ];

    /// <summary>"42 s", "7 min", "3 h 20", "5 d".</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{(int)Math.Max(0, time.TotalSeconds)} s",
        { TotalHours: < 1 } => $"{(int)time.TotalMinutes} min",
        { TotalDays: < 1 } => $"{(int)time.TotalHours} h {time.Minutes:00}",
        _ => $"{(int)time.TotalDays} d",
    };

    /// <summary>"812 B", "1.5 KiB", "12.0 GiB".</summary>
    public static string Bytes(long count)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        double size = count;
        int unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            (size, unit) = (size / 1024, unit + 1);
        }

        return unit == 0 ? string.Create(CultureInfo.InvariantCulture, $"{count} B") : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {units[unit]}");
    }

    private static Span State(SessionRecord row) => row.Ended is null ? new Span("● live", Tone.Good) : new Span("○ " + Text.Escape(row.EndReason ?? "ended"), Tone.Dim);
}
