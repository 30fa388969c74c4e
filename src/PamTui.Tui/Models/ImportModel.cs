using System.Globalization;
using PamTui.Core.Accounts;
using PamTui.Core.Imports;
using PamTui.Core.Model;

namespace PamTui.Tui.Models;

internal enum ImportStage
{
    /// <summary>No file yet.</summary>
    Choosing,

    /// <summary>What the file would come to is shown.</summary>
    Looked,

    Running,

    /// <summary>What it came to is shown.</summary>
    Done,
}

/// <summary>A file on its way into the vault: looked over, imported with every account signed in to, and told line by line. It holds the file's secrets until it is disposed of.</summary>
internal sealed class ImportModel(Workplace work) : IDisposable
{
    /// <summary>Nobody reads more of what runs by.</summary>
    private const int MaxWhileRunning = 200;

    private readonly List<ImportOutcome> _outcomes = [];
    private IReadOnlyList<ImportItem> _items = [];
    private IReadOnlyList<ImportNote> _notes = [];
    private ImportFile? _file;
    private bool _isLeft;
    private int _expected;

    public event Action? Changed;

    public ImportStage Stage { get; private set; }

    /// <summary>What the file is called where the person has it.</summary>
    public string Name { get; private set; } = "";

    public OnClash OnClash { get; private set; } = OnClash.Skip;

    /// <summary>Each account signs in before it is saved.</summary>
    public bool Checks { get; private set; } = true;

    public IReadOnlyList<ImportRowView> Rows { get; private set; } = [];

    public int Failed => _outcomes.Count(outcome => outcome.Result == ImportResult.Failed);

    /// <summary>So many that are there would become what the file says.</summary>
    public int Updates => OnClash == OnClash.Update ? _items.Count(item => item.IsUpdate) : 0;

    public int Additions => _items.Count(item => item.Action == ImportAction.Add);

    /// <summary>What it is at, in a line.</summary>
    public string Summary => Stage switch
    {
        ImportStage.Choosing => "",
        ImportStage.Looked => string.Create(
            CultureInfo.InvariantCulture,
            $"{Additions} new, {Count(ImportAction.Clash)} differ, {Count(ImportAction.Same)} there already, {Count(ImportAction.Wrong)} wrong"),
        ImportStage.Running => string.Create(CultureInfo.InvariantCulture, $"{Math.Min(_outcomes.Count, _expected)} of {_expected}, {Failed} failed"),
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(ImportResult.Added)} added, {Count(ImportResult.Updated)} updated, {Count(ImportResult.Skipped)} skipped, {Failed} failed"),
    };

    /// <summary>Why nothing can be imported now; null: it can.</summary>
    public string? WhyNot => Stage switch
    {
        ImportStage.Choosing => "There is no file to import yet: o opens one.",
        ImportStage.Running => "The import is under way: Esc ends it.",
        ImportStage.Done => "This file is imported: t tries what failed once more, o opens another.",
        _ when Additions + Updates + Count(ImportAction.Clash) == 0 => _items.Any(item => item.IsUpdate)
            ? "Nothing in the file is new or differs; w has the credentials of what is there become the file's."
            : "Nothing in the file is new or differs.",
        _ => null,
    };

    /// <summary>Takes over a file that was read, and looks what it would come to.</summary>
    public void Take(string name, ImportFile file, IReadOnlyList<ImportItem> items)
    {
        _file?.Dispose();
        (_file, Name, _items, _notes, Stage) = (file, name, items, file.Notes, ImportStage.Looked);
        _outcomes.Clear();
        Show();
    }

    public void TurnClash()
    {
        OnClash = OnClash switch
        {
            OnClash.Skip => OnClash.Update,
            OnClash.Update => OnClash.Fail,
            _ => OnClash.Skip,
        };
        Show();
    }

    public void TurnChecks()
    {
        Checks = !Checks;
        Show();
    }

    /// <summary>Imports the file, or only the lines that failed.</summary>
    public void Start(bool failedOnly)
    {
        if (_file is not { } file || Stage is ImportStage.Choosing or ImportStage.Running)
        {
            return;
        }

        HashSet<int>? lines = failedOnly ? [.. _outcomes.Where(outcome => outcome.Result == ImportResult.Failed).Select(outcome => outcome.Line)] : null;
        ImportStage before = Stage;

        // Of a line that is tried again stays what it has brought along already, such as the resource of its account.
        ImportOutcome[] kept = failedOnly
            ? [.. _outcomes.Where(outcome => !lines!.Contains(outcome.Line) || outcome.Result is ImportResult.Added or ImportResult.Updated)]
            : [];
        ImportOutcome[] earlier = [.. _outcomes];
        _expected = failedOnly ? _outcomes.Count(outcome => lines!.Contains(outcome.Line)) : _items.Count;
        _outcomes.Clear();
        Stage = ImportStage.Running;
        Show();
        work.Errand.Start("Importing… Esc ends it; what is done stays done.", "The import was ended before it began.", async ct =>
        {
            try
            {
                await RunAsync(file, new ImportOptions(Checks ? CheckMode.Check : CheckMode.Unverified, OnClash, lines), kept, ct);
            }
            finally
            {
                if (Stage == ImportStage.Running)
                {
                    // Refused as a whole, or ended before it began: what is known is what was known before.
                    Stage = before;
                    _outcomes.Clear();
                    _outcomes.AddRange(earlier);
                    Show();
                }

                work.NoteChange();
                if (_isLeft)
                {
                    file.Dispose();
                }
            }
        });
    }

    /// <summary>The place is left; an import that runs goes to its end and is told then.</summary>
    public void Dispose()
    {
        _isLeft = true;
        if (Stage != ImportStage.Running)
        {
            _file?.Dispose();
        }
    }

    private async Task RunAsync(ImportFile file, ImportOptions options, ImportOutcome[] kept, CancellationToken ct)
    {
        // Made on the UI thread: what is told comes back there.
        Progress<ImportOutcome> told = new(outcome =>
        {
            if (Stage == ImportStage.Running)
            {
                _outcomes.Add(outcome);
                Show();
            }
        });
        Result<IReadOnlyList<ImportOutcome>> done = await work.Jobs.CallAsync(c => work.Product.Imports.ApplyAsync(work.Actor, file, options, told, c), ct);
        if (done.Refusal is { } no)
        {
            work.Tell(no.Message, Tone.Bad);
            return;
        }

        _outcomes.Clear();
        _outcomes.AddRange(kept.Where(before => !done.Value.Any(again => again.Result != ImportResult.Skipped && IsSame(before, again))));
        _outcomes.AddRange(done.Value.Where(again => again.Result != ImportResult.Skipped || !kept.Any(before => IsSame(before, again))));
        Stage = ImportStage.Done;
        Show();
        work.Tell($"{Name}: {Summary}.", Failed == 0 ? Tone.Good : Tone.Bad);
    }

    private static bool IsSame(ImportOutcome before, ImportOutcome again) => before.Line == again.Line && before.Subject == again.Subject;

    private int Count(ImportAction action) => _items.Count(item => item.Action == action);

    private int Count(ImportResult result) => _outcomes.Count(outcome => outcome.Result == result);

    // What went wrong comes first in a report; while it runs, what came last.
    private void Show()
    {
        Rows = Stage switch
        {
            ImportStage.Looked =>
            [
                .. _items.Select(item => ImportRowView.Of(item, OnClash)),
                .. _notes.Where(note => !note.IsError).Select(ImportRowView.Of),
            ],
            ImportStage.Running => [.. Enumerable.Reverse(_outcomes).Take(MaxWhileRunning).Select(ImportRowView.Of)],
            _ => [.. _outcomes.OrderBy(outcome => outcome.Result != ImportResult.Failed).ThenBy(outcome => outcome.Line).Select(ImportRowView.Of)],
        };
        if (!_isLeft)
        {
            Changed?.Invoke();
        }
    }
}
