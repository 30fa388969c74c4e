using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Core.Imports;

/// <summary>Reads a private key file that an import names; a refusal says why it cannot be read.</summary>
public delegate Task<Result<Secret>> KeyFile(string path, CancellationToken ct);

/// <summary>One line of a file: a resource, alone or with an account on it.</summary>
/// <param name="Resource">With an account, only what makes the resource what it is: no description and no metadata.</param>
public sealed record ImportRow(int Line, ResourceDraft Resource, ImportedAccount? Account, ImportedFields Fields)
{
    public string Subject => Account is null ? "resource " + Resource.Name : $"account {Resource.Name}/{Account.Name}";
}

/// <summary>One line of a known_hosts file whose key is sound.</summary>
public sealed record HostKeyRow(KnownHostsLine Line, string Fingerprint)
{
    internal string SubjectOf(string resource) => $"host {(Line.Marker == KnownHostsLine.Authority ? "CA" : "key")} {resource} {Line.KeyType}";
}

/// <summary>What is to be said about a line.</summary>
/// <param name="Column">Null: the line as a whole.</param>
/// <param name="IsError">The line is not imported; else it is told what was left out of it.</param>
public sealed record ImportNote(int Line, string? Column, string Message, bool IsError);

/// <summary>A file as it was read, before anything in the vault was looked at. Holds the secrets of its accounts: dispose of it.</summary>
public sealed class ImportFile(IReadOnlyList<ImportRow> rows, IReadOnlyList<ImportNote> notes) : IDisposable
{
    /// <summary>Bytes of a file.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    public const int MaxRows = 10_000;

    public IReadOnlyList<ImportRow> Rows => rows;

    public IReadOnlyList<ImportNote> Notes => notes;

    /// <summary>Of a known_hosts file, which has no rows.</summary>
    public IReadOnlyList<HostKeyRow> HostKeys { get; init; } = [];

    public void Dispose()
    {
        foreach (ImportRow row in rows)
        {
            row.Account?.Credential?.Dispose();
        }
    }
}
