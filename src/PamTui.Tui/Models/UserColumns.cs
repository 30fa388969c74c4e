using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What a list of users can show.</summary>
internal static class UserColumns
{
    public static IReadOnlyList<ListColumn<ListedUser>> All(TimeProvider time) =>
    [
        new("user", 12, 2, static row => new Span(row.User.Name)) { IsFixed = true },
        new("role", 7, 0, static row => new Span(Words.Of(row.User.Role), row.User.Role == Role.Admin ? Tone.Strong : Tone.Dim)),
        new("state", 11, 0, static row => State(row.User)),
        new("signs in by", 16, 0, static row => Means(row.User)),
        new("last sign-in", 12, 0, row => new Span(row.LastSignIn is { } at ? StatusWords.AgoOrDay(at, time.GetUtcNow()) : "never", Tone.Dim)) { Header = "LAST" },
        new("live sessions", 4, 0, static row => new Span(Number(row.LiveSessions), row.LiveSessions > 0 ? Tone.Good : Tone.Dim)) { Header = "LIVE", Right = true },
        new("groups", 8, 3, static row => new Span(string.Join(' ', row.User.Groups))),
        new("added", 12, 0, row => new Span(StatusWords.AgoOrDay(row.User.Created, time.GetUtcNow()), Tone.Dim)) { IsUsual = false },
    ];

    public static Span State(User user) => user.Disabled ? new Span("✗ disabled", Tone.Bad) : new Span("● enabled", Tone.Good);

    /// <summary>"2 keys, password".</summary>
    public static Span Means(User user)
    {
        string[] means = [.. user.Keys.Count switch { 0 => (string[])[], 1 => ["1 key"], var count => [Number(count) + " keys"] }, .. user.HasPassword ? (string[])["password"] : []];
        return means.Length == 0 ? new Span("○ nothing yet", Tone.Warn) : new Span(string.Join(", ", means), Tone.Dim);
    }

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
