using PamTui.Core.Model;

namespace PamTui.Core.Access;

/// <summary>
/// A permission that only the decision can build: who may do what on which account, until when. Whoever opens a session or a
/// credential must show one, and it is asked again at each use.
/// </summary>
public sealed class AccessGrant
{
    private AccessGrant(User who, Account what, Capability capability, long? grantId, DateTimeOffset? until) =>
        (Who, What, Capability, GrantId, Until) = (who, what, capability, grantId, until);

    public User Who { get; }

    public Account What { get; }

    /// <summary>The one capability that was asked for.</summary>
    public Capability Capability { get; }

    /// <summary>The row that says yes; null when the role does (an admin).</summary>
    public long? GrantId { get; }

    /// <summary>The first moment at which it no longer holds; null: no end.</summary>
    public DateTimeOffset? Until { get; }

    /// <summary>The grant of <paramref name="candidates"/> (rows that reach this user and account) that lasts longest, or null.</summary>
    internal static AccessGrant? Decide(User who, Account what, Capability capability, IEnumerable<Grant> candidates, DateTimeOffset now)
    {
        if (who.Disabled)
        {
            return null;
        }

        if (who.Role == Role.Admin)
        {
            return new AccessGrant(who, what, capability, null, null);
        }

        Grant? best = candidates
            .Where(grant => (grant.Capabilities & capability) == capability && grant.From <= now && (grant.Until is not { } until || now < until))
            .OrderByDescending(grant => grant.Until ?? DateTimeOffset.MaxValue)
            .ThenBy(grant => grant.Id)
            .FirstOrDefault();
        return best is null ? null : new AccessGrant(who, what, capability, best.Id, best.Until);
    }
}
