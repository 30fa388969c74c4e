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

    [Fact]
    public async Task A18_a_fault_with_one_connection_keeps_out_no_other_and_holds_no_place()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        int served = 0;
        TaskCompletionSource<IPEndPoint> second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Admission admission = new(TimeProvider.System, () => 99);
        AcceptLoop loop = new(listener.AcceptAsync, admission, () => new GatewayOptions(), TimeProvider.System, NullLogger.Instance);
        Task running = loop.RunAsync(
            (socket, peer, ticket) =>
            {
                if (served++ == 0)
                {
                    throw new InvalidOperationException("A fault of ours.");
                }

                socket.Dispose();
                second.TrySetResult(peer);
            },
            stop.Token);

        using TcpClient first = new(AddressFamily.InterNetwork);
        await first.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, stop.Token);
        using TcpClient other = new(AddressFamily.InterNetwork);
        await other.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, stop.Token);

        Assert.Equal(other.Client.LocalEndPoint, await second.Task.WaitAsync(TimeSpan.FromSeconds(10), stop.Token));
        Assert.Equal(1, admission.Count); // The second's, which its test has not given back.
        await stop.CancelAsync();
        await running;
    }
}
