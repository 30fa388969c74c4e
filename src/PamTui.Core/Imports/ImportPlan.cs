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
            ImportItem? account = row.Account is { } draft && resource?.Action != ImportAction.Wrong ? await LookAtAccountAsync(row, draft).ConfigureAwait(false) : null;
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

    /// <summary>How a resource that is there differs from what the file says; null: it does not.</summary>
    public static string? Difference(Resource there, ResourceDraft draft, bool whole)
    {
        (string Field, string There, string Given)[] fields =
        [
            ("kind", Words.Of(there.Kind), Words.Of(draft.Kind)),
            ("host", there.Host, draft.Host),
            ("port", $"{there.Port}", $"{draft.Port ?? Fields.DefaultPort(draft.Kind)}"),
            ("database", there.Database ?? "", draft.Database ?? there.Database ?? ""),
            .. whole ? [("description", there.Description, draft.Description)] : Array.Empty<(string, string, string)>(),
        ];
        return FirstOf(fields) ?? (whole && !there.Metadata.Equals(draft.Metadata) ? "its metadata differ" : null);
    }

    /// <summary>How an account that is there differs from what the file says, the credential apart; null: it does not.</summary>
    public static string? Difference(Account there, AccountDraft draft) =>
        FirstOf(
        [
            ("username", there.Username, draft.Username),
            ("credential", Words.Of(there.Credential), Words.Of(draft.Credential.Type)),
            ("alias", there.Alias ?? "", draft.Alias ?? ""),
            ("privilege", there.Privilege, draft.Privilege),
            ("description", there.Description, draft.Description),
        ]) ?? (there.Metadata.Equals(draft.Metadata) ? null : "its metadata differ");

    private static string? FirstOf((string Field, string There, string Given)[] fields) => fields
        .Where(field => field.There != field.Given)
        .Select(field => $"its {field.Field} is {Text.Quote(field.There)} and would be {Text.Quote(field.Given)}")
        .FirstOrDefault();

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

        return Difference(there, row.Resource, whole: row.Account is null) is { } difference
            ? new ImportItem(row.Line, subject, there.Kind == row.Resource.Kind ? ImportAction.Clash : ImportAction.Wrong, "It is there and differs: " + difference + ".", null)
            : row.Account is null ? new ImportItem(row.Line, subject, ImportAction.Same, null, null) : null;
    }

    private async Task<ImportItem> LookAtAccountAsync(ImportRow row, AccountDraft draft)
    {
        if (AccountRules.Check(draft, row.Resource.Kind) is { } broken)
        {
            return new ImportItem(row.Line, row.Subject, ImportAction.Wrong, broken.Message, broken.Field);
        }

        if (!_accounts.TryAdd(row.Subject, row.Line))
        {
            return new ImportItem(row.Line, row.Subject, ImportAction.Wrong, $"Line {_accounts[row.Subject]} has this account already.", "account");
        }

        Account? there = await AccountRows.FindAsync(tx, new AccountRef(row.Resource.Name, draft.Name)).ConfigureAwait(false);
        if (!string.IsNullOrEmpty(draft.Alias))
        {
            bool isTaken = await AccountRows.FindByAliasAsync(tx, draft.Alias).ConfigureAwait(false) is { } other && other.Id != there?.Id;
            if (isTaken || !_aliases.TryAdd(draft.Alias, row.Line))
            {
                return new ImportItem(row.Line, row.Subject, ImportAction.Wrong, $"The alias {Text.Quote(draft.Alias)} is taken{(isTaken ? "" : $" by line {_aliases[draft.Alias]}")}.", "alias");
            }
        }

        return there is null
            ? new ImportItem(row.Line, row.Subject, ImportAction.Add, null, null)
            : Difference(there, draft) is { } difference
                ? new ImportItem(row.Line, row.Subject, ImportAction.Clash, "It is there and differs: " + difference + ".", null)
                : new ImportItem(row.Line, row.Subject, ImportAction.Same, null, null);
    }
}
