namespace PamTui.Core.Model;

/// <summary>The stages of a live sign-in, in order (design 5).</summary>
public enum CheckStage
{
    Resolve,
    Connect,

    /// <summary>The host key of an SSH server, the certificate of a TLS server.</summary>
    Identity,

    SignIn,
    Probe,
}

/// <summary>Why a check failed; each has its own sentence.</summary>
public enum CheckCause
{
    HostUnknown,
    PortRefused,
    NoRoute,
    TimedOut,
    NotTheProtocol,
    HostKeyUnknown,
    HostKeyDiffers,
    HostKeyTypeDiffers,
    TlsRefused,
    TlsUntrusted,
    WrongPassword,
    KeyNotAccepted,
    /// <summary>The gateway has no SSH CA that could sign a certificate.</summary>
    NoAuthority,
    KeyUnreadable,
    KeyNeedsPassphrase,
    AccountLocked,
    AccountExpired,
    PasswordExpired,
    DatabaseMissing,
    NotPermitted,
    ProbeFailed,
    ConnectionLost,
    Cancelled,
}

public enum StageState
{
    Running,
    Passed,
    Failed,
}

/// <summary>One step of a check as it happens; the form shows it.</summary>
/// <param name="Cause">Of a step that failed.</param>
public sealed record CheckProgress(CheckStage Stage, StageState State, TimeSpan Elapsed, CheckCause? Cause = null)
{
    /// <summary>The host has shown who it is, nobody has said yet whether that is so, and nothing has failed.</summary>
    public bool IsFirstContact => Cause == CheckCause.HostKeyUnknown;
}

/// <summary>A host key that the target showed.</summary>
public sealed record SeenHostKey(string KeyType, string Fingerprint);

/// <summary>How a check ended.</summary>
/// <param name="Failure">Null: the sign-in works.</param>
/// <param name="HostKey">The host key shown, when one was.</param>
public sealed record CheckReport(CheckFailure? Failure, SeenHostKey? HostKey, TimeSpan Elapsed)
{
    public bool Passed => Failure is null;

    /// <summary>It was let through as the first one, and nothing holds the host to it yet.</summary>
    public bool IsUnpinned { get; init; }
}

/// <param name="Message">One sentence in the user's words; never a secret, the target's own words escaped.</param>
public sealed record CheckFailure(CheckStage Stage, CheckCause Cause, string Message);
