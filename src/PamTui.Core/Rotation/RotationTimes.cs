using PamTui.Core.Model;

namespace PamTui.Core.Rotation;

/// <summary>When a credential is due: a function of its policy, its account, and now. Reads no clock and no store.</summary>
internal static class RotationTimes
{
    /// <summary>Attempts that fail one after the other; then a person must look.</summary>
    public const int MaxTries = 8;

    private static readonly TimeSpan s_firstWait = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(1);

    /// <param name="policy">The one that holds for the account; null: none.</param>
    /// <param name="inUse">A session of the account is open.</param>
    public static (RotationOutlookState State, DateTimeOffset? Next) Of(Account account, RotationPolicy? policy, bool inUse, DateTimeOffset now)
    {
        AccountRotation rotation = account.Rotation;
        if (rotation.State == RotationState.NeedsAttention)
        {
            return (RotationOutlookState.NeedsAttention, null);
        }

        // One that was begun is brought to its end, whatever the policy: the vault holds two credentials until then. It asks for no
        // sign-in that a person would not try, and never more than one a day, so it never stops.
        DateTimeOffset? again = rotation.Failed is { } failed && rotation.Failures > 0 ? failed + Wait(rotation.Failures) : null;
        if (rotation.IsUnfinished)
        {
            return again > now ? (RotationOutlookState.Retrying, again) : (RotationOutlookState.Due, again ?? now);
        }

        // Each session of one that signs in with certificates has a credential of its own.
        if (policy is null || account.Credential == CredentialType.Certificate)
        {
            return (RotationOutlookState.NoPolicy, null);
        }

        if (!policy.Terms.Enabled)
        {
            return (RotationOutlookState.Off, null);
        }

        if (rotation.Failures >= MaxTries)
        {
            return (RotationOutlookState.Stopped, null);
        }

        // A failure makes nothing due that is not: it only puts off the next attempt.
        DateTimeOffset? first = First(account, policy.Terms, now);
        DateTimeOffset? next = again is { } retry && first is { } due ? InWindow(policy.Terms.Window, Later(Later(retry, due), now))?.At : first;
        if (again > now || !(first <= now && next <= now))
        {
            return (again is null || first > again ? RotationOutlookState.Scheduled : RotationOutlookState.Retrying, next);
        }

        return (inUse && policy.Terms.WaitsForSessions ? RotationOutlookState.WaitingForSessions : RotationOutlookState.Due, next);
    }

    /// <summary>The credential is older than the policy allows: its window, if there is one, has passed too.</summary>
    public static bool IsOverdue(Account account, RotationPolicy? policy, DateTimeOffset now) =>
        policy is { Terms: { Enabled: true } terms } && Since(account) + terms.Interval is var end && end < now
        && (terms.Window is null ? end + terms.Jitter < now : terms.Window.From(end) is not { } window || window.Closes < now);

    /// <summary>After so many failures; doubles from a quarter of an hour to a day.</summary>
    public static TimeSpan Wait(int failures) => s_firstWait * Math.Pow(2, Math.Clamp(failures - 1, 0, 20)) is var wait && wait < s_longestWait ? wait : s_longestWait;

    // Before anything was rotated, the credential is as old as the account.
    private static DateTimeOffset Since(Account account) => account.Rotation.Last ?? account.Created;

    private static DateTimeOffset? First(Account account, RotationTerms terms, DateTimeOffset now)
    {
        DateTimeOffset since = Since(account);
        DateTimeOffset? by = Spread(account.Id, since, since + terms.Interval, terms, now);
        return terms.AfterReveal is { } wait && account.Rotation.Revealed is { } seen && seen > (account.Rotation.Last ?? DateTimeOffset.MinValue)
            && InWindow(terms.Window, Later(seen + wait, now))?.At is { } soon && !(by <= soon)
                ? soon
                : by;
    }

    // Jitter never leaves the window, nor half of what is left of it.
    private static DateTimeOffset? Spread(long account, DateTimeOffset since, DateTimeOffset due, RotationTerms terms, DateTimeOffset now)
    {
        if (terms.Window is null)
        {
            return due + (terms.Jitter * Model.Spread.Of(account, since));
        }

        // A window that has passed unused is passed: the next one counts.
        (DateTimeOffset At, DateTimeOffset Closes)? window = InWindow(terms.Window, due);
        if (window is { } passed && passed.Closes <= now)
        {
            window = terms.Window.From(now);
        }

        if (window is not { } found)
        {
            return null;
        }

        TimeSpan room = (found.Closes - found.At) / 2;
        return found.At + ((terms.Jitter < room ? terms.Jitter : room) * Model.Spread.Of(account, since));
    }

    private static (DateTimeOffset At, DateTimeOffset Closes)? InWindow(RotationWindow? window, DateTimeOffset moment)
    {
        if (window is null)
        {
            return (moment, DateTimeOffset.MaxValue);
        }

        return window.From(moment) is { } open ? (Later(open.Opens, moment), open.Closes) : null;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
