using System.Net;
using System.Net.Sockets;

namespace PamTui.Tests.Rotation;

/// <summary>The network between the program and a target: passes on what comes, until the pieces that it was given are used up; then every connection breaks, and none can be made.</summary>
internal sealed class TargetLink : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _running = [];
    private readonly int _target;
    private int _left = int.MaxValue;

    public TargetLink(int target)
    {
        _target = target;
        _listener.Start();
        _running.Add(AcceptAsync());
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Pieces seen in either direction since the last <see cref="CutAfter"/>.</summary>
    public int Seen { get; private set; }

    /// <summary>So many pieces more, then nothing; an unlimited number mends the link.</summary>
    public void CutAfter(int pieces)
    {
        lock (_gate)
        {
            _left = pieces;
            Seen = 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Break();
        Task[] running;
        lock (_gate)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket near = await _listener.AcceptSocketAsync(_stop.Token);
            lock (_gate)
            {
                if (_left <= 0)
                {
                    near.Dispose();
                    continue;
                }

                _sockets.Add(near);
                _running.Add(JoinAsync(near));
            }
        }
    }

    private async Task JoinAsync(Socket near)
    {
        using Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        lock (_gate)
        {
            _sockets.Add(far);
        }

        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            await Task.WhenAll(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side went, or the link was cut.
        }
        finally
        {
            near.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = await from.ReceiveAsync(buffer, _stop.Token)) > 0;)
        {
            if (!Take())
            {
                Break();
                return;
            }

            await to.SendAsync(buffer.AsMemory(0, read), _stop.Token);
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private bool Take()
    {
        lock (_gate)
        {
            Seen++;
            return _left-- > 0;
        }
    }

    private void Break()
    {
        lock (_gate)
        {
            _sockets.ForEach(socket => socket.Dispose());
            _sockets.Clear();
        }
    }
}
