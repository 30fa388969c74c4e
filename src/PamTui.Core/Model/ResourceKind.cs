namespace PamTui.Core.Model;

public enum ResourceKind
{
    Linux,
    PostgreSql,
    MySql,
}

/// <summary>How the TLS of a database is treated.</summary>
public enum TlsMode
{
    /// <summary>TLS, with the certificate and the host name verified. The default.</summary>
    Verify,

    /// <summary>TLS, whoever's certificate it is: an eavesdropper is kept out, an impostor is not.</summary>
    Require,

    Off,
}

/// <summary>The words of the command line, the filter and the store.</summary>
public static class Words
{
    public static string Of(ResourceKind kind) => kind switch
    {
        ResourceKind.Linux => "linux",
        ResourceKind.PostgreSql => "postgresql",
        ResourceKind.MySql => "mysql",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Of(TlsMode mode) => mode switch
    {
        TlsMode.Verify => "verify",
        TlsMode.Require => "require",
        TlsMode.Off => "off",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
    };

    public static string Of(ThemeChoice theme) => theme switch
    {
        ThemeChoice.Terminal => "terminal",
        ThemeChoice.Dark => "dark",
        ThemeChoice.Light => "light",
        ThemeChoice.HighContrast => "high-contrast",
        _ => throw new ArgumentOutOfRangeException(nameof(theme), theme, null),
    };

    public static string Of(CredentialType type) => type switch
    {
        CredentialType.Password => "password",
        CredentialType.PrivateKey => "private-key",
        CredentialType.Certificate => "certificate",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    public static string Of(CheckState state) => state switch
    {
        CheckState.Unverified => "unverified",
        CheckState.Verified => "verified",
        CheckState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(HealthState state) => state switch
    {
        HealthState.Unknown => "unknown",
        HealthState.Healthy => "healthy",
        HealthState.Rejected => "rejected",
        HealthState.Unreachable => "unreachable",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(RotationState state) => state switch
    {
        RotationState.Planned => "planned",
        RotationState.Staged => "staged",
        RotationState.Applied => "applied",
        RotationState.Verified => "verified",
        RotationState.Promoted => "promoted",
        RotationState.Failed => "failed",
        RotationState.NeedsAttention => "needs-attention",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(RotationWay way) => way switch
    {
        RotationWay.ByItself => "by-itself",
        RotationWay.ByRotationAccount => "by-rotation-account",
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, null),
    };

    public static string Of(RotationOutlookState state) => state switch
    {
        RotationOutlookState.NoPolicy => "no-policy",
        RotationOutlookState.Off => "off",
        RotationOutlookState.Scheduled => "scheduled",
        RotationOutlookState.Due => "due",
        RotationOutlookState.WaitingForSessions => "waiting-for-sessions",
        RotationOutlookState.Retrying => "retrying",
        RotationOutlookState.Stopped => "stopped",
        RotationOutlookState.NeedsAttention => "needs-attention",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(HookState state) => state switch
    {
        HookState.Pending => "pending",
        HookState.Done => "done",
        HookState.Failed => "failed",
        HookState.Dropped => "dropped",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(AuthorityState state) => state switch
    {
        AuthorityState.Next => "next",
        AuthorityState.Current => "current",
        AuthorityState.Retiring => "retiring",
        AuthorityState.Retired => "retired",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static string Of(AccountSort sort) => sort switch
    {
        AccountSort.Resource => "resource",
        AccountSort.Name => "name",
        AccountSort.Kind => "kind",
        AccountSort.Username => "username",
        AccountSort.Check => "check",
        AccountSort.LastChecked => "last-checked",
        AccountSort.LastUsed => "last-used",
        AccountSort.RotationDue => "rotation-due",
        AccountSort.Favourite => "favourite",
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, null),
    };

    public static string Of(ResourceSort sort) => sort switch
    {
        ResourceSort.Name => "name",
        ResourceSort.Kind => "kind",
        ResourceSort.Host => "host",
        ResourceSort.Accounts => "accounts",
        ResourceSort.Check => "check",
        ResourceSort.LastChecked => "last-checked",
        ResourceSort.LastUsed => "last-used",
        ResourceSort.RotationDue => "rotation-due",
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, null),
    };

    public static string Of(Role role) => role == Role.Admin ? "admin" : "member";

    public static string Of(Capability capability) => capability switch
    {
        Capability.Connect => "connect",
        Capability.Manage => "manage",
        Capability.Reveal => "reveal",
        Capability.Audit => "audit",
        Capability.Forward => "forward",
        _ => throw new ArgumentOutOfRangeException(nameof(capability), capability, null),
    };

    /// <summary>"wrong-password", "host-key-unknown".</summary>
    public static string Of(CheckCause cause) =>
        string.Concat(cause.ToString().Select((letter, at) => char.IsUpper(letter) ? (at == 0 ? "" : "-") + char.ToLowerInvariant(letter) : letter.ToString()));

    /// <summary>The value whose word this is, or null.</summary>
    public static T? Parse<T>(string word, Func<T, string> wordOf)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (wordOf(value) == word)
            {
                return value;
            }
        }

        return null;
    }
}
