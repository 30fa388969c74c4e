using PamTui.Core.Model;

namespace PamTui.Core.Users;

/// <summary>A grant as it is asked for.</summary>
/// <param name="Grantee">A user's name, or "group:NAME".</param>
/// <param name="Target">"RESOURCE/ACCOUNT", "RESOURCE/*", or a filter.</param>
/// <param name="From">Null: from now on.</param>
/// <param name="Until">The first moment at which it no longer holds; null: no end.</param>
public sealed record GrantDraft(string Grantee, string Target, Capability Capabilities, DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    /// <summary>Who connects by it may only read: for databases, and only with connect, audit. It never changes: another one is another grant.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Where to forward raw TCP to, 1 to <see cref="Grants.MaxForwards"/>; only with forward, and then on all of a resource.</summary>
    public IReadOnlyList<HostPort> ForwardTo { get; init; } = [];

    /// <summary><see cref="Target"/>, but that of forwarding a resource's name alone says all of it.</summary>
    public string On => Capabilities.HasFlag(Capability.Forward) && Names.IsValid(Target) ? Target + "/*" : Target;
}

/// <summary>What is to change of a grant.</summary>
/// <param name="Capabilities">All it lets its people do from now on; null: what it did.</param>
/// <param name="MovesEnd">It ends at <paramref name="Until"/> from now on.</param>
/// <param name="Until">The first moment at which it no longer holds, later than now; null: no end.</param>
public sealed record GrantChange(Capability? Capabilities, bool MovesEnd = false, DateTimeOffset? Until = null)
{
    /// <summary>All places that it lets forward to from now on; null: those it did, none when it lets forward no more.</summary>
    public IReadOnlyList<HostPort>? ForwardTo { get; init; }
}
