using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Core.Imports;

/// <summary>Which fields a file has at all: of what is there already, those that it does not have stay as they are.</summary>
/// <param name="columns">As a CSV file calls them; a metadata key is a field of its own.</param>
public sealed class ImportedFields(IEnumerable<string> columns)
{
    private readonly HashSet<string> _columns = new(columns, StringComparer.Ordinal);

    /// <summary>A host without a port has the usual one, as for ssh.</summary>
    public static ImportedFields OfSshConfig { get; } = new([ImportColumns.Resource, ImportColumns.Host, ImportColumns.Port, ImportColumns.Account, ImportColumns.Username, ImportColumns.PrivateKeyFile]);

    /// <summary>What a line says of a resource that is there; of one that it only brings along for an account, where it is.</summary>
    /// <returns>Invalid when the pairs that stay and those that come are too many.</returns>
    internal Result<ResourceChange> ChangeOf(Resource there, ImportRow row)
    {
        ResourceDraft draft = row.Resource;
        bool isWhole = row.Account is null;
        Result<Metadata> metadata = isWhole ? Over(there.Metadata, draft.Metadata) : there.Metadata;
        return metadata.Refusal is { } tooMany
            ? tooMany
            : new ResourceChange
            {
                Host = draft.Host,
                Port = Have(ImportColumns.Port) ? draft.Port ?? Fields.DefaultPort(draft.Kind) : null,
                Database = draft.Database,
                Description = isWhole && Have(ImportColumns.Description) ? draft.Description : null,
                Metadata = isWhole ? metadata.Value : null,
            };
    }

    /// <summary>What a line says of an account that is there.</summary>
    /// <returns>Invalid when the pairs that stay and those that come are too many.</returns>
    internal Result<AccountChange> ChangeOf(Account there, ImportedAccount account)
    {
        Result<Metadata> metadata = Over(there.Metadata, account.Metadata);
        return metadata.Refusal is { } tooMany
            ? tooMany
            : new AccountChange
            {
                Username = Have(ImportColumns.Username) ? account.Username : null,
                Credential = account.Credential,
                Alias = Have(ImportColumns.Alias) ? account.Alias : null,
                Privilege = Have(ImportColumns.Privilege) ? account.Privilege : null,
                Description = Have(ImportColumns.Description) ? account.Description : null,
                Metadata = metadata.Value,
            };
    }

    private bool Have(string column) => _columns.Contains(column);

    private Result<Metadata> Over(Metadata there, Metadata given) => Metadata.From(there.Where(pair => !Have(ImportColumns.Meta + pair.Key)).Concat(given));
}
