using System.Diagnostics;
using System.Text;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Benchmarks.Screens;

/// <summary>A person at the TUI over SSH: types, and sees when the answer begins, when it is whole, and how long it is.</summary>
internal sealed class ScreenSession : IAsyncDisposable
{
    private const int Columns = 120;
    private const int Rows = 40;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly GatewayClient _client;
    private readonly SshChannel _channel;
    private readonly VtScreen _screen = new(Columns, Rows);
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _firstAt;
    private long _lastAt;
    private long _bytes;

    private ScreenSession(GatewayClient client, SshChannel channel)
    {
        (_client, _channel) = (client, channel);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>From the end of the sign-in to the first frame with something on it.</summary>
    public TimeSpan FirstPaint { get; private set; }

    public static async Task<ScreenSession> OpenAsync(int port, SshPrivateKey key, CancellationToken ct)
    {
        GatewayClient client = await GatewayClient.SignInAsync(port, "alice", key, ct);
        long signedIn = Stopwatch.GetTimestamp();
        SshChannel channel = await client.Connection.OpenAsync("session", ReadOnlyMemory<byte>.Empty, ct);
        PtyRequest terminal = new("xterm-256color", Columns, Rows, 0, 0, ReadOnlyMemory<byte>.Empty);
        if (!await channel.RequestAsync(PtyRequest.Type, terminal.Write(), wantReply: true, ct))
        {
            throw new InvalidOperationException("The gateway gave no terminal.");
        }

        ScreenSession session = new(client, channel);
        await channel.RequestAsync("shell", ReadOnlyMemory<byte>.Empty, wantReply: true, ct);
        await session.ShowsAsync("PamTui", ct);
        session.FirstPaint = Stopwatch.GetElapsedTime(signedIn);
        return session;
    }

    /// <summary>Waits until the words are on the screen.</summary>
    public async Task ShowsAsync(string words, CancellationToken ct)
    {
        while (true)
        {
            Task came;
            lock (_gate)
            {
                if (_screen.Shows(words))
                {
                    return;
                }

                came = _came.Task;
            }

            await came.WaitAsync(s_patience, ct);
        }
    }

    /// <summary>Types, and waits until nothing more has come for <paramref name="quiet"/>.</summary>
    public async Task<Answer> TypeAsync(string keys, TimeSpan quiet, CancellationToken ct)
    {
        Task came;
        long typed = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            (_firstAt, _lastAt, _bytes) = (0, 0, 0);
            came = _came.Task;
        }

        await _channel.WriteAsync(Encoding.UTF8.GetBytes(keys), ct);
        while (true)
        {
            try
            {
                await came.WaitAsync(_firstAt == 0 ? s_patience : quiet, ct);
            }
            catch (TimeoutException) when (_firstAt != 0)
            {
                lock (_gate)
                {
                    return new Answer(Stopwatch.GetElapsedTime(typed, _firstAt), Stopwatch.GetElapsedTime(typed, _lastAt), _bytes);
                }
            }

            lock (_gate)
            {
                came = _came.Task;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _reading;
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[32 * 1024];
        try
        {
            while (await _channel.ReadAsync(buffer, CancellationToken.None) is > 0 and var count)
            {
                Take(buffer.AsSpan(0, count));
            }
        }
        catch (Exception e) when (e is SshException or ObjectDisposedException)
        {
            // The session was left.
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        TaskCompletionSource came;
        lock (_gate)
        {
            _lastAt = Stopwatch.GetTimestamp();
            _firstAt = _firstAt == 0 ? _lastAt : _firstAt;
            _bytes += bytes.Length;
            _screen.Feed(bytes);
            came = _came;
            _came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        came.SetResult();
    }
}

/// <summary>What came after a key.</summary>
internal readonly record struct Answer(TimeSpan First, TimeSpan Whole, long Bytes);
