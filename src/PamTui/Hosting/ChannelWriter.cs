using System.Text;

namespace PamTui.Hosting;

/// <summary>
/// Text to an SSH channel: writing never blocks the writer, a task of its own sends what has gathered. Bounded: a command whose
/// answer nobody reads ends instead of filling the memory.
/// </summary>
internal sealed class ChannelWriter : TextWriter
{
    private const int MaxWaiting = 64 * 1024 * 1024;

    private readonly Stream _stream;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _more = new(0);
    private readonly CancellationToken _stop;
    private readonly Task _sending;
    private StringBuilder _waiting = new();
    private TaskCompletionSource _drained = Done();
    private bool _ended;

    /// <param name="onTerminal">Lines end with CR LF: the far end's terminal is raw.</param>
    public ChannelWriter(Stream stream, bool onTerminal, CancellationToken stop)
    {
        _stream = stream;
        _stop = stop;
        NewLine = onTerminal ? "\r\n" : "\n";
        _sending = Task.Run(SendAsync, CancellationToken.None);
    }

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            if (_waiting.Length + buffer.Length > MaxWaiting)
            {
                throw new IOException("The answer is too long for a reader this slow.");
            }

            if (_waiting.Length == 0)
            {
                if (_drained.Task.IsCompleted)
                {
                    _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                _more.Release();
            }

            _waiting.Append(buffer);
        }
    }

    /// <summary>Nothing: the sender sends as soon as there is something.</summary>
    public override void Flush()
    {
    }

    public override Task FlushAsync() => FlushAsync(CancellationToken.None);

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        Task drained;
        lock (_gate)
        {
            drained = _drained.Task;
        }

        await drained.WaitAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _ended = true;
        }

        _more.Release();
        await _sending;
        _more.Dispose();
        await base.DisposeAsync();
    }

    private static TaskCompletionSource Done()
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        done.SetResult();
        return done;
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                await _more.WaitAsync(_stop);
                StringBuilder batch;
                lock (_gate)
                {
                    if (_waiting.Length == 0)
                    {
                        if (_ended)
                        {
                            return;
                        }

                        continue;
                    }

                    (batch, _waiting) = (_waiting, new StringBuilder());
                }

                await _stream.WriteAsync(Encoding.UTF8.GetBytes(batch.ToString()), _stop);
                await _stream.FlushAsync(_stop);
                lock (_gate)
                {
                    if (_waiting.Length == 0)
                    {
                        _drained.TrySetResult();
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or Ssh.SshException)
        {
            // The reader is gone: what is written from now on is for nobody.
            lock (_gate)
            {
                _ended = true;
                _waiting.Clear();
                _drained.TrySetResult();
            }
        }
    }
}
