namespace PamTui.Core.Model;

/// <summary>How far a rotation has come. Each is a row of the ledger before the next thing is done (docs/adr/0008-rotation-ledger.md).</summary>
public enum RotationState
{
    /// <summary>Nothing is made and nothing changed; the way is tested next.</summary>
    Planned,

    /// <summary>The new credential is sealed in the vault; the target may hear of it from now on.</summary>
    Staged,

    /// <summary>The target said that it took the new credential.</summary>
    Applied,

    /// <summary>The new credential has signed in.</summary>
    Verified,

    /// <summary>The new credential is the account's; the old one is gone. The end.</summary>
    Promoted,

    /// <summary>The old credential stays the account's; the new one is gone. The end.</summary>
    Failed,

    /// <summary>Neither of the two signs in: both are kept until a person decides.</summary>
    NeedsAttention,
}

/// <summary>Who changes the credential on the target.</summary>
public enum RotationWay
{
    /// <summary>The account changes its own.</summary>
    ByItself,

    /// <summary>The resource's rotation account changes it.</summary>
    ByRotationAccount,
}

/// <summary>One rotation as the ledger has it.</summary>
/// <param name="By">The rotation account's name; null: by itself.</param>
/// <param name="StartedBy">The actor's name.</param>
/// <param name="Ended">When it was promoted or failed.</param>
/// <param name="Error">Why it failed, waits or needs attention, in one sentence; null: nothing is wrong.</param>
/// <param name="OldVersion">Of the credential that is replaced.</param>
/// <param name="NewVersion">Of the credential that replaces it.</param>
public sealed record RotationRecord(
    long Id,
    long AccountId,
    RotationState State,
    RotationWay Way,
    string? By,
    string StartedBy,
    DateTimeOffset Planned,
    DateTimeOffset? Staged,
    DateTimeOffset? Applied,
    DateTimeOffset? Verified,
    DateTimeOffset? Ended,
    string? Error,
    long OldVersion,
    long NewVersion)
{
    /// <summary>What was run after it; null: nothing was to be.</summary>
    public RotationHook? Hook { get; init; }

    public bool IsOver => State is RotationState.Promoted or RotationState.Failed;
}

/// <summary>What an account tells of its rotations.</summary>
/// <param name="State">Of the latest one; null: there was none.</param>
/// <param name="Last">When a new credential was promoted last; null: never.</param>
/// <param name="Error">Of the latest one.</param>
public sealed record AccountRotation(RotationState? State, DateTimeOffset? Last, string? Error)
{
    public static AccountRotation Never { get; } = new(null, null, null);

    /// <summary>Attempts that failed since the last success, or since a person last tried.</summary>
    public int Failures { get; init; }

    /// <summary>When the last of them did.</summary>
    public DateTimeOffset? Failed { get; init; }

    /// <summary>When somebody last saw the credential.</summary>
    public DateTimeOffset? Revealed { get; init; }

    /// <summary>The vault holds two credentials, of which the target has one.</summary>
    public bool IsUnfinished => State is RotationState.Planned or RotationState.Staged or RotationState.Applied or RotationState.Verified or RotationState.NeedsAttention;
}

/// <summary>Who works on an account's rotation, and until when nobody else may.</summary>
/// <param name="Owner">"HOST, process NUMBER".</param>
public sealed record RotationLease(string Owner, DateTimeOffset Taken, DateTimeOffset Expires);

/// <summary>What a rotation would do, found out without changing anything.</summary>
/// <param name="By">The rotation account's name; null: by itself.</param>
/// <param name="Change">One sentence: what would be changed on the target.</param>
/// <param name="Policy">What the new password is made by; null: the account has a private key.</param>
/// <param name="Example">A password as the policy makes them, thrown away.</param>
/// <param name="Warnings">Sentences.</param>
/// <param name="Unfinished">An earlier rotation that would be finished in place of a new one.</param>
/// <param name="Way">How the test of the way ended; null: it was not tested.</param>
public sealed record RotationPlan(
    AccountRef Account,
    RotationWay Way,
    string? By,
    string Change,
    PasswordPolicy? Policy,
    string? Example,
    IReadOnlyList<string> Warnings,
    RotationRecord? Unfinished,
    CheckReport? Test);

/// <summary>One step of a rotation as it happens.</summary>
/// <param name="Step">What is to be reached.</param>
public sealed record RotationProgress(RotationState Step, StageState State, TimeSpan Elapsed);
