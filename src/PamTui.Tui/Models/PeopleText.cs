using System.Globalization;
using PamTui.Core.Model;
using PamTui.Core.Users;

namespace PamTui.Tui.Models;

/// <summary>Users, groups and grants as lines to read.</summary>
internal static class PeopleText
{
    public static IReadOnlyList<StyledLine> Of(User user, UserActivity? activity, DateTimeOffset now)
    {
        List<StyledLine> lines =
        [
            Row("User", new Span(user.Name, Tone.Strong)),
            Row("Role", new Span(Words.Of(user.Role) + (user.Role == Role.Admin ? ": may do everything" : ": may do what the grants below say"))),
            Row("State", UserColumns.State(user)),
            Row("Signs in by", UserColumns.Means(user)),
            Row("Groups", new Span(user.Groups.Count == 0 ? "none" : string.Join(' ', user.Groups))),
            Row("Added", new Span(StatusWords.Ago(user.Created, now), Tone.Dim)),
        ];
        if (activity is not null)
        {
            lines.Add(Row("Last sign-in", new Span(activity.LastSignIn is { } at ? $"{StatusWords.Ago(at, now)} from {Text.Escape(activity.LastSource ?? "")}" : "never")));
            lines.Add(Row("Sessions", new Span(string.Create(CultureInfo.InvariantCulture, $"{activity.Sessions}, {activity.LiveSessions} live"))));
        }

        Section(lines, "PUBLIC KEYS");
        if (user.Keys.Count == 0)
        {
            lines.Add(StyledLine.Of("  none; K adds one", Tone.Dim));
        }

        lines.AddRange(user.Keys.Select(key => new StyledLine(
            new Span("  " + Text.Escape(key.KeyType).PadRight(20) + " "),
            new Span(key.Fingerprint + "  ", Tone.Dim),
            new Span(Text.Escape(key.Comment)))));
        return lines;
    }

    public static IReadOnlyList<StyledLine> Of(Group group)
    {
        List<StyledLine> lines = [Row("Group", new Span(group.Name, Tone.Strong))];
        Section(lines, string.Create(CultureInfo.InvariantCulture, $"MEMBERS ({group.Members.Count})"));
        lines.AddRange(group.Members.Count == 0 ? [StyledLine.Of("  none; m puts some in", Tone.Dim)] : group.Members.Select(name => StyledLine.Of("  " + name)));
        return lines;
    }

    /// <summary>Each with a number to find it by in the list of grants.</summary>
    public static IReadOnlyList<StyledLine> Grants(Page<Grant> grants, DateTimeOffset now)
    {
        List<StyledLine> lines = [];
        Section(lines, string.Create(CultureInfo.InvariantCulture, $"GRANTS ({grants.Total})"));
        if (grants.Total == 0)
        {
            lines.Add(StyledLine.Of("  none; n gives one", Tone.Dim));
        }

        lines.AddRange(grants.Items.Select(grant => new StyledLine(
            new Span("  "), Padded(GrantColumns.State(grant, now)), new Span($" grant {GrantColumns.Number(grant)}: ", Tone.Dim), new Span(GrantColumns.Sentence(grant)))));
        return lines;
    }

    /// <summary>Why somebody may, or may not: the answer, then each of his grants and his groups' with what it says.</summary>
    public static IReadOnlyList<StyledLine> Why(GrantExplanation why)
    {
        List<StyledLine> lines =
        [
            new(why.Capabilities == Capability.None ? new Span("✗ ", Tone.Bad) : new Span("● ", Tone.Good), new Span(Text.Escape(why.Sentence, 512), Tone.Strong)),
        ];
        Section(lines, $"GRANTS OF {why.User} AND OF THEIR GROUPS");
        if (why.Reasons.Count == 0)
        {
            lines.Add(StyledLine.Of("  none", Tone.Dim));
        }

        foreach (GrantReason reason in why.Reasons)
        {
            lines.Add(new StyledLine(
                new Span("  "),
                reason.Holds ? new Span("● ", Tone.Good) : new Span("- ", Tone.Dim),
                new Span($"grant {GrantColumns.Number(reason.Grant)}: {GrantColumns.Sentence(reason.Grant)}", reason.Holds ? Tone.Normal : Tone.Dim)));
            lines.Add(StyledLine.Of("      " + Text.Escape(reason.Why, 512), reason.Holds ? Tone.Normal : Tone.Dim));
        }

        return lines;
    }

    /// <summary>"It reaches 12 accounts now: a, b, …", and the end of the sentence when it reaches none.</summary>
    public static string Reach(GrantReach reach) => reach.Count switch
    {
        0 => "It reaches no account now; it will when one fits.",
        1 => $"It reaches 1 account now: {reach.First[0]}.",
        _ => string.Create(CultureInfo.InvariantCulture, $"It reaches {reach.Count} accounts now: {string.Join(", ", reach.First)}{(reach.Count > reach.First.Count ? ", …" : ".")}"),
    };

    private static Span Padded(Span state) => state with { Text = state.Text.PadRight("○ not yet".Length) };

    private static StyledLine Row(string label, Span value) => new(new Span("  " + label.PadRight(14), Tone.Dim), value);

    private static void Section(List<StyledLine> lines, string title)
    {
        lines.Add(StyledLine.Blank);
        lines.Add(StyledLine.Of(title, Tone.Accent));
    }
}
