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

    public static Span Word(CheckState state) => new(Words.Of(state), Glyph(state).Tone);

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
}
