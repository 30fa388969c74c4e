using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests;

/// <summary>
/// The engine as a server on a loopback port, with commands of its own: "cat", "sha" (of stdin), "send N", "exit N", "err", "kill". A shell is
/// "cat".
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _serving = new();
    private readonly IReadOnlyList<SshPrivateKey> _hostKeys;
    private readonly Task _accepting;

    public TestServer(Func<IServerAuthenticator> authenticator, SshOptions? options = null, IReadOnlyList<SshPrivateKey>? hostKeys = null, ServerAuthOptions? auth = null)
    {
        (Authenticator, Options, _hostKeys) = (authenticator, options ?? new(), hostKeys ?? [SessionPair.HostKey]);
        Auth = auth ?? new();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<SshTransport> Transports { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What ended the connections in an unexpected way.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = new();

    private Func<IServerAuthenticator> Authenticator { get; }

    private SshOptions Options { get; }

    private ServerAuthOptions Auth { get; }

    /// <summary>What "send N" sends.</summary>
    public static byte[] Pattern(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = (byte)((i * 131) ^ (i >> 9));
        }

        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving.Keys);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                client.NoDelay = true;
                _serving.TryAdd(ServeAsync(client), true);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient owned = client;
        try
        {
            await using SshTransport transport = await SshTransport.AcceptAsync(client.GetStream(), Options, _hostKeys, _stop.Token);
            Transports.Enqueue(transport);
            await ServerAuthentication.RunAsync(transport, Authenticator(), Auth, _stop.Token);
            Handler handler = new(this, _stop.Token);
            await using SshConnection connection = new(transport, handler, new());
            await connection.RunAsync(_stop.Token);
            await handler.EndAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or SshConnectionException)
        {
        }
        catch (Exception e)
        {
            Faults.Enqueue(e);
        }
    }

    private sealed class Handler(TestServer server, CancellationToken ct) : IConnectionHandler
    {
        private readonly ConcurrentDictionary<Task, bool> _running = new();

        public Task EndAsync() => Task.WhenAll(_running.Keys);

        public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken _) => ValueTask.FromResult(
            open.Kind == "session" ? ChannelOpenReply.Accept : ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "no"));

        public ValueTask StartedAsync(SshChannel channel, CancellationToken _) => ValueTask.CompletedTask;

        public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken _)
        {
            server.Requests.Enqueue(request.Type);
            return ValueTask.FromResult(request.Type is ExecRequest.Type or ShellRequest.Type or PtyRequest.Type or EnvRequest.Type);
        }

        // The answer to the request goes first: clients end a channel that is over before they have it.
        public ValueTask AnsweredAsync(SshChannel channel, ChannelRequest request, bool success, CancellationToken _)
        {
            string? command = request.Type switch
            {
                ExecRequest.Type => Encoding.UTF8.GetString(ExecRequest.Read(request.Extra.Span).Command.Span),
                ShellRequest.Type => "cat",
                _ => null,
            };
            if (command is not null)
            {
                _running.TryAdd(RunAsync(channel, command), true);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken _)
        {
            server.Requests.Enqueue(request.Name);
            return ValueTask.FromResult(false);
        }

        private async Task RunAsync(SshChannel channel, string command)
        {
            await Task.Yield(); // The connection's loop goes on.
            try
            {
                await CommandAsync(channel, command.Split(' '));
                await channel.SendEofAsync(ct);
                await channel.CloseAsync(ct);
            }
            catch (Exception e) when (e is SshException or OperationCanceledException)
            {
            }
        }

        private async Task CommandAsync(SshChannel channel, string[] words)
        {
            uint status = 0;
            switch (words[0])
            {
                case "cat":
                    byte[] buffer = new byte[64 * 1024];
                    while (await channel.ReadAsync(buffer, ct) is > 0 and int count)
                    {
                        await channel.WriteAsync(buffer.AsMemory(0, count), ct);
                    }

                    break;
                case "sha":
                    byte[] hash = await SHA256.HashDataAsync(channel.AsStream(), ct);
                    await channel.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToHexString(hash)), ct);
                    break;
                case "send":
                    await channel.WriteAsync(Pattern(int.Parse(words[1], CultureInfo.InvariantCulture)), ct);
                    break;
                case "exit":
                    status = uint.Parse(words[1], CultureInfo.InvariantCulture);
                    break;
                case "err":
                    await channel.WriteStderrAsync("err\n"u8.ToArray(), ct);
                    await channel.WriteAsync("out\n"u8.ToArray(), ct);
                    break;
                case "kill":
                    await channel.SendExitSignalAsync("KILL", false, "", ct);
                    return;
                default:
                    status = 127;
                    break;
            }

            await channel.SendExitStatusAsync(status, ct);
        }
    }
}
