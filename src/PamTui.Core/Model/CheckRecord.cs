namespace PamTui.Core.Model;

/// <summary>One sign-in with an account's credential, as the audit tells of it.</summary>
/// <param name="Sequence">Of the audit row.</param>
/// <param name="By">The user's name, "local:NAME", or "system" for the gateway's own daily look.</param>
/// <param name="Health">What it came to.</param>
/// <param name="Stage">Where it failed; null: it passed, or the row does not say.</param>
/// <param name="Cause">Why it failed; null: it passed, or the row does not say.</param>
/// <param name="Elapsed">Null: the row does not say.</param>
/// <param name="Message">The sentence that was kept with it; empty: none was.</param>
public sealed record CheckRecord(
    long Sequence,
    DateTimeOffset At,
    string By,
    HealthState Health,
    CheckStage? Stage,
    CheckCause? Cause,
    TimeSpan? Elapsed,
    string Message);
