using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Storage;

namespace PamTui.Core.Imports;

/// <summary>Holds the lines of a file against the vault and against each other; changes nothing.</summary>
internal sealed class ImportPlan(Tx tx, DateTimeOffset now)
{
    private readonly Dictionary<string, ImportRow> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _aliases = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<ImportItem>> LookAsync(ImportFile file)
    {
        List<ImportItem> items = [.. file.Notes.Where(note => note.IsError).Select(note => new ImportItem(note.Line, "line", ImportAction.Wrong, note.Message, note.Column))];
        foreach (ImportRow row in file.Rows)
        {
            tx.Cancellation.ThrowIfCancellationRequested();
            ImportItem? resource = await LookAtResourceAsync(row).ConfigureAwait(false);
            ImportItem? account = row.Account is { } given && resource?.Action != ImportAction.Wrong ? await LookAtAccountAsync(row, given).ConfigureAwait(false) : null;
            if (account?.Action == ImportAction.Wrong && resource is not null)
            {
                // The line brings nothing: another one may bring its resource.
                _resources.Remove(row.Resource.Name);
                resource = null;
            }

            items.AddRange(new[] { resource, account }.OfType<ImportItem>());
        }

        return [.. items.OrderBy(item => item.Line)];
    }

    // Null: the line's account stands on a resource that is there, or that an earlier line brings.
    private async Task<ImportItem?> LookAtResourceAsync(ImportRow row)
    {
        string subject = "resource " + row.Resource.Name;
        if (ResourceBuilder.Build(row.Resource, now) is { Refusal: { } broken })
        {
            return new ImportItem(row.Line, subject, ImportAction.Wrong, broken.Message, broken.Field);
        }

        if (_resources.TryGetValue(row.Resource.Name, out ImportRow? earlier))
        {
            bool isSame = (earlier.Resource.Kind, earlier.Resource.Host, earlier.Resource.Port, earlier.Resource.Database) == (row.Resource.Kind, row.Resource.Host, row.Resource.Port, row.Resource.Database);
            return isSame && row.Account is not null
                ? null
                : new ImportItem(row.Line, subject, ImportAction.Wrong, isSame ? $"Line {earlier.Line} has this resource already." : $"Line {earlier.Line} says that this resource is another one.", "resource");
        }

        _resources.Add(row.Resource.Name, row);
        if (await ResourceRows.FindAsync(tx, row.Resource.Name).ConfigureAwait(false) is not { } there)
        {
            return new ImportItem(row.Line, subject, ImportAction.Add, null, null);
        }

        Result<ResourceChange> change = row.Fields.ChangeOf(there, row);
        if (change.Refusal is { } tooMany)
        {
            return new ImportItem(row.Line, subject, ImportAction.Wrong, tooMany.Message, tooMany.Field);
        }

        return ImportDifference.Of(there, row.Resource.Kind, change.Value) is { } difference
            ? new ImportItem(row.Line, subject, there.Kind == row.Resource.Kind ? ImportAction.Clash : ImportAction.Wrong, "It is there and differs: " + difference + ".", null)
            : row.Account is null ? new ImportItem(row.Line, subject, ImportAction.Same, null, null) : null;
    }

    private async Task<ImportItem> LookAtAccountAsync(ImportRow row, ImportedAccount account)
    {
        ImportItem Wrong(string message, string? column) => new(row.Line, row.Subject, ImportAction.Wrong, message, column);
        if (Names.Check(account.Name, "account", ImportColumns.Account) is { } badName)
        {
            return Wrong(badName.Message, badName.Field);
        }

        Account? there = await AccountRows.FindAsync(tx, new AccountRef(row.Resource.Name, account.Name)).ConfigureAwait(false);
        if (there is null && account.Credential is null)
        {
            return Wrong("The account is not there yet, and the line has neither a password nor a private key file to add it with.", ImportColumns.Password);
        }

        Result<AccountChange> change = there is null ? new AccountChange() : row.Fields.ChangeOf(there, account);
        if ((change.Refusal ?? Broken(row, account, there, change.Value)) is { } broken)
        {
            return Wrong(broken.Message, broken.Field);
        }

        if (!_accounts.TryAdd(row.Subject, row.Line))
        {
            return Wrong($"Line {_accounts[row.Subject]} has this account already.", ImportColumns.Account);
        }

        if (account.Alias.Length > 0)
        {
            bool isTaken = await AccountRows.FindByAliasAsync(tx, account.Alias).ConfigureAwait(false) is { } other && other.Id != there?.Id;
            if (isTaken || !_aliases.TryAdd(account.Alias, row.Line))
            {
                return Wrong($"The alias {Text.Quote(account.Alias)} is taken{(isTaken ? "" : $" by line {_aliases[account.Alias]}")}.", ImportColumns.Alias);
            }
        }

        if (there is null)
        {
            return new ImportItem(row.Line, row.Subject, ImportAction.Add, null, null);
        }

        ImportCredential credential = account.Credential is null ? ImportCredential.Kept : ImportCredential.Replaced;
        return ImportDifference.Of(there, change.Value) is { } difference
            ? new ImportItem(row.Line, row.Subject, ImportAction.Clash, "It is there and differs: " + difference + ".", null, credential)
            : new ImportItem(row.Line, row.Subject, ImportAction.Same, null, null, credential);
    }

    // The rules for what the account would be.
    private static Refusal? Broken(ImportRow row, ImportedAccount account, Account? there, AccountChange change) => account.AsNew(row.Resource.Name) is { } draft
        ? AccountRules.Check(draft, row.Resource.Kind)
        : AccountRules.Check(there! with
        {
            Username = change.Username ?? there.Username,
            Alias = string.IsNullOrEmpty(change.Alias) ? null : change.Alias,
            Privilege = change.Privilege ?? there.Privilege,
            Description = change.Description ?? there.Description,
        });
}
