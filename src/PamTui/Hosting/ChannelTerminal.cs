using PamTui.Gateway.Console;
using PamTui.Ssh;
using PamTui.Tui.Terminal;

namespace PamTui.Hosting;

/// <summary>
/// The terminal behind an SSH channel, as the TUI wants it. Written bytes wait in one bounded buffer and leave as fast as the
/// channel's window lets them; the TUI skips frames meanwhile.
/// </summary>
internal sealed class ChannelTerminal : ITerminalChannel, IAsyncDisposable
{
    // The TUI stops drawing long before; a program that does not is cut off.
    private const int MaxPending = 4 * 1024 * 1024;

    private readonly ConsoleRequest _request;
    private readonly ConsoleTerminal _terminal;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenRegistration _gone;
    private readonly SemaphoreSlim _more = new(0);
    private readonly Lock _gate = new();
    private readonly Task _sending;
    private Action<ReadOnlyMemory<byte>>? _input;
    private Task? _reading;
    private MemoryStream _waiting = new();
    private int _pending;
    private int _closed;

    public ChannelTerminal(ConsoleRequest request, ConsoleTerminal terminal, CancellationToken ct)
    {
        (_request, _terminal) = (request, terminal);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct, terminal.Closed);
        terminal.Resized += OnResized;
        _gone = _stop.Token.Register(RaiseClosed);
        _sending = Task.Run(SendAsync, CancellationToken.None);
    }

    /// <summary>Reading begins with the first who listens, so that nothing typed before is lost.</summary>
    public event Action<ReadOnlyMemory<byte>>? Input
    {
        add
        {
            lock (_gate)
            {
                _input += value;
                _reading ??= Task.Run(ReadAsync, CancellationToken.None);
            }
        }

        remove
        {
            lock (_gate)
            {
                _input -= value;
            }
        }
    }

    public event Action? Resized;

    public event Action? Closed;

    public event Action? Drained;

    public TerminalSize Size => _terminal.Size is var (columns, rows) ? new TerminalSize(columns, rows) : default;

    public string Term => _terminal.Term;

    public string? ColorTerm => _terminal.ColorTerm;

    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    public int Pending => Volatile.Read(ref _pending);

    public void Write(ReadOnlyMemory<byte> bytes)
    {
        if (IsClosed || bytes.IsEmpty)
        {
            return;
        }

        lock (_gate)
        {
            if (_pending + bytes.Length <= MaxPending)
            {
                _waiting.Write(bytes.Span);
                _pending += bytes.Length;
                _more.Release();
                return;
            }
        }

        RaiseClosed();
    }

    /// <summary>Sends what waits, if the far end takes it soon, then lets go of the channel's streams.</summary>
    public async ValueTask DisposeAsync()
    {
        _terminal.Resized -= OnResized;
        await FlushAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_sending, _reading ?? Task.CompletedTask);
        await _gone.DisposeAsync();
        _stop.Dispose();
        _more.Dispose();
    }

    // What restores the screen must arrive before whatever the channel shows next.
    private async Task FlushAsync()
    {
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Drained += () => drained.TrySetResult();
        Closed += () => drained.TrySetResult();
        if (Pending > 0 && !IsClosed)
        {
            await Task.WhenAny(drained.Task, Task.Delay(TimeSpan.FromSeconds(2)));
        }
    }

    private void OnResized() => Resized?.Invoke();

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            for (int read; (read = await _request.Input.ReadAsync(buffer, _stop.Token)) > 0;)
            {
                _input?.Invoke(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SshException)
        {
            // Gone: said below.
        }

        RaiseClosed();
    }

    private async Task SendAsync()
    {
        MemoryStream batch = new();
        try
        {
            while (true)
            {
                await _more.WaitAsync(_stop.Token);
                lock (_gate)
                {
                    (batch, _waiting) = (_waiting, batch);
                }

                if (batch.Length == 0)
                {
                    continue;
                }

                int length = (int)batch.Length;
                await _request.Output.WriteAsync(batch.GetBuffer().AsMemory(0, length), _stop.Token);
                await _request.Output.FlushAsync(_stop.Token);
                batch.SetLength(0);
                bool drained;
                lock (_gate)
                {
                    _pending -= length;
                    drained = _pending == 0;
                }

                if (drained)
                {
                    Drained?.Invoke();
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SshException)
        {
            RaiseClosed();
        }
    }

    private void RaiseClosed()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            Closed?.Invoke();
        }
    }
}
