using System.Threading.Tasks.Sources;

namespace PamTui.Ssh.Transport;

/// <summary>
/// One wait, used again for the next one, so that who has to wait costs no memory: a sender for bytes to be handed to the network, a reader
/// for bytes to come. Completed by whoever moves them or by a cancellation, whichever is first; after a cancellation the mover may still know
/// it, so it is not used again.
/// </summary>
internal sealed class ReusableSignal : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core;
    private CancellationTokenRegistration _cancel;
    private int _ended;
    private volatile bool _isFree = true;
    private volatile bool _isAbandoned;

    /// <summary>Nobody waits on it and whoever completes it has forgotten it.</summary>
    public bool IsFree => _isFree;

    /// <summary>Cancelled: another takes its place.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>For a new wait; only while free.</summary>
    /// <param name="runInline">The waiter goes on on the thread that completes it.</param>
    public void Arm(bool runInline)
    {
        _isFree = false;
        _core.Reset();
        _core.RunContinuationsAsynchronously = !runInline;
        Volatile.Write(ref _ended, 0);
    }

    public ValueTask WaitAsync(CancellationToken ct)
    {
        ValueTask wait = new(this, _core.Version);
        _cancel = ct.UnsafeRegister(static (state, token) => ((ReusableSignal)state!).Cancel(token), this);
        return wait;
    }

    public void Complete()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>For a caller that must not run what the waiter does next.</summary>
    public void CompleteElsewhere()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _core.RunContinuationsAsynchronously = true;
            _core.SetResult(true);
        }
    }

    public void Fail(Exception cause)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _core.SetException(cause);
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        _cancel.Dispose();
        // Throws after a failure or a cancellation, and then it stays taken.
        _core.GetResult(token);
        _isFree = true;
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken token)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            // Who cancels shall not run what the waiter does next.
            _core.RunContinuationsAsynchronously = true;
            _isAbandoned = true;
            _core.SetException(new OperationCanceledException(token));
        }
    }
}
