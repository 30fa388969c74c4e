using System.Net.Sockets;
using System.Security.Cryptography;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Benchmarks.Endurance;

/// <summary>One session through the gateway, from the person's end.</summary>
internal sealed class BrokeredSession : IAsyncDisposable
{
    private readonly SshTransport _transport;
    private readonly SshConnection _connection;
    private readonly Task _running;
    private readonly SshChannel _channel;

    private BrokeredSession(SshTransport transport, SshConnection connection, Task running, SshChannel channel) =>
        (_transport, _connection, _running, _channel) = (transport, connection, running, channel);

    public static async Task<BrokeredSession> OpenAsync(int port, string login, SshPrivateKey key, CancellationToken ct)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, ct);
        SshTransport transport = await SshTransport.ConnectAsync(new NetworkStream(socket, ownsSocket: true), new SshOptions(), static (_, _) => ValueTask.FromResult(true), ct);
        if (await ClientAuthentication.RunAsync(transport, login, new KeyCredential(key), ct) is not ClientAuthResult.Success)
        {
            throw new InvalidOperationException("The gateway did not let " + login + " in.");
        }

        SshConnection connection = new(transport, new Nothing(), new SshConnectionOptions());
        Task running = RunAsync(connection);
        SshChannel channel = await connection.OpenAsync("session", ReadOnlyMemory<byte>.Empty, ct);
        if (!await channel.RequestAsync(ExecRequest.Type, new ExecRequest("cat"u8.ToArray()).Write(), wantReply: true, ct))
        {
            throw new InvalidOperationException("The target did not start the command.");
        }

        return new BrokeredSession(transport, connection, running, channel);
    }

    /// <summary>Sends so many random bytes and wants the same back.</summary>
    public async Task EchoAsync(int count, CancellationToken ct)
    {
        byte[] sent = RandomNumberGenerator.GetBytes(count);
        byte[] got = new byte[count];
        Task writing = _channel.WriteAsync(sent, ct).AsTask();
        for (int at = 0; at < count;)
        {
            int read = await _channel.ReadAsync(got.AsMemory(at), ct);
            at += read > 0 ? read : throw new InvalidOperationException($"The session ended after {at} of {count} bytes.");
        }

        await writing;
        if (!sent.AsSpan().SequenceEqual(got))
        {
            throw new InvalidOperationException("Other bytes came back than were sent.");
        }
    }

    /// <summary>Ends as a command does: end of input, its last words, close.</summary>
    public async Task FinishAsync(CancellationToken ct)
    {
        await _channel.SendEofAsync(ct);
        byte[] rest = new byte[256];
        while (await _channel.ReadAsync(rest, ct) > 0)
        {
        }

        await _channel.CloseAsync(ct);
        await _channel.Closed;
    }

    /// <summary>However it stands: the connection is dropped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
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
