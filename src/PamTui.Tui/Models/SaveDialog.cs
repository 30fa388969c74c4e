using PamTui.Core.Model;
using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>What became of a try to save.</summary>
internal abstract record SaveAnswer
{
    private SaveAnswer()
    {
    }

    public sealed record Saved(string Sentence) : SaveAnswer;

    public sealed record Refused(Refusal Refusal) : SaveAnswer;

    /// <summary>The sign-in failed: nothing was saved.</summary>
    public sealed record CheckFailed(CheckReport Report) : SaveAnswer;
}

internal enum SaveStage
{
    Editing,

    /// <summary>A sign-in runs; Esc stops it.</summary>
    Working,

    /// <summary>The target showed a host key that nobody has accepted yet.</summary>
    AskingHostKey,

    Saved,
}

/// <summary>How a dialog saves: the use case behind it.</summary>
/// <param name="Save">Called on the UI thread, where the form is read; the use case itself runs elsewhere. Asked with true to sign in first.</param>
/// <param name="PinHostKey">Accepts the key a target showed; null: this dialog meets none.</param>
/// <param name="SignsIn">The dialog offers to save with and without a check.</param>
internal sealed record SaveActions(
    Func<bool, IProgress<CheckProgress>, CancellationToken, Task<SaveAnswer>> Save,
    Func<SeenHostKey, CancellationToken, Task<Refusal?>>? PinHostKey,
    bool SignsIn);

/// <summary>A form on its way into the vault: the check's stages as they happen, an unknown host key, a failure, a second try.</summary>
internal sealed class SaveDialog(FormModel form, SaveActions actions, Jobs jobs) : IDisposable
{
    private readonly List<CheckProgress> _steps = [];
    private CancellationTokenSource? _running;
    private CheckFailure? _failure;
    private IReadOnlyList<StyledLine> _note = [];

    public event Action? Changed;

    public FormModel Form => form;

    public bool SignsIn => actions.SignsIn;

    public SaveStage Stage { get; private set; }

    public SeenHostKey? HostKey { get; private set; }

    /// <summary>What was done, once saved.</summary>
    public string Sentence { get; private set; } = "";

    /// <summary>Said while there is nothing else to say: what saving would come to.</summary>
    public IReadOnlyList<StyledLine> Note
    {
        get => _note;
        set
        {
            _note = value;
            Changed?.Invoke();
        }
    }

    /// <summary>The stages so far and how it ended.</summary>
    public IReadOnlyList<StyledLine> Lines
    {
        get
        {
            List<StyledLine> lines = [.. _steps.Select(Line)];
            if (Stage == SaveStage.AskingHostKey && HostKey is { } key)
            {
                return
                [
                    StyledLine.Of("The host showed a key that nobody has accepted yet:", Tone.Warn),
                    new StyledLine(new Span("  " + Text.Escape(key.KeyType) + " ", Tone.Dim), new Span(key.Fingerprint, Tone.Strong)),
                    StyledLine.Of("Compare it with the host's own (ssh-keygen -lf on it). Nothing secret was sent.", Tone.Dim),
                    StyledLine.Of("Accepting pins it; that you accepted it is kept as the reason to trust it.", Tone.Dim),
                ];
            }

            if (_failure is { } failure)
            {
                lines.Add(StyledLine.Of(failure.Message, Tone.Bad));
            }

            if (form.Error.Length > 0)
            {
                lines.Add(StyledLine.Of(form.Error, Tone.Bad));
            }

            return lines.Count == 0 ? Note : lines;
        }
    }

    public void Save(bool check)
    {
        if (Stage is SaveStage.Working or SaveStage.Saved || !form.CheckRequired())
        {
            Changed?.Invoke();
            return;
        }

        Run(ct => SaveAsync(check, ct));
    }

    /// <summary>A person compared the fingerprint: it is pinned, and the check runs again.</summary>
    public void AcceptHostKey()
    {
        if (Stage != SaveStage.AskingHostKey || HostKey is not { } key || actions.PinHostKey is not { } pin)
        {
            return;
        }

        Run(async ct =>
        {
            if (await jobs.CallAsync(c => pin(key, c), ct) is { } no)
            {
                form.Show(no);
                Become(SaveStage.Editing);
                return;
            }

            await SaveAsync(true, ct);
        });
    }

    /// <summary>Stops what runs, or leaves the question; false when there is nothing to step back from.</summary>
    public bool StepBack()
    {
        switch (Stage)
        {
            case SaveStage.Working:
                _running?.Cancel();
                return true;
            case SaveStage.AskingHostKey:
                Become(SaveStage.Editing);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Something was typed: the last outcome is no longer about it.</summary>
    public void Edited()
    {
        _steps.Clear();
        _failure = null;
        Changed?.Invoke();
    }

    public void Dispose() => _running?.Cancel();

    private static StyledLine Line(CheckProgress step)
    {
        string name = StatusWords.Of(step.Stage).PadRight(15);
        string time = $"{step.Elapsed.TotalMilliseconds,6:0} ms";
        return step.State switch
        {
            StageState.Passed => new StyledLine(new Span("● ", Tone.Good), new Span(name), new Span(time, Tone.Dim)),
            StageState.Failed when step.IsFirstContact => new StyledLine(new Span("? ", Tone.Warn), new Span(name), new Span(time + "  not known yet", Tone.Dim)),
            StageState.Failed => new StyledLine(new Span("✗ ", Tone.Bad), new Span(name), new Span(time, Tone.Dim)),
            _ => new StyledLine(new Span("○ ", Tone.Warn), new Span(name), new Span("…", Tone.Dim)),
        };
    }

    private void Run(Func<CancellationToken, Task> work)
    {
        CancellationTokenSource running = new();
        _running = running;
        _steps.Clear();
        _failure = null;
        form.ClearErrors();
        Become(SaveStage.Working);
        jobs.Start(async ct =>
        {
            try
            {
                await work(ct);
            }
            catch (OperationCanceledException) when (running.IsCancellationRequested)
            {
                _steps.Clear();
                form.Show(Refusal.Failed("Stopped: nothing was saved."));
                Become(SaveStage.Editing);
            }
            finally
            {
                _running = null;
                running.Dispose();
            }
        }, running.Token);
    }

    private async Task SaveAsync(bool check, CancellationToken ct)
    {
        // Progress comes from the connector's thread; this one was made on the UI thread and brings it back there.
        Progress<CheckProgress> progress = new(OnProgress);
        SaveAnswer answer = await actions.Save(check, progress, ct);
        ct.ThrowIfCancellationRequested();
        switch (answer)
        {
            case SaveAnswer.Saved saved:
                Sentence = saved.Sentence;
                Become(SaveStage.Saved);
                break;
            case SaveAnswer.Refused refused:
                form.Show(refused.Refusal);
                Become(SaveStage.Editing);
                break;
            case SaveAnswer.CheckFailed { Report: { Failure: { } failure } report }:
                bool unknownKey = failure.Cause == CheckCause.HostKeyUnknown && report.HostKey is not null && actions.PinHostKey is not null;
                HostKey = report.HostKey;
                _failure = unknownKey ? null : failure;
                Become(unknownKey ? SaveStage.AskingHostKey : SaveStage.Editing);
                break;
        }
    }

    private void OnProgress(CheckProgress step)
    {
        if (Stage != SaveStage.Working && _failure is null)
        {
            return;
        }

        int at = _steps.FindIndex(known => known.Stage == step.Stage);
        if (at >= 0)
        {
            _steps[at] = step;
        }
        else
        {
            _steps.Add(step);
        }

        Changed?.Invoke();
    }

    private void Become(SaveStage stage)
    {
        Stage = stage;
        Changed?.Invoke();
    }
}
