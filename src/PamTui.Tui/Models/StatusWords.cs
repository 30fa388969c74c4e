using System.Globalization;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>States as a glyph, a word and a tone: never by colour alone.</summary>
internal static class StatusWords
{
    public static Span Glyph(CheckState state) => state switch
    {
        CheckState.Verified => new Span("●", Tone.Good),
        CheckState.Failed => new Span("✗", Tone.Bad),
        _ => new Span("○", Tone.Warn),
    };

    /// <summary>Of a check that failed it says how: rejected, or unreachable.</summary>
    public static Span Word(Account account) => new(
        account.CheckState == CheckState.Failed && account.Health.State != HealthState.Unknown ? Words.Of(account.Health.State) : Words.Of(account.CheckState),
        Glyph(account.CheckState).Tone);

    /// <summary>What comes next for a credential.</summary>
    public static Span Word(RotationOutlook outlook) => outlook.State switch
    {
        RotationOutlookState.NoPolicy => new Span("when told: no policy reaches the account", Tone.Dim),
        RotationOutlookState.Off => new Span("when told: the policy is off", Tone.Dim),
        RotationOutlookState.Scheduled when outlook.Next is { } at => new Span(at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC", outlook.Overdue ? Tone.Warn : Tone.Normal),
        RotationOutlookState.Retrying when outlook.Next is { } at => new Span($"{at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, after {Failures(outlook.Failures)}", Tone.Warn),
        RotationOutlookState.Scheduled or RotationOutlookState.Retrying => new Span("never: the time zone of the policy is not known here", Tone.Bad),
        RotationOutlookState.Due => new Span("now", Tone.Normal),
        RotationOutlookState.WaitingForSessions => new Span("when the open sessions of the account have ended", Tone.Warn),
        RotationOutlookState.Stopped => new Span($"stopped after {Failures(outlook.Failures)}: rotate it to try again", Tone.Bad),
        _ => new Span("when an admin has decided between two credentials", Tone.Bad),
    };

    private static string Failures(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "failure" : "failures")}");

    public static string Of(CheckStage stage) => stage switch
    {
        CheckStage.Resolve => "find the host",
        CheckStage.Connect => "connect",
        CheckStage.Identity => "host identity",
        CheckStage.SignIn => "sign in",
        CheckStage.Probe => "try a command",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };

    /// <summary>"just now", "5 min ago", "3 h ago", then the date.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now)
    {
        TimeSpan age = now - then;
        return age < TimeSpan.FromMinutes(1) ? "just now"
            : age < TimeSpan.FromHours(1) ? $"{(int)age.TotalMinutes} min ago"
            : age < TimeSpan.FromHours(24) ? $"{(int)age.TotalHours} h ago"
            : then.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
    }

    /// <summary>The same in few columns: what is older than a day is a day.</summary>
    public static string AgoOrDay(DateTimeOffset then, DateTimeOffset now) =>
        now - then < TimeSpan.FromHours(24) ? Ago(then, now) : then.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
