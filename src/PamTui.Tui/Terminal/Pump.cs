using System.Collections.Concurrent;
using Terminal.Gui.App;
using Terminal.Gui.Drivers;

namespace PamTui.Tui.Terminal;

/// <summary>
/// Turns the library's polling loop into an event-driven one: it waits inside <see cref="IApplication.Iteration"/> until something
/// happened. The same loop runs inside every dialog, so the pump works there too, and what it throws unwinds all of them.
/// </summary>
internal sealed class Pump : IDisposable
{
    /// <summary>Posted actions run before the screen is painted again, at most this many.</summary>
    private const int MaxBatch = 100;

    /// <summary>Whatever happens wakes the loop; this is for what nobody thought of.</summary>
    private const int IdleMilliseconds = 10_000;

    /// <summary>After a press of the mouse the library's click synthesis expires by polling.</summary>
    private const int ActiveMilliseconds = 700;
    private const int ActivePollMilliseconds = 40;

    /// <summary>A lone ESC is decided by the parser's own 50 ms.</summary>
    private const int PendingEscapeMilliseconds = 20;

    private readonly IApplication _app;
    private readonly ConcurrentQueue<Action> _posted = new();
    // Sleeps at once: a semaphore would spin first, at each key of each session.
    private readonly AutoResetEvent _signal = new(false);
    private readonly PumpContext _context;
    private int _signalled;
    private long _activeUntil;
    private bool _painted = true;
    private volatile bool _closed;

    public Pump(IApplication app)
    {
        _app = app;
        _context = new PumpContext(this);
        app.Iteration += OnIteration;
        app.TimedEvents!.Added += OnTimerAdded;
    }

    public SynchronizationContext Context => _context;

    /// <summary>How many times the loop has turned; a budget test holds the idle number down.</summary>
    public long Iterations { get; private set; }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _signalled, 1) == 0)
        {
            _signal.Set();
        }
    }

    /// <summary>Runs on the UI thread, outside the library's timer lock: the only place besides a key handler where a dialog may open.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        Wake();
    }

    /// <summary>The terminal is gone: the loop, however deep in dialogs, ends with <see cref="TerminalGoneException"/>.</summary>
    public void Close()
    {
        _closed = true;
        Wake();
    }

    public void Dispose()
    {
        _app.Iteration -= OnIteration;
        if (_app.TimedEvents is { } timers)
        {
            timers.Added -= OnTimerAdded;
        }
    }

    private void OnTimerAdded(object? sender, TimeoutEventArgs e) => Wake();

    private void OnIteration(object? sender, EventArgs<IApplication?> e)
    {
        Iterations++;
        if (_closed)
        {
            throw new TerminalGoneException();
        }

        if (SynchronizationContext.Current != _context)
        {
            SynchronizationContext.SetSynchronizationContext(_context);
        }

        if (RunPosted())
        {
            return;
        }

        // What a timer or an action changed is painted one turn later.
        if (!_painted)
        {
            _painted = true;
            return;
        }

        if (_signal.WaitOne(HowLong()))
        {
            Interlocked.Exchange(ref _signalled, 0);
            if (_closed)
            {
                throw new TerminalGoneException();
            }

            RunPosted();
        }

        _painted = false;
    }

    private bool RunPosted()
    {
        int ran = 0;
        while (ran < MaxBatch && _posted.TryDequeue(out Action? action))
        {
            ran++;
            action();
        }

        if (ran == 0)
        {
            return false;
        }

        _painted = false;
        return true;
    }

    private int HowLong()
    {
        IInputProcessor? input = _app.Driver?.GetInputProcessor();
        if (input is SafeAnsiInputProcessor channel && channel.TakeMouse())
        {
            _activeUntil = Environment.TickCount64 + ActiveMilliseconds;
        }

        int wait = Environment.TickCount64 < _activeUntil ? ActivePollMilliseconds : IdleMilliseconds;
        if (input?.GetParser().State is { } state && state != AnsiResponseParserState.Normal)
        {
            wait = Math.Min(wait, PendingEscapeMilliseconds);
        }

        return ((TimedEvents)_app.TimedEvents!).CheckTimers(out int timer) ? Math.Min(wait, Math.Max(timer, 1)) : wait;
    }

    /// <summary>Continuations of the screens' awaits come back to the UI thread.</summary>
    private sealed class PumpContext(Pump pump) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => pump.Post(() => d(state));

        public override void Send(SendOrPostCallback d, object? state) =>
            throw new NotSupportedException("Nobody waits for the UI thread.");

        public override SynchronizationContext CreateCopy() => this;
    }
}

/// <summary>The terminal of a session is gone; unwinds its dialogs and is caught by who started the session.</summary>
internal sealed class TerminalGoneException : Exception
{
    public TerminalGoneException()
        : base("The terminal is gone.")
    {
    }
}
