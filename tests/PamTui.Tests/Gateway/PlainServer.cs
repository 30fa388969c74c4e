using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PamTui.Tests.GatewayTests;

/// <summary>
/// Something of the network that is no account: it takes all that a client says up to the end of its half, or to a blank line of HTTP, and answers
/// with how many bytes that were.
/// </summary>
public sealed class PlainServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _clients = [];
    private readonly Task _accepting;

    private PlainServer(TcpListener listener) => (_listener, _accepting) = (listener, AcceptAsync(listener));

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Place => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public int Connections => _clients.Count;

    public static PlainServer Start()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return new PlainServer(listener);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            _clients.Add(ServeAsync(await listener.AcceptTcpClientAsync(_stop.Token)));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient mine = client;
        NetworkStream stream = mine.GetStream();
        byte[] buffer = new byte[32 * 1024];
        byte[] last = [];
        long count = 0;
        int read;
        while (!Encoding.ASCII.GetString(last).EndsWith("\r\n\r\n", StringComparison.Ordinal) && (read = await stream.ReadAsync(buffer, _stop.Token)) > 0)
        {
            count += read;
            last = [.. last.TakeLast(3), .. buffer[..read]];
        }

        string body = string.Create(CultureInfo.InvariantCulture, $"took {count} bytes\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.0 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}")), _stop.Token);
    }
}
