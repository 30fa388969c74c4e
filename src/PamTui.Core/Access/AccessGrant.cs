using PamTui.Core.Model;

namespace PamTui.Core.Access;

/// <summary>
/// A permission that only the decision can build: who may do what on which account, until when. Whoever opens a session or a
/// credential must show one, and it is asked again at each use.
/// </summary>
public sealed class AccessGrant
{
    private AccessGrant(User who, Account what, Capability capability, long? grantId, DateTimeOffset? until, bool readOnly) =>
        (Who, What, Capability, GrantId, Until, ReadOnly) = (who, what, capability, grantId, until, readOnly);

    public User Who { get; }

    public Account What { get; }

    /// <summary>The one capability that was asked for.</summary>
    public Capability Capability { get; }

    /// <summary>The row that says yes; null when the role does (an admin).</summary>
    public long? GrantId { get; }

    /// <summary>The first moment at which it no longer holds; null: no end.</summary>
    public DateTimeOffset? Until { get; }

    /// <summary>It lets connect for reading only.</summary>
    public bool ReadOnly { get; }

    /// <summary>What was opened by this one may go on by the other: it allows no less.</summary>
    public bool IsCarriedBy(AccessGrant other) => ReadOnly || !other.ReadOnly;

    /// <summary>
    /// The grant of <paramref name="candidates"/> (rows that reach this user and account) that allows most, and of those the one that lasts
    /// longest, or null. What cannot be held to reading is not opened by a grant that is for reading only.
    /// </summary>
    internal static AccessGrant? Decide(User who, Account what, Capability capability, IEnumerable<Grant> candidates, DateTimeOffset now)
    {
        if (who.Disabled)
        {
            return null;
        }

        if (who.Role == Role.Admin)
        {
            return new AccessGrant(who, what, capability, null, null, readOnly: false);
        }

        Grant? best = candidates
            .Where(grant => (grant.Capabilities & capability) == capability && grant.From <= now && (grant.Until is not { } until || now < until))
            .Where(grant => !grant.ReadOnly || what.Kind != ResourceKind.Linux)
            .OrderBy(grant => grant.ReadOnly)
            .ThenByDescending(grant => grant.Until ?? DateTimeOffset.MaxValue)
            .ThenBy(grant => grant.Id)
            .FirstOrDefault();
        return best is null ? null : new AccessGrant(who, what, capability, best.Id, best.Until, best.ReadOnly && capability == Capability.Connect);
    }
}
