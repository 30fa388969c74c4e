using System.Runtime.InteropServices;

namespace PamTui.Commands;

/// <summary>SIGINT and SIGTERM of the process: the first one ends what runs in good order, a second one ends the process.</summary>
internal sealed class Interrupts : IDisposable
{
    // `timeout` and terminals send one end twice, to the process and to its group.
    private const long SameMilliseconds = 1000;

    private readonly CancellationTokenSource _stop = new();
    private long _first;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public Interrupts()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, Ignored));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, ignored: false));
    }

    public CancellationToken Stop => _stop.Token;

    /// <summary>While another program has the terminal, its Ctrl-C is not ours.</summary>
    public bool Ignored { get; set; }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context, bool ignored)
    {
        if (ignored)
        {
            context.Cancel = true;
            return;
        }

        long now = Environment.TickCount64;
        long first = Interlocked.CompareExchange(ref _first, now, 0);
        context.Cancel = first == 0 || now - first < SameMilliseconds;
        _stop.Cancel();
    }
}
