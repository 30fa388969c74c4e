using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Gateway;
using PamTui.Gateway.Listener;

namespace PamTui.Tests.GatewayTests;

public sealed class AcceptLoopTests
{
    [Theory]
    [InlineData(SocketError.TooManyOpenSockets)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.ConnectionAborted)]
    public async Task A18_listener_survives_that_accepting_fails_and_resumes(SocketError error)
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        int failures = 0;
        TaskCompletionSource<IPEndPoint> served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        AcceptLoop loop = new(
            ct => failures++ < 3 ? throw new SocketException((int)error) : listener.AcceptAsync(ct),
            new Admission(TimeProvider.System, () => 99),
            () => new GatewayOptions(),
            TimeProvider.System,
            NullLogger.Instance);

        Task running = loop.RunAsync(
            (socket, peer, ticket) =>
            {
                served.TrySetResult(peer);
                ticket.Dispose();
                socket.Dispose();
            },
            stop.Token);
        using TcpClient client = new(AddressFamily.InterNetwork);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, stop.Token);

        Assert.Equal(client.Client.LocalEndPoint, await served.Task.WaitAsync(TimeSpan.FromSeconds(10), stop.Token));
        Assert.Equal(4, Math.Min(failures, 4));
        await stop.CancelAsync();
        await running;
    }
}
