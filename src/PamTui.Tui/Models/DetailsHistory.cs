using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What has happened with an account or a resource, and who may use it, as lines to read.</summary>
internal static class DetailsHistory
{
    public static IReadOnlyList<StyledLine> Grants(Page<Grant> grants, DateTimeOffset now) => Section(
        "GRANTS THAT REACH IT",
        grants,
        grant => new StyledLine(
            new Span("  " + Text.Escape(grant.Grantee).PadRight(16) + " "),
            new Span(Rights(grant.Capabilities).PadRight(20) + " ", grant.Until <= now || grant.From > now ? Tone.Dim : Tone.Normal),
            new Span(Text.Escape(grant.Target, 80), Tone.Dim),
            new Span(grant.Until is { } until ? $"  until {At(until)}" : "", grant.Until <= now ? Tone.Warn : Tone.Dim)));

    public static IReadOnlyList<StyledLine> Sessions(Page<SessionRecord> sessions) => Section(
        "SESSIONS",
        sessions,
        session => new StyledLine(
            new Span("  " + At(session.Started) + "  ", Tone.Dim),
            new Span(Text.Escape(session.User).PadRight(14) + " "),
            session.Ended is { } ended
                ? new Span($"{Length(ended - session.Started),8}  {Text.Escape(session.EndReason ?? "", 80)}", Tone.Dim)
                : new Span("● live", Tone.Good),
            new Span("  from " + Text.Escape(session.Source), Tone.Dim)));

    public static IReadOnlyList<StyledLine> Rotations(Page<RotationRecord> rotations) => Section(
        "ROTATIONS",
        rotations,
        row => new StyledLine(
            new Span("  " + At(row.Planned) + "  ", Tone.Dim),
            new Span(Words.Of(row.State).PadRight(16), row.State == RotationState.Promoted ? Tone.Good : row.IsOver ? Tone.Bad : Tone.Warn),
            new Span(Text.Escape(row.StartedBy).PadRight(14) + " "),
            new Span(Text.Escape(row.Error ?? "", 200), Tone.Bad)));

    private static List<StyledLine> Section<T>(string title, Page<T> page, Func<T, StyledLine> line)
    {
        if (page.Items.Count == 0)
        {
            return [];
        }

        List<StyledLine> lines = [StyledLine.Blank, StyledLine.Of(title, Tone.Accent), .. page.Items.Select(line)];
        if (page.Total > page.Items.Count)
        {
            lines.Add(StyledLine.Of(string.Create(CultureInfo.InvariantCulture, $"  and {page.Total - page.Items.Count} more"), Tone.Dim));
        }

        return lines;
    }

    private static string Rights(Capability rights) =>
        string.Join(',', Enum.GetValues<Capability>().Where(one => one != Capability.None && rights.HasFlag(one)).Select(Words.Of));

    private static string At(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Length(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} m")
        : time.TotalMinutes >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} m {time.Seconds} s") : string.Create(CultureInfo.InvariantCulture, $"{time.Seconds} s");
}
