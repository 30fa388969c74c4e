using PamTui.Core.Model;

namespace PamTui.Core.Statements;

/// <summary>
/// The log of one session while it lives. What is appended waits in memory, bounded, for a second at most (or until there is enough of it),
/// and then is sealed and on the disk. Safe for several callers at once; the order is that of the calls.
/// </summary>
public sealed class StatementLog : IAsyncDisposable
{
    /// <summary>So much is written without waiting for the second to pass.</summary>
    private const int EnoughBytes = 32 * 1024;

    /// <summary>With so much that waits, callers wait too.</summary>
    private const int MaxWaitingBytes = 512 * 1024;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Func<Statement, Statement> _kept;
    private readonly Func<StatementBatch, bool, Task<string?>> _write;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writing;
    private StatementBatch _waiting = new();
    private TaskCompletionSource _some = NewSignal();
    private TaskCompletionSource _enough = NewSignal();
    private TaskCompletionSource _room = NewSignal();
    private bool _isClosing;

    /// <param name="kept">What is kept of a statement: its bounds, its secrets, its values.</param>
    /// <param name="write">Stores a batch; the last one comes with true, and may be empty. Answers why the session must end, or null. Never fails.</param>
    internal StatementLog(Func<Statement, Statement> kept, Func<StatementBatch, bool, Task<string?>> write, TimeProvider time)
    {
        (_kept, _write, _time) = (kept, write, time);
        _writing = WriteAllAsync();
    }

    /// <summary>Completes when the log cannot be written, or is full: the session must end, with this as its reason.</summary>
    public Task<string> Failed => _failed.Task;

    /// <summary>Waits while the disk is behind.</summary>
    /// <exception cref="IOException">The log has failed, and this statement is not kept.</exception>
    public ValueTask AppendAsync(Statement statement, CancellationToken ct)
    {
        Statement kept = _kept(statement);
        Task room;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosing, this);
            if (_failed.Task.IsCompleted)
            {
                throw new IOException("The log of statements is not written any more.");
            }

            _waiting.Add(kept);
            _some.TrySetResult();
            if (_waiting.Bytes >= EnoughBytes)
            {
                _enough.TrySetResult();
            }

            if (_waiting.Bytes < MaxWaitingBytes)
            {
                return ValueTask.CompletedTask;
            }

            room = _room.Task;
        }

        return new ValueTask(room.WaitAsync(ct));
    }

    /// <summary>Writes what waits, and that the log is whole.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isClosing = true;
            _some.TrySetResult();
            _enough.TrySetResult();
        }

        await _writing.ConfigureAwait(false);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WriteAllAsync()
    {
        for (bool isLast = false; !isLast;)
        {
            await Signal(ref _some).ConfigureAwait(false);
            await Signal(ref _enough).WaitAsync(s_longest, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            (StatementBatch batch, isLast) = Take();
            using (batch)
            {
                if (await _write(batch, isLast).ConfigureAwait(false) is { } reason)
                {
                    Fail(reason);
                }
            }
        }
    }

    private Task Signal(ref TaskCompletionSource signal)
    {
        lock (_lock)
        {
            return signal.Task;
        }
    }

    private (StatementBatch Batch, bool IsLast) Take()
    {
        lock (_lock)
        {
            StatementBatch batch = _waiting;
            _waiting = new StatementBatch();
            _room.TrySetResult();
            _room = NewSignal();
            if (!_isClosing)
            {
                (_some, _enough) = (NewSignal(), NewSignal());
            }

            return (batch, _isClosing);
        }
    }

    private void Fail(string reason)
    {
        lock (_lock)
        {
            _failed.TrySetResult(Text.Escape(reason));
        }
    }
}
