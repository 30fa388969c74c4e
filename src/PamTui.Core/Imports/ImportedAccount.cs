using PamTui.Core.Accounts;
using PamTui.Core.Model;

namespace PamTui.Core.Imports;

/// <summary>An account as a line of a file has it.</summary>
/// <param name="Credential">Null: the line has none. The account must be there, and keeps its own.</param>
public sealed record ImportedAccount(string Name, string Username, NewCredential? Credential, string Alias, string Privilege, string Description, Metadata Metadata)
{
    /// <summary>Null: without a credential no account is made.</summary>
    public AccountDraft? AsNew(string resource) =>
        Credential is null ? null : new AccountDraft(resource, Name, Username, Credential, Alias, Privilege, Description, Metadata);
}
