using PamTui.Core.Access;

namespace PamTui.Gateway.Jump;

/// <summary>What a channel to a host leads to.</summary>
internal abstract record JumpLead
{
    /// <summary>An SSH server of the gateway's own, whose inner login says the rest.</summary>
    public sealed record Ssh : JumpLead;

    public sealed record Database(AccessGrant Grant) : JumpLead;

    /// <param name="Why">Null: unknown and forbidden alike, in the same words.</param>
    public sealed record None(string? Why) : JumpLead
    {
        public static None Unknown { get; } = new((string?)null);
    }
}
