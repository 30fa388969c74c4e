namespace PamTui.Core.Model;

/// <summary>One link of the audit chain: who did what to what, from where, when.</summary>
/// <param name="Sequence">1, 2, 3, … without a gap.</param>
/// <param name="At">UTC, whole microseconds.</param>
/// <param name="Actor">The user's name, "local:NAME" or "system".</param>
/// <param name="Action">"account.add", "grant.remove", "session.start", …</param>
/// <param name="Target">What it was done to, by name.</param>
/// <param name="Details">"key=value" pairs, escaped; never a secret.</param>
/// <param name="Hash">SHA-256 of the previous row's hash and the canonical form of this row.</param>
public sealed record AuditRow(
    long Sequence,
    DateTimeOffset At,
    string Actor,
    string Source,
    string Action,
    string Target,
    string Details,
    byte[] Hash);
