using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Vault;

/// <summary>Secrets in and out of the store, inside the caller's transaction.</summary>
internal sealed class SecretStore(OpenVault vault)
{
    public async Task SealAsync(Tx tx, SecretBinding binding, Secret secret) =>
        await SecretRows.PutAsync(tx, binding, Envelope.Seal(await vault.RingAsync(tx).ConfigureAwait(false), binding, secret)).ConfigureAwait(false);

    /// <summary>Null when there is none.</summary>
    /// <exception cref="VaultException">The row was changed outside the vault, or an older one was put back.</exception>
    public async Task<Secret?> OpenAsync(Tx tx, SecretBinding binding) =>
        await SecretRows.FindAsync(tx, binding.OwnerKind, binding.OwnerId, binding.Field).ConfigureAwait(false) is { } row
            ? Envelope.Open(await vault.RingAsync(tx).ConfigureAwait(false), binding, row.Sealed)
            : null;
}
