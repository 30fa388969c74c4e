using System.Numerics;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Access;

/// <summary>The one decision, from what the store says at this moment.</summary>
internal static class AccessDecision
{
    /// <summary>Null also for a user or account that is gone.</summary>
    public static async Task<AccessGrant?> AskAsync(Tx tx, long userId, long accountId, Capability capability, DateTimeOffset now)
    {
        User? user = await UserRows.FindAsync(tx, userId).ConfigureAwait(false);
        Account? account = await AccountRows.FindAsync(tx, accountId).ConfigureAwait(false);
        return user is null || account is null ? null : await AskAsync(tx, user, account, capability, now).ConfigureAwait(false);
    }

    /// <summary>For one capability; asking for none or for several at once is answered with no (B15).</summary>
    public static async Task<AccessGrant?> AskAsync(Tx tx, User user, Account account, Capability capability, DateTimeOffset now)
    {
        if (!BitOperations.IsPow2((int)capability) || (capability & Visibility.Any) == Capability.None)
        {
            return null;
        }

        IReadOnlyList<Grant> reaching = user.Role == Role.Admin
            ? []
            : await GrantRows.ReachingAsync(tx, await GrantRows.OfUserAsync(tx, user.Id).ConfigureAwait(false), account).ConfigureAwait(false);
        return AccessGrant.Decide(user, account, capability, reaching, now);
    }
}
