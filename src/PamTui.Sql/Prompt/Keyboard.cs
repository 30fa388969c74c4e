using System.Threading.Channels;

namespace PamTui.Sql.Prompt;

/// <summary>Reads the terminal all the time, so that Ctrl-C is heard while a statement runs; what is typed meanwhile waits.</summary>
internal sealed class Keyboard : IAsyncDisposable
{
    private const int MaxAhead = 4096;

    private readonly Channel<Key> _keys = Channel.CreateBounded<Key>(MaxAhead);
    private readonly Queue<Key> _ahead = new();
    private readonly CancellationTokenSource _stop;
    private readonly Task _reading;
    private Key? _givenBack;

    public Keyboard(Stream input, CancellationToken ct)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        _reading = ReadAsync(input, _stop.Token);
    }

    /// <summary>The next key; null: the terminal is gone.</summary>
    public async Task<Key?> NextAsync(CancellationToken ct)
    {
        if (_givenBack is { } rest)
        {
            _givenBack = null;
            return rest;
        }

        if (_ahead.TryDequeue(out Key typed))
        {
            return typed;
        }

        try
        {
            return await _keys.Reader.ReadAsync(ct);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>What of the last key was not meant for its reader; it is the next one.</summary>
    public void GiveBack(Key rest) => _givenBack = rest;

    /// <summary>While something runs: calls for each Ctrl-C, and keeps the rest for later.</summary>
    public async Task ListenAsync(Func<Task> interrupt, CancellationToken ct)
    {
        await foreach (Key key in _keys.Reader.ReadAllAsync(ct))
        {
            if (key.IsControl('c'))
            {
                _givenBack = null;
                _ahead.Clear();
                await interrupt();
            }
            else if (key.Code != KeyCode.Redraw && _ahead.Count < MaxAhead)
            {
                _ahead.Enqueue(key);
            }
        }
    }

    /// <summary>As if a key were pressed that does nothing. When so much waits to be read that there is no room for it, it will be drawn anyway.</summary>
    public void Redraw() => _keys.Writer.TryWrite(new Key(KeyCode.Redraw));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync(Stream input, CancellationToken ct)
    {
        KeyDecoder decoder = new();
        byte[] buffer = new byte[4096];
        try
        {
            while (await input.ReadAsync(buffer, ct) is > 0 and int count)
            {
                foreach (Key key in decoder.Feed(buffer.AsSpan(0, count)))
                {
                    await _keys.Writer.WriteAsync(key, ct);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The end.
        }
        finally
        {
            _keys.Writer.TryComplete();
        }
    }
}
