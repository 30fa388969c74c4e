using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Access;

/// <summary>
/// A permission that only the decision can build: who may have raw TCP to which place, until when. It says nothing of where the name leads now;
/// who dials must see to it that it is nothing that the vault manages.
/// </summary>
public sealed class ForwardGrant
{
    private ForwardGrant(User who, HostPort to, Grant row) => (Who, To, GrantId, Until) = (who, to, row.Id, row.Until);

    public User Who { get; }

    public HostPort To { get; }

    /// <summary>The row that says yes: an admin needs one too.</summary>
    public long GrantId { get; }

    /// <summary>The resource of that row.</summary>
    public required string Resource { get; init; }

    /// <summary>The first moment at which it no longer holds; null: no end.</summary>
    public DateTimeOffset? Until { get; }

    /// <summary>From what the store says at this moment. Of several rows the one that lasts longest; null also for a user who is gone.</summary>
    internal static async Task<ForwardGrant?> AskAsync(Tx tx, long userId, HostPort to, DateTimeOffset now)
    {
        if (await UserRows.FindAsync(tx, userId).ConfigureAwait(false) is not { Disabled: false } user)
        {
            return null;
        }

        Grant? best = (await GrantRows.OfUserAsync(tx, user.Id).ConfigureAwait(false))
            .Where(grant => LetsForward(grant, to) && grant.From <= now && (grant.Until is not { } until || now < until))
            .OrderByDescending(grant => grant.Until ?? DateTimeOffset.MaxValue)
            .ThenBy(grant => grant.Id)
            .FirstOrDefault();
        return best is null ? null : new ForwardGrant(user, to, best) { Resource = ResourceOf(best) };
    }

    /// <summary>Whenever it holds.</summary>
    internal static bool LetsForward(Grant grant, HostPort to) =>
        grant is { Scope: GrantScope.Resource, ReadOnly: false } && grant.Capabilities.HasFlag(Capability.Forward) && grant.ForwardTo.Contains(to);

    private static string ResourceOf(Grant grant) => grant.Target[..^"/*".Length];
}
