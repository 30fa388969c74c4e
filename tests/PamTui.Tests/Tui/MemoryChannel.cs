using System.Text;
using PamTui.Servers;
using PamTui.Tui.Terminal;

namespace PamTui.Tests.Tui;

/// <summary>A terminal in memory: what is written is shown on a <see cref="VtScreen"/>; tests type into it and wait for what they expect to see.</summary>
internal sealed class MemoryChannel(int columns = 80, int rows = 24, string term = "xterm-256color", string? colorTerm = null) : ITerminalChannel
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<byte> _all = [];
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public event Action<ReadOnlyMemory<byte>>? Input;

    public event Action? Resized;

    public event Action? Closed;

    public event Action? Drained;

    public TerminalSize Size { get; private set; } = new(columns, rows);

    public string Term => term;

    public string? ColorTerm => colorTerm;

    public bool IsClosed { get; private set; }

    /// <summary>Set by a test that plays a slow client.</summary>
    public int Pending { get; set; }

    public VtScreen Screen { get; } = new(columns, rows);

    public int Writes { get; private set; }

    public byte[] Everything
    {
        get
        {
            lock (_gate)
            {
                return [.. _all];
            }
        }
    }

    public void Write(ReadOnlyMemory<byte> bytes)
    {
        TaskCompletionSource written;
        lock (_gate)
        {
            _all.AddRange(bytes.Span);
            Screen.Feed(bytes.Span);
            Writes++;
            written = _written;
            _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        written.TrySetResult();
    }

    public void Type(string text) => Send(Encoding.UTF8.GetBytes(text));

    public void Send(ReadOnlyMemory<byte> bytes) => Input?.Invoke(bytes);

    /// <summary>The size is told as it is; the emulator takes part of it only as far as the program does.</summary>
    public void Resize(int newColumns, int newRows)
    {
        lock (_gate)
        {
            Size = new TerminalSize(newColumns, newRows);
            TerminalSize shown = TerminalTraits.Clamp(Size);
            Screen.Resize(shown.Columns, shown.Rows);
        }

        Resized?.Invoke();
    }

    public void Drain()
    {
        Pending = 0;
        Drained?.Invoke();
    }

    public void Close()
    {
        IsClosed = true;
        Closed?.Invoke();
    }

    public string Text()
    {
        lock (_gate)
        {
            return Screen.Text;
        }
    }

    /// <summary>Waits until the screen is as asked; fails with what it shows instead.</summary>
    public async Task UntilAsync(Func<VtScreen, bool> condition, string what)
    {
        using CancellationTokenSource deadline = new(s_patience);
        while (true)
        {
            Task written;
            lock (_gate)
            {
                if (condition(Screen))
                {
                    return;
                }

                written = _written.Task;
            }

            try
            {
                await written.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"The screen never showed {what}; it shows:\n{Text()}");
            }
        }
    }

    public Task UntilShownAsync(string text) => UntilAsync(screen => screen.Shows(text), "'" + text + "'");

    public Task UntilGoneAsync(string text) => UntilAsync(screen => !screen.Shows(text), "a screen without '" + text + "'");
}
