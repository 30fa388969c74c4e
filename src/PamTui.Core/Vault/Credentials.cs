using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Vault;

/// <summary>The credential of an account in the vault: one or two sealed fields, bound to the account and to the count of its replacements.</summary>
internal sealed class Credentials(SecretStore secrets)
{
    public const string OwnerKind = "account";

    private const string Password = "password";
    private const string PrivateKey = "privateKey";
    private const string Passphrase = "passphrase";

    /// <summary>Replaces the whole credential; what the old one had and the new one has not is gone.</summary>
    public async Task ReplaceAsync(Tx tx, long accountId, long version, CredentialType type, Secret main, Secret? passphrase)
    {
        await SecretRows.DeleteAsync(tx, OwnerKind, accountId).ConfigureAwait(false);
        await secrets.SealAsync(tx, Binding(accountId, MainField(type), version), main).ConfigureAwait(false);
        if (passphrase is not null)
        {
            await secrets.SealAsync(tx, Binding(accountId, Passphrase, version), passphrase).ConfigureAwait(false);
        }
    }

    /// <exception cref="VaultException">It is missing, was changed outside the vault, or an older one was put back.</exception>
    public async Task<(Secret Main, Secret? Passphrase)> OpenAsync(Tx tx, Account account)
    {
        long version = await AccountRows.CredentialVersionAsync(tx, account.Id).ConfigureAwait(false);
        Secret main = await secrets.OpenAsync(tx, Binding(account.Id, MainField(account.Credential), version)).ConfigureAwait(false)
            ?? throw new VaultException($"The credential of {Text.Quote(account.Reference.ToString())} is missing from the vault: set it anew.");
        try
        {
            return (main, await secrets.OpenAsync(tx, Binding(account.Id, Passphrase, version)).ConfigureAwait(false));
        }
        catch
        {
            main.Dispose();
            throw;
        }
    }

    private static string MainField(CredentialType type) => type == CredentialType.Password ? Password : PrivateKey;

    private static SecretBinding Binding(long accountId, string field, long version) => new(OwnerKind, accountId, field, version);
}
