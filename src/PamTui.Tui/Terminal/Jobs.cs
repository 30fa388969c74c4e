using System.Diagnostics;

namespace PamTui.Tui.Terminal;

/// <summary>
/// The asynchronous work of one session: started on the UI thread, continued there, cancelled when the session ends. What a job
/// throws ends the session like any other fault of a screen.
/// </summary>
internal sealed class Jobs(Action<Action> post) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<Task> _calls = [];
    private readonly Lock _gate = new();
    private int _open;

    /// <summary>Jobs that have not ended; the screens show a word while it is not zero for long.</summary>
    public int Open => _open;

    public event Action? OpenChanged;

    /// <summary>Starts work on the UI thread. Its end needs nobody: a fault is posted to the UI thread, where it ends the session.</summary>
    public void Start(Func<CancellationToken, Task> work, CancellationToken ct = default)
    {
        Task job = RunAsync(work, isAwaited: true, ct);
        Debug.Assert(!job.IsFaulted, "A job posts its fault.");
    }

    /// <summary>As <see cref="Start"/>, for what goes on until it is cancelled and nobody waits for: it is not among <see cref="Open"/>.</summary>
    public void Follow(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        Task job = RunAsync(work, isAwaited: false, ct);
        Debug.Assert(!job.IsFaulted, "A job posts its fault.");
    }

    /// <summary>Does something on the UI thread when its time has come. Waiting is no work: no screen says that something is going on.</summary>
    public void Later(TimeSpan delay, TimeProvider time, Action act)
    {
        Task job = RunAsync(
            async ct =>
            {
                await Task.Delay(delay, time, ct);
                act();
            },
            isAwaited: false,
            CancellationToken.None);
        Debug.Assert(!job.IsFaulted, "A job posts its fault.");
    }

    /// <summary>Runs a use case off the UI thread: the store and the network may block, the screen must not.</summary>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> useCase, CancellationToken ct)
    {
        Task<T> call = Task.Run(() => useCase(ct), ct);
        lock (_gate)
        {
            _calls.Add(call);
        }

        try
        {
            return await call;
        }
        finally
        {
            lock (_gate)
            {
                _calls.Remove(call);
            }
        }
    }

    /// <summary>Cancels every job and waits until no use case runs any more. The UI thread has ended, so their continuations are dropped.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task[] calls;
        lock (_gate)
        {
            calls = [.. _calls];
        }

        await Task.WhenAll(calls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(Func<CancellationToken, Task> work, bool isAwaited, CancellationToken ct)
    {
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, ct);
        Count(isAwaited ? 1 : 0);
        try
        {
            await work(both.Token);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
        }
        catch (Exception fault)
        {
            post(() => throw new InvalidOperationException("A screen's work failed.", fault));
        }
        finally
        {
            Count(isAwaited ? -1 : 0);
        }
    }

    private void Count(int more)
    {
        if (more != 0)
        {
            _open += more;
            OpenChanged?.Invoke();
        }
    }
}
