namespace PamTui.Core.Model;

/// <summary>What comes next for an account's credential.</summary>
public enum RotationOutlookState
{
    /// <summary>No policy reaches the account.</summary>
    NoPolicy,

    /// <summary>The policy that holds is off.</summary>
    Off,

    /// <summary>At <see cref="RotationOutlook.Next"/>.</summary>
    Scheduled,

    /// <summary>Now.</summary>
    Due,

    /// <summary>It is due, and a session of the account is open.</summary>
    WaitingForSessions,

    /// <summary>The last attempt failed; the next one is at <see cref="RotationOutlook.Next"/>.</summary>
    Retrying,

    /// <summary>Too many attempts failed: a person must look.</summary>
    Stopped,

    /// <summary>Neither of two credentials signs in: a person must decide.</summary>
    NeedsAttention,
}

/// <summary>An account's rotation as its policy has it.</summary>
/// <param name="Policy">The one that holds; null: none.</param>
/// <param name="Next">When the next attempt is; null: never as things are.</param>
/// <param name="Failures">Attempts that failed since the last success, or since a person last tried.</param>
/// <param name="Overdue">The credential is older than its policy allows.</param>
/// <param name="Count">Rotations in the ledger.</param>
/// <param name="Hook">Of the latest rotation that had one.</param>
public sealed record RotationOutlook(RotationPolicy? Policy, RotationOutlookState State, DateTimeOffset? Next, int Failures, bool Overdue, int Count, RotationHook? Hook);

/// <summary>How far the hook of a rotation has come.</summary>
public enum HookState
{
    /// <summary>To be run, for the first time or again.</summary>
    Pending,

    Done,

    /// <summary>It failed too often.</summary>
    Failed,

    /// <summary>Its policy has none any more, or a later rotation has taken its place.</summary>
    Dropped,
}

/// <summary>The hook of one rotation.</summary>
/// <param name="Tries">How often it was started.</param>
/// <param name="Error">Why the last try failed, in one sentence.</param>
/// <param name="Output">The end of what the last try printed, without the secret.</param>
public sealed record RotationHook(HookState State, int Tries, DateTimeOffset? Tried, string? Error, string? Output);
