using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Accounts;

/// <summary>What a wish would come to, judged in one transaction: whether the caller may, whether the rules hold, and how the account would be.</summary>
internal sealed class AccountPlans(Credentials credentials, TimeProvider time)
{
    /// <summary>The account, for a caller who has any of <paramref name="wanted"/> on it.</summary>
    public async Task<Result<(Caller Caller, Account Account)>> RequireAsync(Tx tx, Actor actor, AccountRef reference, Capability wanted)
    {
        Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
        if (caller.Refusal is { } no)
        {
            return no;
        }

        Result<Account> account = await Visibility.AccountAsync(tx, caller.Value, reference, wanted, time.GetUtcNow()).ConfigureAwait(false);
        return account.Refusal is { } refusal ? refusal : (caller.Value, account.Value);
    }

    /// <summary>A new account and its resource.</summary>
    public async Task<Result<(Resource Resource, Account Account)>> PlanAddAsync(Tx tx, Actor actor, AccountDraft draft)
    {
        Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
        if (caller.Refusal is { } no)
        {
            return no;
        }

        DateTimeOffset now = time.GetUtcNow();
        Result<Resource> found = await Visibility.ResourceAsync(tx, caller.Value, draft.Resource, now).ConfigureAwait(false);
        if (found.Refusal is { } none)
        {
            return none;
        }

        Resource resource = found.Value;
        if (!(await Visibility.OnWholeResourceAsync(tx, caller.Value, resource.Name, now).ConfigureAwait(false)).HasFlag(Capability.Manage))
        {
            return Refusal.NotAllowed($"Adding accounts to {Text.Quote(resource.Name)} needs a grant to manage all of it.");
        }

        if (draft.Credential.Type == CredentialType.Certificate && !caller.Value.IsAdmin)
        {
            return OnlyAdminsCertify();
        }

        Account account = AccountRules.Build(draft, resource.Id, resource.Kind, now) with { IsVouched = caller.Value.IsAdmin };
        if ((AccountRules.Check(account) ?? AccountRules.Check(resource.Kind, draft.Credential)) is { } broken)
        {
            return broken;
        }

        if (await AccountRows.FindAsync(tx, account.Reference).ConfigureAwait(false) is not null)
        {
            return Refusal.Failed($"The resource {Text.Quote(resource.Name)} has an account {Text.Quote(draft.Name)} already.", "name");
        }

        return await AliasTakenAsync(tx, account).ConfigureAwait(false) is { } taken ? taken : (resource, account);
    }

    /// <summary>The account before and after; with the credential to check when <paramref name="withSecret"/> and it signs in otherwise than before.</summary>
    public async Task<Result<AccountEdit>> PlanEditAsync(Tx tx, Actor actor, AccountRef reference, AccountChange change, bool withSecret)
    {
        Result<(Caller Caller, Account Account)> found = await RequireAsync(tx, actor, reference, Capability.Manage).ConfigureAwait(false);
        if (found.Refusal is { } no)
        {
            return no;
        }

        Account account = found.Value.Account;
        Resource resource = (await ResourceRows.FindAsync(tx, account.Resource).ConfigureAwait(false))!;
        Account edited = account with
        {
            Username = change.Username ?? account.Username,
            Credential = change.Credential?.Type ?? account.Credential,
            Alias = change.Alias is null ? account.Alias : change.Alias.Length == 0 ? null : change.Alias,
            Privilege = change.Privilege ?? account.Privilege,
            Description = change.Description ?? account.Description,
            Metadata = change.Metadata ?? account.Metadata,
            Passwords = change.Passwords is { } passwords ? account.Passwords.With(passwords) : account.Passwords,
            Updated = time.GetUtcNow(),
        };
        bool isAdmin = found.Value.Caller.IsAdmin;
        bool saysWho = change.Username is not null || change.Credential is not null;
        edited = edited with { IsVouched = (isAdmin && saysWho) || (account.IsVouched && edited.Username == account.Username) };
        if (edited.Credential == CredentialType.Certificate && !isAdmin && (edited.Username != account.Username || edited.Credential != account.Credential))
        {
            return OnlyAdminsCertify();
        }

        if ((AccountRules.Check(edited) ?? PasswordChoice.Resolve(edited.Passwords, resource.Passwords).Check() ?? (change.Credential is { } credential ? AccountRules.Check(account.Kind, credential) : null)) is { } broken)
        {
            return broken;
        }

        if (edited.Alias != account.Alias && await AliasTakenAsync(tx, edited).ConfigureAwait(false) is { } taken)
        {
            return taken;
        }

        bool signsInOtherwise = change.Credential is not null || edited.Username != account.Username;

        // The vault may hold the only copy of what the target has by now.
        if (signsInOtherwise && account.Rotation.IsUnfinished)
        {
            return Refusal.Failed($"A rotation of {Text.Quote(reference.ToString())} is not finished: `pamtui account rotate` goes on with it.");
        }

        (Secret? main, Secret? passphrase) = (null, null);
        if (withSecret && signsInOtherwise)
        {
            (main, passphrase) = change.Credential is { } given
                ? (given.Main.Copy(), given.Passphrase?.Copy())
                : await credentials.OpenAsync(tx, account).ConfigureAwait(false);
        }

        return new AccountEdit(found.Value.Caller, resource, account, edited, signsInOtherwise, main, passphrase);
    }

    /// <summary>The account as it is, with its credential.</summary>
    public async Task<Result<AccountEdit>> PlanCheckAsync(Tx tx, Actor actor, AccountRef reference)
    {
        Result<(Caller Caller, Account Account)> found = await RequireAsync(tx, actor, reference, Capability.Connect | Capability.Manage).ConfigureAwait(false);
        if (found.Refusal is { } no)
        {
            return no;
        }

        Account account = found.Value.Account;
        Resource resource = (await ResourceRows.FindAsync(tx, account.Resource).ConfigureAwait(false))!;
        (Secret main, Secret? passphrase) = await credentials.OpenAsync(tx, account).ConfigureAwait(false);
        return new AccountEdit(found.Value.Caller, resource, account, account, false, main, passphrase);
    }

    // A certificate opens whatever user it names, and who asks for it proves nothing about that user.
    private static Refusal OnlyAdminsCertify() =>
        Refusal.NotAllowed("An account with certificates opens the user it names without a secret of that user: only an admin may say which one.");

    // An alias wins over account names in a login, so it must not be one that somebody types already (F6).
    private static async Task<Refusal?> AliasTakenAsync(Tx tx, Account account)
    {
        if (account.Alias is not { } alias)
        {
            return null;
        }

        if (await AccountRows.FindByAliasAsync(tx, alias).ConfigureAwait(false) is { } other && other.Id != account.Id)
        {
            return Refusal.Failed($"The alias {Text.Quote(alias)} is taken.", "alias");
        }

        return await AccountRows.NameIsUsedAsync(tx, alias).ConfigureAwait(false)
            ? Refusal.Failed($"{Text.Quote(alias)} is the name of an account, and an alias would take its logins: choose another one.", "alias")
            : null;
    }
}
