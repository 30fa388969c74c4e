using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Core.Imports;

/// <summary>Resources and accounts of a CSV file whose first line names its columns (docs/user-guide.md, "Import and export").</summary>
public static class CsvImport
{
    private const int MaxColumns = 1000;

    /// <param name="content">UTF-8; at most <see cref="ImportFile.MaxBytes"/>.</param>
    /// <param name="trustOnFirstUse">linux resources without a host key pin the first one they see.</param>
    /// <returns>Invalid: the file as a whole is none. What is wrong with a line is among the notes.</returns>
    public static async Task<Result<ImportFile>> ReadAsync(byte[] content, KeyFile keys, bool trustOnFirstUse, TimeProvider time, CancellationToken ct)
    {
        bool isBad = false;
        CsvConfiguration rules = new(CultureInfo.InvariantCulture) { BadDataFound = _ => isBad = true };
        using MemoryStream bytes = new(content, writable: false);
        using StreamReader reader = new(bytes, new UTF8Encoding(false, throwOnInvalidBytes: true));
        using CsvParser parser = new(reader, rules);
        List<ImportRow> rows = [];
        List<ImportNote> notes = [];
        bool isRead = false;
        try
        {
            if (!await parser.ReadAsync().ConfigureAwait(false))
            {
                return Refusal.Invalid("The file is empty: its first line names the columns.");
            }

            string[] header = [.. (parser.Record ?? []).Select(ImportColumns.Name)];
            ImportedFields fields = new(header);
            if (isBad || Check(header) is not null)
            {
                return Check(header) ?? Refusal.Invalid("The first line of the file is no CSV.");
            }

            while (await parser.ReadAsync().ConfigureAwait(false))
            {
                ct.ThrowIfCancellationRequested();
                if (rows.Count + notes.Count >= ImportFile.MaxRows)
                {
                    return Refusal.Invalid($"The file has more than {ImportFile.MaxRows} lines: import it in parts.");
                }

                int line = parser.RawRow;
                string[] cells = parser.Record ?? [];
                if (isBad || cells.Length != header.Length || cells.Any(cell => cell.Length > Secret.MaxBytes))
                {
                    string wrong = isBad ? "A quote stands inside a field that does not begin with one."
                        : cells.Length != header.Length ? $"The line has {cells.Length} fields and the first line {header.Length}."
                        : $"A field of the line has more than {Secret.MaxBytes} characters.";
                    notes.Add(new ImportNote(line, null, wrong, true));
                    isBad = false;
                    continue;
                }

                Result<ImportRow> row = await new CsvRow(line, header, cells, fields).ReadAsync(keys, trustOnFirstUse, time.GetUtcNow(), ct).ConfigureAwait(false);
                if (row.Refusal is { } refusal)
                {
                    notes.Add(new ImportNote(line, refusal.Field, refusal.Message, true));
                }
                else
                {
                    rows.Add(row.Value);
                }
            }

            isRead = true;
            return new ImportFile(rows, notes);
        }
        catch (Exception e) when (e is CsvHelperException or DecoderFallbackException)
        {
            return Refusal.Invalid(e is DecoderFallbackException ? "The file is not UTF-8." : $"Line {parser.RawRow} of the file is no CSV.");
        }
        finally
        {
            if (!isRead)
            {
                rows.ForEach(row => row.Account?.Credential?.Dispose());
            }
        }
    }

    private static Refusal? Check(string[] header)
    {
        if (header.Length > MaxColumns)
        {
            return Refusal.Invalid($"The file has more than {MaxColumns} columns.");
        }

        if (header.FirstOrDefault(name => !ImportColumns.All.Contains(name) && !(name.StartsWith(ImportColumns.Meta, StringComparison.Ordinal) && name.Length > ImportColumns.Meta.Length)) is { } unknown)
        {
            return Refusal.Invalid($"The first line names the unknown column {Text.Quote(unknown)}: use {string.Join(", ", ImportColumns.All)}, {ImportColumns.Meta}KEY.");
        }

        if (header.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            return Refusal.Invalid($"The first line names the column {Text.Quote(twice.Key)} twice.");
        }

        return header.Contains(ImportColumns.Resource) ? null : Refusal.Invalid("The first line names no column 'resource'.");
    }

    /// <summary>A refusal's field is the column.</summary>
    private sealed class CsvRow(int line, string[] header, string[] cells, ImportedFields fields)
    {
        public async Task<Result<ImportRow>> ReadAsync(KeyFile keys, bool trustOnFirstUse, DateTimeOffset now, CancellationToken ct)
        {
            string kindWord = Cell(ImportColumns.Kind) is { Length: > 0 } given ? given : Words.Of(ResourceKind.Linux);
            if (Words.Parse<ResourceKind>(kindWord, Words.Of) is not { } kind)
            {
                return Refusal.Invalid($"{Text.Quote(kindWord)} is no kind: use linux, postgresql or mysql.", ImportColumns.Kind);
            }

            (int? port, string portText) = (null, Cell(ImportColumns.Port));
            if (portText.Length > 0)
            {
                if (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                {
                    return Refusal.Invalid($"The port {Text.Quote(portText)} is not a number.", ImportColumns.Port);
                }

                port = number;
            }

            Result<Metadata> metadata = Metadata.From(header.Zip(cells)
                .Where(pair => pair.First.StartsWith(ImportColumns.Meta, StringComparison.Ordinal) && pair.Second.Length > 0)
                .Select(pair => KeyValuePair.Create(pair.First[ImportColumns.Meta.Length..], ImportColumns.Unguard(pair.Second))));
            if (metadata.Refusal is { } badPair)
            {
                return badPair;
            }

            bool hasAccount = Cell(ImportColumns.Account).Length > 0;
            string description = ImportColumns.Unguard(Raw(ImportColumns.Description));
            string[] pins = Cell(ImportColumns.HostKey).Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
            ResourceDraft resource = new(
                Cell(ImportColumns.Resource),
                kind,
                Cell(ImportColumns.Host),
                port,
                Cell(ImportColumns.Database) is { Length: > 0 } database ? database : null,
                TlsMode.Verify,
                null,
                [.. pins.Select(pin => new HostKeyPin("", pin, "import", now))],
                trustOnFirstUse && kind == ResourceKind.Linux && pins.Length == 0,
                hasAccount ? "" : description,
                hasAccount ? Metadata.Empty : metadata.Value);
            if (!hasAccount)
            {
                return new ImportRow(line, resource, null, fields);
            }

            Result<NewCredential?> credential = await CredentialAsync(keys, ct).ConfigureAwait(false);
            return credential.Refusal is { } none
                ? none
                : new ImportRow(
                    line,
                    resource,
                    new ImportedAccount(
                        Cell(ImportColumns.Account),
                        Cell(ImportColumns.Username) is { Length: > 0 } username ? username : Cell(ImportColumns.Account),
                        credential.Value,
                        Cell(ImportColumns.Alias),
                        Cell(ImportColumns.Privilege),
                        description,
                        metadata.Value),
                    fields);
        }

        private async Task<Result<NewCredential?>> CredentialAsync(KeyFile keys, CancellationToken ct)
        {
            string password = Raw(ImportColumns.Password);
            string file = Raw(ImportColumns.PrivateKeyFile).Trim();
            if (password.Length > 0 && file.Length > 0)
            {
                return Refusal.Invalid("The line has a password and a private key file: give one.", ImportColumns.Password);
            }

            if (file.Length == 0)
            {
                return password.Length > 0 ? new NewCredential(CredentialType.Password, Secret.FromText(password)) : (NewCredential?)null;
            }

            Result<Secret> key = await keys(file, ct).ConfigureAwait(false);
            return key.Refusal is { } unreadable ? unreadable with { Field = ImportColumns.PrivateKeyFile } : new NewCredential(CredentialType.PrivateKey, key.Value);
        }

        private string Cell(string column) => ImportColumns.Trimmed(Raw(column));

        // Secrets are taken as they stand.
        private string Raw(string column) => Array.IndexOf(header, column) is var at && at >= 0 ? cells[at] : "";
    }
}
