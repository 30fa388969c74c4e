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
    private const string StagedPassword = "stagedPassword";
    private const string StagedPrivateKey = "stagedPrivateKey";

    /// <summary>Replaces the whole credential; what the old one had and the new one has not is gone.</summary>
    public async Task ReplaceAsync(Tx tx, long accountId, long version, CredentialType type, Secret main, Secret? passphrase)
    {
        await SecretRows.DeleteAsync(tx, OwnerKind, accountId).ConfigureAwait(false);
        if (type == CredentialType.Certificate)
        {
            return;
        }

        await secrets.SealAsync(tx, Binding(accountId, MainField(type), version), main).ConfigureAwait(false);
        if (passphrase is not null)
        {
            await secrets.SealAsync(tx, Binding(accountId, Passphrase, version), passphrase).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps the credential that is to replace the current one beside it, in fields of its own.</summary>
    public async Task StageAsync(Tx tx, long accountId, long version, CredentialType type, Secret main) =>
        await secrets.SealAsync(tx, Binding(accountId, StagedField(type), version), main).ConfigureAwait(false);

    /// <exception cref="VaultException">It is missing, was changed outside the vault, or another one was put in its place.</exception>
    public async Task<Secret> OpenStagedAsync(Tx tx, Account account, long version) =>
        await secrets.OpenAsync(tx, Binding(account.Id, StagedField(account.Credential), version)).ConfigureAwait(false)
        ?? throw new VaultException($"The new credential of {Text.Quote(account.Reference.ToString())} is missing from the vault: it was removed outside the vault.");

    /// <summary>The staged credential becomes the current one; the old one is gone.</summary>
    public async Task PromoteAsync(Tx tx, Account account, long version)
    {
        using Secret staged = await OpenStagedAsync(tx, account, version).ConfigureAwait(false);
        await ReplaceAsync(tx, account.Id, version, account.Credential, staged, passphrase: null).ConfigureAwait(false);
    }

    /// <summary>The staged credential is gone; the current one stays.</summary>
    public static Task DropStagedAsync(Tx tx, Account account) => SecretRows.DeleteAsync(tx, OwnerKind, account.Id, StagedField(account.Credential));

    /// <summary>Of an account that signs in with certificates it is empty: nothing is stored.</summary>
    /// <exception cref="VaultException">It is missing, was changed outside the vault, or an older one was put back.</exception>
    public async Task<(Secret Main, Secret? Passphrase)> OpenAsync(Tx tx, Account account)
    {
        if (account.Credential == CredentialType.Certificate)
        {
            return (Secret.From([]), null);
        }

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

    private static string MainField(CredentialType type) => type switch
    {
        CredentialType.Password => Password,
        CredentialType.PrivateKey => PrivateKey,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    private static string StagedField(CredentialType type) => type switch
    {
        CredentialType.Password => StagedPassword,
        CredentialType.PrivateKey => StagedPrivateKey,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    private static SecretBinding Binding(long accountId, string field, long version) => new(OwnerKind, accountId, field, version);
}
