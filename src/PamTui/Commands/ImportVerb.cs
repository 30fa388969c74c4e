using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Imports;
using PamTui.Core.Model;

namespace PamTui.Commands;

internal static class ImportVerb
{
    public static Verb Build(CommandContext context)
    {
        Argument<string> file = new("FILE") { Description = "The file to read; - is stdin" };
        Option<string?> format = new("--format") { Description = "csv, ssh-config or known-hosts; without it the file's name tells", HelpName = "FORMAT" };
        Option<bool> dryRun = new("--dry-run") { Description = "Say what would be done, and do nothing" };
        Option<bool> unverified = new("--unverified") { Description = "Save the accounts without signing in first" };
        Option<bool> firstUse = new("--trust-on-first-use") { Description = "Linux resources without a host key pin the first one they see" };
        Option<string?> clash = new("--on-clash") { Description = "What is there already and differs: skip (the default), fail, or update", HelpName = "WHAT" };
        Option<string?> retry = new("--retry") { Description = "Only the lines that failed in this report, which an earlier import printed with --json", HelpName = "REPORT" };
        format.CompletionSources.Add(ImportFormats.Csv, ImportFormats.SshConfig, ImportFormats.KnownHosts);
        clash.CompletionSources.Add("skip", "fail", "update");
        Verb verb = new(
            "import",
            "Add many resources and accounts, or host keys, from a file; each account signs in before it is saved",
            "import servers.csv --dry-run",
            "import servers.csv --json > report.json",
            "import servers.csv --retry report.json",
            "import ~/.ssh/config --trust-on-first-use --unverified",
            "import ~/.ssh/known_hosts --dry-run");
        verb.Add(file);
        foreach (Option option in (Option[])[format, dryRun, unverified, firstUse, clash, retry])
        {
            verb.Add(option);
        }

        verb.RunsWithProduct(context, async (run, product, ct) =>
        {
            string name = run.Value(file) ?? "";
            Result<string> form = ImportFormats.Of(run.Value(format), name);
            Result<OnClash> onClash = ReadClash(run.Value(clash));
            Result<IReadOnlySet<int>?> lines = await ReportAsync(run, run.Value(retry), ct);
            if ((form.Refusal ?? onClash.Refusal ?? lines.Refusal) is { } bad)
            {
                return bad;
            }

            Result<ImportFile> read = await new ImportSource(run).ReadAsync(name, form.Value, run.Value(firstUse), ct);
            if (read.Refusal is { } unreadable)
            {
                return unreadable;
            }

            using ImportFile rows = read.Value;
            foreach (ImportNote note in rows.Notes.Where(note => !note.IsError))
            {
                run.Error.WriteLine(Text.Escape($"line {note.Line}: {note.Message}", 1024));
            }

            return run.Value(dryRun)
                ? PrintPreview(run, await product.Imports.PreviewAsync(run.Actor, rows, ct))
                : await ApplyAsync(run, product, rows, new ImportOptions(run.Value(unverified) ? CheckMode.Unverified : CheckMode.Check, onClash.Value, lines.Value), ct);
        });
        return verb;
    }

    private static async Task<Result<Done>> ApplyAsync(Invocation run, Product product, ImportFile rows, ImportOptions options, CancellationToken ct)
    {
        Result<IReadOnlyList<ImportOutcome>> applied = await product.Imports.ApplyAsync(run.Actor, rows, options, new OutcomeLines(run.Error), ct);
        if (applied.Refusal is { } refusal)
        {
            return refusal;
        }

        IReadOnlyList<ImportOutcome> outcomes = applied.Value;
        int Count(ImportResult result) => outcomes.Count(outcome => outcome.Result == result);
        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, outcomes, (writer, outcome) =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("line", outcome.Line);
                writer.WriteString("subject", outcome.Subject);
                writer.WriteString("result", WordOf(outcome.Result));
                writer.WriteString("message", outcome.Message);
                writer.WriteEndObject();
            }));
        }
        else
        {
            run.Out.WriteLine($"{Count(ImportResult.Added)} added, {Count(ImportResult.Updated)} updated, {Count(ImportResult.Skipped)} skipped, {Count(ImportResult.Failed)} failed.");
        }

        return Count(ImportResult.Failed) == 0
            ? default(Done)
            : Refusal.Failed($"{Count(ImportResult.Failed)} of {outcomes.Count} failed: mend them and import the same file again, what is there already is skipped.");
    }

    private static Result<Done> PrintPreview(Invocation run, Result<IReadOnlyList<ImportItem>> preview)
    {
        if (preview.Refusal is { } refusal)
        {
            return refusal;
        }

        if (run.Json)
        {
            run.WriteJson(json => Shapes.WriteList(json, preview.Value, (writer, item) =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("line", item.Line);
                writer.WriteString("subject", item.Subject);
                writer.WriteString("action", WordOf(item.Action));
                writer.WriteString("message", item.Message);
                writer.WriteString("column", item.Column);
                writer.WriteString("credential", WordOf(item.Credential));
                writer.WriteEndObject();
            }));
            return default(Done);
        }

        Table table = new("line", "what", "action", "credential", "column", "why");
        foreach (ImportItem item in preview.Value)
        {
            table.Add(item.Line.ToString(CultureInfo.InvariantCulture), item.Subject, WordOf(item.Action), WordOf(item.Credential), item.Column, item.Message);
        }

        table.Write(run.Out);
        return default(Done);
    }

    private static Result<OnClash> ReadClash(string? word) => word switch
    {
        null or "skip" => OnClash.Skip,
        "fail" => OnClash.Fail,
        "update" => OnClash.Update,
        _ => Refusal.Invalid($"--on-clash takes skip, fail or update, not {Text.Quote(word)}."),
    };

    // Null: no report was given.
    private static async Task<Result<IReadOnlySet<int>?>> ReportAsync(Invocation run, string? file, CancellationToken ct)
    {
        if (file is null)
        {
            return Result.Ok<IReadOnlySet<int>?>(null);
        }

        if (run.Context.IsRemote || !File.Exists(file) || new FileInfo(file).Length > ImportFile.MaxBytes)
        {
            return Refusal.Invalid($"There is no report {Text.Quote(file)} that can be read here.");
        }

        try
        {
            using JsonDocument report = JsonDocument.Parse(await File.ReadAllBytesAsync(file, ct));
            return Result.Ok<IReadOnlySet<int>?>(report.RootElement.EnumerateArray()
                .Where(outcome => outcome.GetProperty("result").GetString() == WordOf(ImportResult.Failed))
                .Select(outcome => outcome.GetProperty("line").GetInt32())
                .ToHashSet());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Refusal.Invalid($"The file {Text.Quote(file)} is not the report of an import.");
        }
    }

    private static string WordOf(ImportResult result) => result switch
    {
        ImportResult.Added => "added",
        ImportResult.Updated => "updated",
        ImportResult.Skipped => "skipped",
        ImportResult.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, null),
    };

    private static string WordOf(ImportAction action) => action switch
    {
        ImportAction.Add => "add",
        ImportAction.Same => "same",
        ImportAction.Clash => "clash",
        ImportAction.Wrong => "wrong",
        ImportAction.LeftOut => "left-out",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, null),
    };

    // What --on-clash update makes of it; null: there is none yet, or none at all.
    private static string? WordOf(ImportCredential credential) => credential switch
    {
        ImportCredential.None => null,
        ImportCredential.Kept => "kept",
        ImportCredential.Replaced => "replaced",
        _ => throw new ArgumentOutOfRangeException(nameof(credential), credential, null),
    };

    private sealed class OutcomeLines(TextWriter error) : IProgress<ImportOutcome>
    {
        public void Report(ImportOutcome value) =>
            error.WriteLine(Text.Escape($"line {value.Line}: {value.Subject} {WordOf(value.Result)}{(value.Message is { } why ? ": " + why : "")}", 1024));
    }
}
