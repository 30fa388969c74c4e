using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>One kind of target whose credentials can be changed.</summary>
internal interface IRotator
{
    /// <summary>The old credential works beside the new one until <see cref="ITargetChange.FinishAsync"/> (keys; never passwords).</summary>
    bool LeavesOld(CredentialType type);

    /// <summary>Signs in as <paramref name="by"/>, after the target's identity was checked, to change the credential of <paramref name="change"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled. Nothing else is thrown for a target's fault.</exception>
    Task<(ITargetChange? Open, CheckFailure? Failure)> OpenAsync(CheckRun run, Resource resource, Login by, CredentialChange change, CancellationToken ct);
}

/// <summary>
/// A signed-in session that can change one credential. It stays open until the new one has signed in, so that the old one can be put
/// back by an account that changes its own. Nothing but cancellation is thrown for a target's fault.
/// </summary>
internal interface ITargetChange : IAsyncDisposable
{
    /// <summary>Finds out whether the change would be taken, and changes nothing. Null: it would.</summary>
    Task<CheckFailure?> TestAsync(CheckRun run, CancellationToken ct);

    /// <summary>Puts the new credential in the old one's place (a key: beside it). Doing it twice is the same as once.</summary>
    Task<ChangeOutcome> ApplyAsync(CheckRun run, Secret replacement, CancellationToken ct);

    /// <summary>Puts the old credential back in the new one's place.</summary>
    Task<ChangeOutcome> WithdrawAsync(CheckRun run, Secret replacement, CancellationToken ct);

    /// <summary>After the new one has signed in: takes away what is left of the old one. Null: it is gone.</summary>
    Task<CheckFailure?> FinishAsync(CheckRun run, Secret replacement, CancellationToken ct);
}

/// <summary>What is to be changed. The secrets stay the caller's.</summary>
/// <param name="Username">Of the account whose credential it is.</param>
/// <param name="ByItself">The session is that account's own.</param>
/// <param name="Old">The account's credential as the vault has it.</param>
/// <param name="OldPassphrase">Of a key that is encrypted.</param>
internal sealed record CredentialChange(string Username, bool ByItself, CredentialType Type, Secret Old, Secret? OldPassphrase);

/// <summary>What came of a change on the target.</summary>
internal abstract record ChangeOutcome
{
    /// <summary>The target said that it is done.</summary>
    public sealed record Applied : ChangeOutcome;

    /// <summary>The target said no: it is as it was.</summary>
    public sealed record Refused(CheckFailure Failure) : ChangeOutcome;

    /// <summary>The target tried, said no, and does nothing more: a sign-in tells which of the two it has.</summary>
    public sealed record Ended(CheckFailure Failure) : ChangeOutcome;

    /// <summary>No answer came: it may have been done, may be done in a moment, or not at all.</summary>
    public sealed record Unknown(CheckFailure Failure) : ChangeOutcome;
}
