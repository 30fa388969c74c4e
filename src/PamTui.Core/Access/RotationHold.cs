using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Access;

/// <summary>
/// What must not happen to an account while its rotation runs: the target may have the new credential already, and the vault would lose
/// the only copy. A lease that has run out holds nothing.
/// </summary>
internal static class RotationHold
{
    /// <summary>Null: it may be removed.</summary>
    public static async Task<Refusal?> OfAsync(Tx tx, Account account, DateTimeOffset now) =>
        await LeaseRows.IsHeldAsync(tx, account.Id, now).ConfigureAwait(false) ? Held(account.Reference) : null;

    /// <summary>Null: none of the resource's accounts is held.</summary>
    public static async Task<Refusal?> OfAsync(Tx tx, Resource resource, DateTimeOffset now) =>
        await LeaseRows.HeldOfResourceAsync(tx, resource.Id, now).ConfigureAwait(false) is { } name ? Held(new AccountRef(resource.Name, name)) : null;

    private static Refusal Held(AccountRef account) => Refusal.Failed(
        $"{Text.Quote(account.ToString())} is being rotated: wait for it, or let an admin end its lease with `pamtui account rotation break-lease`.");
}
