using PamTui.Tui.Terminal;

namespace PamTui.Tui.Models;

/// <summary>The one long thing that a person has set going; Esc stops it, a new one replaces it.</summary>
internal sealed class Errand(Jobs jobs, Action<string, Tone> tell)
{
    private CancellationTokenSource? _running;

    /// <param name="sentence">Said while it runs.</param>
    /// <param name="stopped">Said when it was stopped.</param>
    public void Start(string sentence, string stopped, Func<CancellationToken, Task> work)
    {
        Stop();
        CancellationTokenSource errand = new();
        _running = errand;
        tell(sentence, Tone.Normal);
        jobs.Start(
            async ct =>
            {
                try
                {
                    await work(ct);
                }
                catch (OperationCanceledException) when (errand.IsCancellationRequested)
                {
                    tell(stopped, Tone.Normal);
                }
                finally
                {
                    if (_running == errand)
                    {
                        _running = null;
                    }

                    errand.Dispose();
                }
            },
            errand.Token);
    }

    /// <summary>False when nothing runs.</summary>
    public bool Stop()
    {
        if (_running is not { } errand)
        {
            return false;
        }

        errand.Cancel();
        return true;
    }
}
