using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Imports;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Tui.Models;

/// <summary>
/// Where an import comes from: a file of the person's own machine, named by its path, or text pasted into a form. Over SSH it is only
/// ever text: a path would be a file of the server's.
/// </summary>
internal sealed class ImportSource(Workplace work)
{
    public const string Csv = "csv";
    public const string SshConfig = "ssh-config";
    public const string KnownHosts = "known-hosts";

    /// <summary>Characters of a paste. The library ends a paste after a mebibyte: one that it has cut fills the field, and is refused for that.</summary>
    private const int MaxPaste = 512 * 1024;

    /// <summary>Characters of a line that is looked at to guess the form.</summary>
    private const int MaxGuessed = 8192;

    private const string Yes = "yes";
    private const string Guess = "by itself";

    private bool HasFiles => work.Options.ReadImport is not null;

    /// <summary>How it comes in: ends the words of a key.</summary>
    public string Words => HasFiles ? "name a file of this machine: CSV, ssh_config or known_hosts" : "paste the text of a CSV, ssh_config or known_hosts";

    public FormModel NewForm() => new(
    [
        HasFiles
            ? new FormField(new FieldDescriptor("file", "File", "servers.csv, or ~/.ssh/config: a file of this machine", Required: true, MaxLength: 4096), false)
            : new FormField(new FieldDescriptor("text", "Text", "paste the file here: files are yours, not the gateway's", FieldInput.Lines, Required: true, Secret: true, MaxLength: MaxPaste), false),
        new FormField(new FieldDescriptor("form", "Form", HasFiles ? "what it is; by itself: as its name tells (.csv, config, known_hosts)" : "what it is; by itself: as its first lines tell", FieldInput.Choice, Default: Guess, Choices: [Guess, Csv, SshConfig, KnownHosts]), false),
        new FormField(new FieldDescriptor("firstUse", "First key", "yes: linux resources without a host key pin the first one they see, unasked", FieldInput.Choice, Default: "no", Choices: ["no", Yes]), false),
    ]);

    /// <summary>What the form names, for the title.</summary>
    public string NameOf(FormModel form) => HasFiles ? form["file"] : "pasted text";

    /// <summary>Called on the UI thread, where the form is read.</summary>
    /// <returns>Its secrets are those of who asked. A refusal's field is one of the form.</returns>
    public Task<Result<ImportFile>> ReadAsync(FormModel form, CancellationToken ct)
    {
        bool firstUse = form["firstUse"] == Yes;
        string said = form["form"] == Guess ? "" : form["form"];
        if (work.Options.ReadImport is { } read)
        {
            string path = form["file"].Trim();
            return OfFieldAsync(work.Jobs.CallAsync(c => read(path, said, firstUse, c), ct), "file");
        }

        ReadOnlySpan<char> text = form.Fields[0].Editor.Chars;
        if (text.Length >= MaxPaste)
        {
            return Task.FromResult<Result<ImportFile>>(Refusal.Invalid($"The text is longer than a paste may be ({MaxPaste / 1024} Ki characters) and its end is missing: import it in parts, or with `pamtui import`.", "text"));
        }

        byte[] content = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, content);
        string kind = said.Length > 0 ? said : IsCsv(text) ? Csv : IsKnownHosts(text) ? KnownHosts : SshConfig;
        return OfFieldAsync(work.Jobs.CallAsync(c => ReadTextAsync(content, kind, firstUse, c), ct), "text");
    }

    // The first line of a CSV names the columns, "resource" among them; a line of ssh_config begins with a keyword.
    private static bool IsCsv(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf('\n');
        ReadOnlySpan<char> first = end < 0 ? text : text[..end];
        return first.Contains("resource", StringComparison.Ordinal) && first.IndexOfAny(' ', '\t') < 0;
    }

    // A key is the second word or, behind a marker, the third; no keyword of ssh_config has one there.
    private static bool IsKnownHosts(ReadOnlySpan<char> text)
    {
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            if (KnownHostsLine.Read(line.Length > MaxGuessed ? "" : line.ToString(), 0) is { IsOk: true, Value: { } known })
            {
                return known.Fingerprint() is not null;
            }
        }

        return false;
    }

    private async Task<Result<ImportFile>> ReadTextAsync(byte[] content, string kind, bool firstUse, CancellationToken ct)
    {
        try
        {
            if (kind == Csv)
            {
                return await CsvImport.ReadAsync(content, NoKeyFileAsync, firstUse, work.Time, ct);
            }

            if (kind == KnownHosts)
            {
                return KnownHostsImport.Read(Encoding.UTF8.GetString(content));
            }

            Result<IReadOnlyList<SshConfigLine>> lines = SshConfigLine.Read(Encoding.UTF8.GetString(content));
            if (lines.Refusal is { } bad)
            {
                return bad;
            }

            return lines.Value.FirstOrDefault(line => line.Keyword == "include") is { } include
                ? Refusal.NotAllowed($"Line {include.Line} includes another file, which here would be the gateway's: paste its lines in place of it.")
                : await SshConfigImport.ReadAsync(lines.Value, NoKeyFileAsync, firstUse, ct);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static Task<Result<Secret>> NoKeyFileAsync(string path, CancellationToken ct) => Task.FromResult<Result<Secret>>(
        Refusal.NotAllowed("A private key file would be one of the gateway's: import it at the machine itself, or add the account and paste the key."));

    private static async Task<Result<ImportFile>> OfFieldAsync(Task<Result<ImportFile>> reading, string field)
    {
        Result<ImportFile> read = await reading;
        return read.Refusal is { } no ? no with { Field = field } : read;
    }
}
