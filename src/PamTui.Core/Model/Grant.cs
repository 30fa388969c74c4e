namespace PamTui.Core.Model;

[Flags]
public enum Capability
{
    None = 0,
    Connect = 1,
    Manage = 2,
    Reveal = 4,
    Audit = 8,

    /// <summary>Raw TCP to the places that the grant names, and no account at all.</summary>
    Forward = 16,
}

/// <summary>Which accounts a grant reaches.</summary>
public enum GrantScope
{
    Account,
    Resource,
    Filter,
}

/// <summary>Who may do what on which accounts, from when until when.</summary>
/// <param name="Grantee">A user's name, or "group:NAME".</param>
/// <param name="Target">"RESOURCE/ACCOUNT", "RESOURCE/*", or the filter's text.</param>
/// <param name="Until">The first moment at which it no longer holds; null: no end.</param>
public sealed record Grant(
    long Id,
    string Grantee,
    GrantScope Scope,
    string Target,
    Capability Capabilities,
    DateTimeOffset From,
    DateTimeOffset? Until,
    string CreatedBy)
{
    /// <summary>Who connects by it may only read: of databases alone, for which the gateway can say what writes.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Where to <see cref="Capability.Forward"/> leads; empty without it.</summary>
    public IReadOnlyList<HostPort> ForwardTo { get; init; } = [];

    /// <summary>"connect read-only, audit", "connect, forward to wiki.corp:443 10.0.0.5:80".</summary>
    public string Rights => string.Join(", ", Enum.GetValues<Capability>().Where(one => one != Capability.None && Capabilities.HasFlag(one)).Select(Right));

    private string Right(Capability one) => Words.Of(one) + one switch
    {
        Capability.Connect when ReadOnly => " read-only",
        Capability.Forward => " to " + string.Join(' ', ForwardTo),
        _ => "",
    };
}

/// <summary>What a grant reaches, or would reach, now.</summary>
/// <param name="Count">All accounts.</param>
/// <param name="First">Some of them, in the order of resource and name.</param>
public sealed record GrantReach(int Count, IReadOnlyList<AccountRef> First);
