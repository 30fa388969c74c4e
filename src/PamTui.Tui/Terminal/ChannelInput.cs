using System.Collections.Concurrent;
using System.Text;
using Terminal.Gui.Drivers;

namespace PamTui.Tui.Terminal;

/// <summary>Bytes of the channel to characters of the driver, with a decoder that remembers a character split over two packets.</summary>
internal sealed class ChannelInput : IInput<char>
{
    /// <summary>More than this waiting to be handled is dropped: nobody types that, and the largest paste taken is 1 MiB.</summary>
    private const int MaxQueued = 2 * 1024 * 1024;

    private readonly ITerminalChannel _channel;
    private readonly Action _wake;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly Lock _gate = new();
    private readonly char[] _chars = new char[1026];
    private readonly ConcurrentQueue<char> _early = new();
    private ConcurrentQueue<char>? _queue;

    public ChannelInput(ITerminalChannel channel, Action wake)
    {
        _channel = channel;
        _wake = wake;
        channel.Input += OnBytes;
    }

    public CancellationTokenSource? ExternalCancellationTokenSource { get; set; }

    public void Initialize(ConcurrentQueue<char> inputQueue)
    {
        lock (_gate)
        {
            while (_early.TryDequeue(out char early))
            {
                inputQueue.Enqueue(early);
            }

            _queue = inputQueue;
        }
    }

    /// <summary>Returns at once: bytes come by the channel's event, no thread waits for them.</summary>
    public void Run(CancellationToken runCancellationToken)
    {
    }

    /// <summary>The library disposes the input as soon as <see cref="Run"/> returns, so the subscription ends here instead.</summary>
    public void Detach() => _channel.Input -= OnBytes;

    public void Dispose()
    {
    }

    private void OnBytes(ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            ConcurrentQueue<char> queue = _queue ?? _early;
            for (ReadOnlySpan<byte> rest = bytes.Span; rest.Length > 0;)
            {
                ReadOnlySpan<byte> part = rest[..Math.Min(rest.Length, 1024)];
                rest = rest[part.Length..];
                int count = _decoder.GetChars(part, _chars, flush: false);
                if (queue.Count > MaxQueued)
                {
                    continue;
                }

                foreach (char c in _chars.AsSpan(0, count))
                {
                    queue.Enqueue(c);
                }
            }
        }

        _wake();
    }
}
