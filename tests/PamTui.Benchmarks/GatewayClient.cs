using System.Net.Sockets;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Benchmarks;

/// <summary>A connection to the gateway, signed in, from the person's end.</summary>
internal sealed class GatewayClient : IAsyncDisposable
{
    private readonly SshTransport _transport;
    private readonly Task _running;

    private GatewayClient(SshTransport transport, SshConnection connection, Task running) => (_transport, Connection, _running) = (transport, connection, running);

    public SshConnection Connection { get; }

    public static async Task<GatewayClient> SignInAsync(int port, string login, SshPrivateKey key, CancellationToken ct)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, ct);
        SshTransport transport = await SshTransport.ConnectAsync(new NetworkStream(socket, ownsSocket: true), new SshOptions(), static (_, _) => ValueTask.FromResult(true), ct);
        if (await ClientAuthentication.RunAsync(transport, login, new KeyCredential(key), ct) is not ClientAuthResult.Success)
        {
            throw new InvalidOperationException("The gateway did not let " + login + " in.");
        }

        SshConnection connection = new(transport, new Nothing(), new SshConnectionOptions());
        return new GatewayClient(transport, connection, RunAsync(connection));
    }

    /// <summary>However it stands: the connection is dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await _transport.DisposeAsync();
        await _running;
    }

    private static async Task RunAsync(SshConnection connection)
    {
        try
        {
            await connection.RunAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is SshException or IOException or ObjectDisposedException)
        {
            // Who uses the session hears of it at the channel.
        }
    }

    private sealed class Nothing : IConnectionHandler
    {
        public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct) =>
            new(ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "no"));

        public ValueTask StartedAsync(SshChannel channel, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct) => new(false);

        public ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct) => new(false);
    }
}
