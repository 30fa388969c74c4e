using System.Net;
using System.Net.Sockets;

namespace PamTui.Servers;

/// <summary>A stretch of network in front of a loopback port, which can be cut so that neither end hears of it.</summary>
public sealed class Link : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _behind;
    private readonly Task _accepting;
    private volatile bool _cut;

    public Link(int behind)
    {
        _behind = behind;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From now on every byte is lost, and every socket stays open.</summary>
    public void Cut() => _cut = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> joined = [];
        try
        {
            while (true)
            {
                joined.Add(JoinAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(joined);
        }
    }

    private async Task JoinAsync(Socket near)
    {
        using (near)
        {
            using Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _behind, _stop.Token);
                await Task.WhenAll(PassAsync(near, far), PassAsync(far, near));
            }
            catch (Exception over) when (over is SocketException or OperationCanceledException)
            {
                // Both sockets are closed now: the other end hears of it.
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and int count)
        {
            if (!_cut)
            {
                await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }

        if (!_cut)
        {
            to.Shutdown(SocketShutdown.Send);
        }
    }
}
