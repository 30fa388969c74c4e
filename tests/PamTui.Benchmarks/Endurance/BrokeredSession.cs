using System.Security.Cryptography;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Benchmarks.Endurance;

/// <summary>One session through the gateway, from the person's end.</summary>
internal sealed class BrokeredSession : IAsyncDisposable
{
    private readonly GatewayClient _client;
    private readonly SshChannel _channel;

    private BrokeredSession(GatewayClient client, SshChannel channel) => (_client, _channel) = (client, channel);

    public static async Task<BrokeredSession> OpenAsync(int port, string login, SshPrivateKey key, CancellationToken ct)
    {
        GatewayClient client = await GatewayClient.SignInAsync(port, login, key, ct);
        SshChannel channel = await client.Connection.OpenAsync("session", ReadOnlyMemory<byte>.Empty, ct);
        if (!await channel.RequestAsync(ExecRequest.Type, new ExecRequest("cat"u8.ToArray()).Write(), wantReply: true, ct))
        {
            throw new InvalidOperationException("The target did not start the command.");
        }

        return new BrokeredSession(client, channel);
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
    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
