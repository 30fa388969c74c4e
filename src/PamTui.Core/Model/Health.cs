namespace PamTui.Core.Model;

/// <summary>What the last sign-in with an account's credential came to.</summary>
public enum HealthState
{
    /// <summary>Nobody has signed in with it as it is now.</summary>
    Unknown,

    Healthy,

    /// <summary>The target does not let it in. It is not tried again by itself: that could lock the account.</summary>
    Rejected,

    /// <summary>The target could not be reached, or did not show that it is the one meant; the credential was not put to the test.</summary>
    Unreachable,
}

/// <param name="Since">When it came to be so; null: not known.</param>
public sealed record AccountHealth(HealthState State, DateTimeOffset? Since)
{
    public static AccountHealth Unknown { get; } = new(HealthState.Unknown, null);

    /// <summary>What a sign-in says about the account.</summary>
    public static HealthState Of(CheckReport report) => report.Failure switch
    {
        null => HealthState.Healthy,
        { Stage: CheckStage.Resolve or CheckStage.Connect or CheckStage.Identity } => HealthState.Unreachable,
        { Cause: CheckCause.TimedOut or CheckCause.ConnectionLost or CheckCause.NoRoute or CheckCause.PortRefused or CheckCause.Cancelled } => HealthState.Unreachable,
        _ => HealthState.Rejected,
    };
}
