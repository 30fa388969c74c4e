using System.Globalization;
using PamTui.Core.Access;
using PamTui.Core.Accounts;
using PamTui.Core.Model;
using PamTui.Core.Resources;
using PamTui.Core.Storage;

namespace PamTui.Core.Imports;

/// <summary>
/// Many resources and accounts at once, for admins. Each goes through the use case that a single one goes through: its own transaction,
/// its own audit row, its own sign-in. Accounts of several targets are checked at once, of one target one after the other.
/// </summary>
public sealed class Imports
{
    private const int TargetsAtOnce = 8;

    private readonly Database _database;
    private readonly Resources.Resources _resources;
    private readonly Accounts.Accounts _accounts;
    private readonly TimeProvider _time;

    internal Imports(Database database, Resources.Resources resources, Accounts.Accounts accounts, TimeProvider time) =>
        (_database, _resources, _accounts, _time) = (database, resources, accounts, time);

    /// <summary>What the file would come to, in the order of its lines. Nothing is changed and no target is asked.</summary>
    public async Task<Result<IReadOnlyList<ImportItem>>> PreviewAsync(Actor actor, ImportFile file, CancellationToken ct)
    {
        Result<Looked> looked = await LookAsync(actor, file, ct).ConfigureAwait(false);
        return looked.Refusal is { } no ? no : Result.Ok(looked.Value.Items);
    }

    /// <summary>
    /// Imports what can be. A line that is wrong or whose sign-in fails leaves the others alone; cancelled, what is done stays done, and
    /// the lines whose turn had not come are told as failed.
    /// </summary>
    /// <param name="ended">Told of each line's resource or account as it ends.</param>
    /// <returns>In the order of lines. Failed, and nothing is done, when something clashes or is wrong under <see cref="OnClash.Fail"/>.</returns>
    public async Task<Result<IReadOnlyList<ImportOutcome>>> ApplyAsync(Actor actor, ImportFile file, ImportOptions options, IProgress<ImportOutcome>? ended, CancellationToken ct)
    {
        Result<Looked> looked = await LookAsync(actor, file, ct).ConfigureAwait(false);
        if (looked.Refusal is { } no)
        {
            return no;
        }

        List<ImportItem> items = [.. looked.Value.Items.Where(item => options.Lines?.Contains(item.Line) != false)];
        if (options.OnClash == OnClash.Fail && items.Find(item => item.Action is ImportAction.Clash or ImportAction.Wrong) is { } first)
        {
            return Refusal.Failed($"Nothing is imported: line {first.Line}, {first.Subject}: {first.Message}");
        }

        Run run = new(actor, options, ended);
        foreach (ImportItem wrong in items.Where(item => item.Action == ImportAction.Wrong))
        {
            run.Tell(new ImportOutcome(wrong.Line, wrong.Subject, ImportResult.Failed, wrong.Message));
        }

        HashSet<int> wrongLines = [.. items.Where(item => item.Action == ImportAction.Wrong).Select(item => item.Line)];
        List<ImportRow> rows = [.. file.Rows.Where(row => options.Lines?.Contains(row.Line) != false && !wrongLines.Contains(row.Line))];
        HashSet<string> missing = await ResourcesAsync(run, rows, ct).ConfigureAwait(false);
        await AccountsAsync(run, rows, missing, ct).ConfigureAwait(false);
        await new HostKeyRun(_resources, actor, options.OnClash)
            .GoAsync([.. looked.Value.HostKeys.Where(step => options.Lines?.Contains(step.Item.Line) != false)], run.Tell, ct).ConfigureAwait(false);
        return Result.Ok<IReadOnlyList<ImportOutcome>>([.. run.Outcomes.OrderBy(outcome => outcome.Line)]);
    }

    private async Task<Result<Looked>> LookAsync(Actor actor, ImportFile file, CancellationToken ct)
    {
        Result<IReadOnlyList<ImportItem>> items = await _database.ReadAsync<Result<IReadOnlyList<ImportItem>>>(
            async tx => (await Caller.AdminAsync(tx, actor, "import").ConfigureAwait(false)).Refusal is { } no
                ? no
                : Result.Ok(await new ImportPlan(tx, _time.GetUtcNow()).LookAsync(file).ConfigureAwait(false)),
            ct).ConfigureAwait(false);
        if (items.Refusal is not null || file.HostKeys.Count == 0)
        {
            return items.Refusal is { } no ? no : new Looked(items.Value, []);
        }

        // Outside the transaction: hashed names take a while.
        Result<List<Resource>> resources = await LinuxResourcesAsync(actor, ct).ConfigureAwait(false);
        if (resources.Refusal is { } refused)
        {
            return refused;
        }

        IReadOnlyList<HostKeyStep> keys = HostKeyPlan.Look(file.HostKeys, resources.Value, ct);
        return new Looked([.. items.Value.Concat(keys.Select(step => step.Item)).OrderBy(item => item.Line)], keys);
    }

    private async Task<Result<List<Resource>>> LinuxResourcesAsync(Actor actor, CancellationToken ct)
    {
        List<Resource> all = [];
        while (true)
        {
            Result<Page<Resource>> page = await _resources.ListAsync(actor, "kind=" + Words.Of(ResourceKind.Linux), new PageRequest(all.Count, PageRequest.MaxLimit), ct).ConfigureAwait(false);
            if (page.Refusal is { } no)
            {
                return no;
            }

            all.AddRange(page.Value.Items);
            if (page.Value.Items.Count < PageRequest.MaxLimit)
            {
                return all;
            }
        }
    }

    /// <summary>The resources that are not there after it.</summary>
    private async Task<HashSet<string>> ResourcesAsync(Run run, List<ImportRow> rows, CancellationToken ct)
    {
        HashSet<string> missing = new(StringComparer.Ordinal);
        foreach (ImportRow row in rows.DistinctBy(row => row.Resource.Name))
        {
            string subject = "resource " + row.Resource.Name;
            if (ct.IsCancellationRequested)
            {
                missing.Add(row.Resource.Name);
                if (row.Account is null)
                {
                    run.Tell(NotReached(row.Line, subject));
                }

                continue;
            }

            Result<ImportOutcome?> outcome = await ResourceAsync(run, row, subject).ConfigureAwait(false);
            if (outcome.Refusal is { } refusal)
            {
                missing.Add(row.Resource.Name);
                run.Tell(new ImportOutcome(row.Line, subject, ImportResult.Failed, refusal.Message));
            }
            else if (outcome.Value is { } told)
            {
                run.Tell(told);
            }
        }

        return missing;
    }

    // Null: it is there, and the line is about its account.
    private async Task<Result<ImportOutcome?>> ResourceAsync(Run run, ImportRow row, string subject)
    {
        Result<Resource> there = await _resources.FindAsync(run.Actor, row.Resource.Name, CancellationToken.None).ConfigureAwait(false);
        if (there.Refusal is not null)
        {
            Result<Resource> added = await _resources.AddAsync(run.Actor, row.Resource, CancellationToken.None).ConfigureAwait(false);
            return added.Refusal is { } no ? no : new ImportOutcome(row.Line, subject, ImportResult.Added, null);
        }

        Result<ResourceChange> change = row.Fields.ChangeOf(there.Value, row);
        if (change.Refusal is { } tooMany)
        {
            return tooMany;
        }

        if (ImportDifference.Of(there.Value, row.Resource.Kind, change.Value) is not { } difference)
        {
            return row.Account is null ? new ImportOutcome(row.Line, subject, ImportResult.Skipped, "It is there already.") : (ImportOutcome?)null;
        }

        if (run.Options.OnClash != OnClash.Update)
        {
            return new ImportOutcome(row.Line, subject, ImportResult.Skipped, "It stays as it is: " + difference + ".");
        }

        Result<Resource> edited = await _resources.EditAsync(run.Actor, row.Resource.Name, change.Value, CancellationToken.None).ConfigureAwait(false);
        return edited.Refusal is { } refused ? refused : new ImportOutcome(row.Line, subject, ImportResult.Updated, null);
    }

    private async Task AccountsAsync(Run run, List<ImportRow> rows, HashSet<string> missing, CancellationToken ct)
    {
        ParallelOptions many = new() { MaxDegreeOfParallelism = TargetsAtOnce, CancellationToken = CancellationToken.None };
        IEnumerable<IGrouping<string, ImportRow>> targets = rows.Where(row => row.Account is not null).GroupBy(TargetOf, StringComparer.OrdinalIgnoreCase);
        await Parallel.ForEachAsync(
            targets,
            many,
            async (ofTarget, _) =>
            {
                foreach (ImportRow row in ofTarget)
                {
                    run.Tell(ct.IsCancellationRequested
                        ? NotReached(row.Line, row.Subject)
                        : missing.Contains(row.Resource.Name)
                            ? new ImportOutcome(row.Line, row.Subject, ImportResult.Failed, "Its resource could not be made.")
                            : await AccountAsync(run, row, row.Account!, ct).ConfigureAwait(false));
                }
            }).ConfigureAwait(false);
    }

    private async Task<ImportOutcome> AccountAsync(Run run, ImportRow row, ImportedAccount account, CancellationToken ct)
    {
        AccountRef reference = new(row.Resource.Name, account.Name);
        try
        {
            Result<Account> there = await _accounts.FindAsync(run.Actor, reference, ct).ConfigureAwait(false);
            return there.Refusal is null
                ? await UpdateAsync(run, row, there.Value, ct).ConfigureAwait(false)
                : account.AsNew(row.Resource.Name) is { } draft
                    ? OutcomeOf(row, ImportResult.Added, await _accounts.AddAsync(run.Actor, draft, run.Options.Mode, null, ct).ConfigureAwait(false))
                    : new ImportOutcome(row.Line, row.Subject, ImportResult.Failed, "It was removed meanwhile, and the line has no credential to add it with.");
        }
        catch (OperationCanceledException)
        {
            return NotReached(row.Line, row.Subject);
        }
    }

    private async Task<ImportOutcome> UpdateAsync(Run run, ImportRow row, Account there, CancellationToken ct)
    {
        Result<AccountChange> change = row.Fields.ChangeOf(there, row.Account!);
        if (change.Refusal is { } tooMany)
        {
            return new ImportOutcome(row.Line, row.Subject, ImportResult.Failed, tooMany.Message);
        }

        string? difference = ImportDifference.Of(there, change.Value);
        bool isUpdate = run.Options.OnClash == OnClash.Update && (difference is not null || change.Value.Credential is not null);
        return isUpdate
            ? OutcomeOf(row, ImportResult.Updated, await _accounts.EditAsync(run.Actor, there.Reference, change.Value, run.Options.Mode, null, ct).ConfigureAwait(false))
            : new ImportOutcome(row.Line, row.Subject, ImportResult.Skipped, difference is null ? "It is there already." : "It stays as it is: " + difference + ".");
    }

    private static ImportOutcome OutcomeOf(ImportRow row, ImportResult done, Result<SavedAccount> saved) => (saved.Refusal?.Message ?? saved.Value.Check?.Failure?.Message) is { } why
        ? new ImportOutcome(row.Line, row.Subject, ImportResult.Failed, why)
        : new ImportOutcome(row.Line, row.Subject, done, row.Account is { Credential: null } ? "It keeps its credential." : null);

    private static string TargetOf(ImportRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"{row.Resource.Host}:{row.Resource.Port ?? Fields.DefaultPort(row.Resource.Kind)}");

    internal static ImportOutcome NotReached(int line, string subject) => new(line, subject, ImportResult.Failed, "The import was ended before its turn.");

    private sealed record Looked(IReadOnlyList<ImportItem> Items, IReadOnlyList<HostKeyStep> HostKeys);

    private sealed class Run(Actor actor, ImportOptions options, IProgress<ImportOutcome>? ended)
    {
        private readonly Lock _gate = new();
        private readonly List<ImportOutcome> _outcomes = [];

        public Actor Actor => actor;

        public ImportOptions Options => options;

        public IReadOnlyList<ImportOutcome> Outcomes => _outcomes;

        public void Tell(ImportOutcome outcome)
        {
            lock (_gate)
            {
                _outcomes.Add(outcome);
                ended?.Report(outcome);
            }
        }
    }
}
