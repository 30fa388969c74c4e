using System.Net;
using System.Net.Sockets;

namespace PamTui.Tests.Connectors;

/// <summary>A listener that says one thing, or nothing, and then waits for the client to leave.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[]? _greeting;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;

    /// <param name="greeting">Null: closes each connection at once.</param>
    public FakeServer(byte[]? greeting)
    {
        _greeting = greeting;
        _listener.Start();
        _running = RunAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Somebody is there, and has been told the greeting.</summary>
    public Task Connected => _connected.Task.WaitAsync(TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        List<Task> clients = [];
        try
        {
            while (true)
            {
                clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (_greeting is null)
                {
                    return;
                }

                NetworkStream stream = client.GetStream();
                await stream.WriteAsync(_greeting, _stop.Token);
                byte[] buffer = new byte[4096];
                int read = await stream.ReadAsync(buffer, _stop.Token);

                // A look at the port that leaves again is not what tests wait for.
                if (read > 0)
                {
                    _connected.TrySetResult();
                }

                while (read > 0)
                {
                    read = await stream.ReadAsync(buffer, _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The client went, or the test ends.
            }
        }
    }
}
