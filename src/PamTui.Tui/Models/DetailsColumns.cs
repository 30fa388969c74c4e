using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What the parts of the details show in their rows.</summary>
internal static class DetailsColumns
{
    public static IReadOnlyList<ListColumn<Grant>> Grants(TimeProvider time) =>
    [
        new("who", 10, 2, static row => new Span(Text.Escape(row.Grantee))),
        new("may", 15, 1, row => new Span(Rights(row), Holds(row, time.GetUtcNow()) ? Tone.Normal : Tone.Dim)),
        new("on", 12, 3, static row => new Span(Text.Escape(row.Target), Tone.Dim)),
        new("until", 16, 0, row => Until(row, time.GetUtcNow())),
    ];

    public static IReadOnlyList<ListColumn<SessionRecord>> Sessions(TimeProvider time, bool withAccount)
    {
        string[] left = withAccount ? ["session", "user", "account", "started", "lasts", "state"] : ["session", "user", "from", "started", "lasts", "state"];
        return [.. SessionColumns.All(time).Where(column => left.Contains(column.Name))];
    }

    public static IReadOnlyList<ListColumn<CheckRecord>> Checks { get; } =
    [
        new("when (UTC)", 16, 0, static row => new Span(At(row.At), Tone.Dim)),
        new("who", 9, 2, static row => new Span(row.By == "system" ? "the gateway" : Text.Escape(row.By))),
        new("result", 13, 0, static row => Health(row.Health)),
        new("why", 12, 4, static row => new Span(row.Cause is { } cause ? Cause(cause) : Text.Escape(row.Message), Tone.Dim)),
        new("ms", 6, 0, static row => new Span(row.Elapsed is { } time ? ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : "", Tone.Dim)) { Right = true },
    ];

    public static IReadOnlyList<ListColumn<RotationRecord>> Rotations { get; } =
    [
        new("when (UTC)", 16, 0, static row => new Span(At(row.Planned), Tone.Dim)),
        new("who", 9, 2, static row => new Span(row.StartedBy == "system" ? "the gateway" : Text.Escape(row.StartedBy))),
        new("came to", 30, 4, static row => Came(row.State)),
    ];

    public static IReadOnlyList<ListColumn<AuditRow>> History { get; } =
    [
        new("when (UTC)", 16, 0, static row => new Span(At(row.At), Tone.Dim)),
        new("who", 9, 1, static row => new Span(Text.Escape(row.Actor))),
        new("action", 14, 1, static row => new Span(Text.Escape(row.Action))),
        new("details", 12, 4, static row => new Span(Text.Escape(row.Details, 1024), Tone.Dim)),
    ];

    public static IReadOnlyList<ListColumn<HostKeyRow>> HostKeys { get; } =
    [
        new("key", 20, 0, static row => new Span(row.Kind)),
        new("fingerprint", 20, 3, static row => new Span(row.Pin.Fingerprint)),
        new("trusted because of", 18, 2, static row => new Span(row.Trust, row.IsTrusted ? Tone.Dim : Tone.Warn)),
    ];

    public static IReadOnlyList<ListColumn<ReadyLine>> Lines { get; } =
    [
        new("for", 13, 0, static row => new Span(row.For, Tone.Dim)),
        new("line", 30, 1, static row => new Span(Text.Escape(row.Shown, 1024))),
    ];

    public static IReadOnlyList<ListColumn<Account>> Accounts(TimeProvider time, Starred starred) => [.. AccountColumns.All(time, starred)
        .Where(column => column.Name is "name" or "username" or "check" or "checked" or "rotation")
        .Select(column => column with { Weight = Math.Max(column.Weight, 1) })];

    /// <summary>"connect,manage".</summary>
    public static string Rights(Grant grant) => grant.Rights.Replace(", ", ",", StringComparison.Ordinal);

    public static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>How a rotation stands, in words that need no knowledge of the ledger.</summary>
    public static Span Came(RotationState state) => state switch
    {
        RotationState.Planned => new Span("○ begun; nothing is changed yet", Tone.Warn),
        RotationState.Staged => new Span("○ new one sealed; the target may have it", Tone.Warn),
        RotationState.Applied => new Span("○ the target took the new one; not proven yet", Tone.Warn),
        RotationState.Verified => new Span("○ the new one signs in; the old one goes next", Tone.Warn),
        RotationState.Promoted => new Span("● done: the new one is in use", Tone.Good),
        RotationState.Failed => new Span("✗ failed: the old one stays in use", Tone.Bad),
        _ => new Span("✗ neither signs in: somebody must decide", Tone.Bad),
    };

    /// <summary>"wrong password".</summary>
    public static string Cause(CheckCause cause) => Words.Of(cause).Replace('-', ' ');

    private static bool Holds(Grant grant, DateTimeOffset now) => grant.From <= now && !(grant.Until <= now);

    private static Span Until(Grant grant, DateTimeOffset now) => grant switch
    {
        { Until: { } until } when until <= now => new Span("ended", Tone.Warn),
        _ when grant.From > now => new Span("from " + grant.From.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Tone.Warn),
        { Until: { } until } => new Span(At(until), Tone.Dim),
        _ => new Span("no end", Tone.Dim),
    };

    private static Span Health(HealthState state) => state switch
    {
        HealthState.Healthy => new Span("● signs in", Tone.Good),
        HealthState.Rejected => new Span("✗ rejected", Tone.Bad),
        HealthState.Unreachable => new Span("✗ unreachable", Tone.Bad),
        _ => new Span("○ unknown", Tone.Warn),
    };
}
