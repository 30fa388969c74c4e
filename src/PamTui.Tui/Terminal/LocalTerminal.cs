using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using PamTui.Core.Model;

namespace PamTui.Tui.Terminal;

/// <summary>
/// The terminal this program was started on: raw mode while it is open, restored when disposed. SIGTERM and SIGHUP count as the
/// terminal going away, so that the screen is given back before the program ends.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class LocalTerminal : ITerminalChannel, IDisposable
{
    private readonly byte[] _before;
    private readonly int _wakeRead;
    private readonly int _wakeWrite;
    private readonly Thread _reader;
    private readonly PosixSignalRegistration[] _signals;
    private Action<ReadOnlyMemory<byte>>? _input;
    private int _closed;
    private bool _disposed;

    private LocalTerminal(byte[] before, int wakeRead, int wakeWrite)
    {
        _before = before;
        (_wakeRead, _wakeWrite) = (wakeRead, wakeWrite);
        Term = Environment.GetEnvironmentVariable("TERM") ?? "";
        ColorTerm = Environment.GetEnvironmentVariable("COLORTERM");
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resized?.Invoke()),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => OnContinued()),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnGone),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnGone),
        ];
        _reader = new Thread(Read) { IsBackground = true, Name = "tty" };
    }

    /// <summary>Read from the first subscription on: what was typed ahead waits in the terminal.</summary>
    public event Action<ReadOnlyMemory<byte>>? Input
    {
        add
        {
            _input += value;
            if (_reader.ThreadState.HasFlag(ThreadState.Unstarted))
            {
                _reader.Start();
            }
        }

        remove => _input -= value;
    }

    public event Action? Resized;

    public event Action? Closed;

    public event Action? Drained
    {
        add { }
        remove { }
    }

    public TerminalSize Size => OutputSize;

    public string Term { get; }

    public string? ColorTerm { get; }

    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>Somebody has painted on it.</summary>
    public bool IsPainted { get; private set; }

    /// <summary>Of standard output; 80 by 24 when it is no terminal, or one without a size.</summary>
    public static TerminalSize OutputSize => TtyMethods.SizeOf(TtyMethods.Output) is { Columns: > 0, Rows: > 0 } size ? size : new TerminalSize(80, 24);

    /// <summary>Of standard output; null when that is no terminal, or one without a size.</summary>
    public static int? OutputColumns => TtyMethods.SizeOf(TtyMethods.Output) is { Columns: > 0 and int columns } ? columns : null;

    /// <summary>A write to a tty waits by itself.</summary>
    public int Pending => 0;

    /// <summary>The terminal in raw mode; a refusal when standard input and output are none.</summary>
    public static Result<LocalTerminal> Open()
    {
        if (!TtyMethods.IsTerminal(TtyMethods.Input) || !TtyMethods.IsTerminal(TtyMethods.Output))
        {
            return Refusal.Failed("The full screen needs a terminal: standard input or output is none. Use a command instead; `pamtui --help` lists them.");
        }

        if (TtyMethods.MakeRaw(TtyMethods.Input) is not { } before || TtyMethods.MakePipe() is not { } pipe)
        {
            return Refusal.Failed("The terminal could not be switched to raw mode.");
        }

        return new LocalTerminal(before, pipe.Read, pipe.Write);
    }

    public void Write(ReadOnlyMemory<byte> bytes)
    {
        IsPainted = true;
        if (!TtyMethods.WriteAll(TtyMethods.Output, bytes.Span))
        {
            RaiseClosed();
        }
    }

    /// <summary>Stops reading before it returns: a program started next has the terminal for itself.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        TtyMethods.WriteAll(_wakeWrite, [0]);
        if (!_reader.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            _reader.Join();
        }

        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }

        TtyMethods.Restore(TtyMethods.Input, _before);
        TtyMethods.Close(_wakeRead);
        TtyMethods.Close(_wakeWrite);
    }

    private void Read()
    {
        byte[] buffer = new byte[4096];
        while (TtyMethods.WaitReadable(TtyMethods.Input, _wakeRead))
        {
            int count = TtyMethods.ReadSome(TtyMethods.Input, buffer);
            if (count <= 0)
            {
                RaiseClosed();
                return;
            }

            _input?.Invoke(buffer.AsMemory(0, count));
        }
    }

    private void OnGone(PosixSignalContext signal)
    {
        signal.Cancel = true;
        RaiseClosed();
    }

    private void OnContinued()
    {
        TtyMethods.MakeRaw(TtyMethods.Input);
        Resized?.Invoke();
    }

    private void RaiseClosed()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            Closed?.Invoke();
        }
    }
}
