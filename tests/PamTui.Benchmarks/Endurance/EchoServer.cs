using System.Net;
using System.Net.Sockets;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Benchmarks.Endurance;

/// <summary>
/// A target of the engine's own in this process, so that thousands of sessions cost no thousands of sshds: whoever holds the key may run
/// anything, and everything is `cat`.
/// </summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SshPrivateKey _hostKey = SshPrivateKey.GenerateEd25519();
    private readonly SshPublicKey _userKey;
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _serving = [];
    private readonly Task _accepting;

    public EchoServer(SshPublicKey userKey)
    {
        _userKey = userKey;
        _listener.Start(backlog: 1024);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string HostKeyFingerprint => _hostKey.PublicKey.Fingerprint;

    public int Connections
    {
        get
        {
            lock (_lock)
            {
                return _serving.Count;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        Task[] open;
        lock (_lock)
        {
            open = [.. _serving];
        }

        await Task.WhenAll(open);
        _listener.Dispose();
        _hostKey.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                lock (_lock)
                {
                    Task serving = Task.Run(() => ServeAsync(socket));
                    _serving.Add(serving);
                    serving.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                }
            }
        }
        catch (OperationCanceledException)
        {
            _listener.Stop();
        }
    }

    private void Forget(Task serving)
    {
        lock (_lock)
        {
            _serving.Remove(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await using NetworkStream stream = new(socket, ownsSocket: true);
            await using SshTransport transport = await SshTransport.AcceptAsync(stream, new SshOptions(), [_hostKey], _stop.Token);
            await ServerAuthentication.RunAsync(transport, new OneKey(_userKey), new ServerAuthOptions(), _stop.Token);
            Echoes echoes = new();
            await using SshConnection connection = new(transport, echoes, new SshConnectionOptions());
            try
            {
                await connection.RunAsync(_stop.Token);
            }
            finally
            {
                await Task.WhenAll(echoes.Running);
            }
        }
        catch (Exception e) when (e is SshException or IOException or OperationCanceledException)
        {
            // Clients of this program come and go as they like.
        }
    }

    private sealed class OneKey(SshPublicKey key) : IServerAuthenticator
    {
        public ValueTask<IReadOnlyList<string>> MethodsAsync(string user, CancellationToken ct) => new(["publickey"]);

        public ValueTask<bool> OfferKeyAsync(string user, SshPublicKey offered, CancellationToken ct) => new(offered.Equals(key));

        public ValueTask<AuthVerdict> KeyProvenAsync(string user, SshPublicKey proven, CancellationToken ct) =>
            new(proven.Equals(key) ? AuthVerdict.Success : AuthVerdict.Failure);

        public ValueTask<AuthVerdict> PasswordAsync(string user, ReadOnlyMemory<byte> utf8Password, CancellationToken ct) => new(AuthVerdict.Failure);

        public ValueTask<InteractiveStep> InteractiveAsync(string user, IReadOnlyList<ReadOnlyMemory<byte>>? responses, CancellationToken ct) =>
            new(new InteractiveStep.Verdict(AuthVerdict.Failure));
    }

    private sealed class Echoes : IConnectionHandler
    {
        public List<Task> Running { get; } = [];

        public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct) => new(ChannelOpenReply.Accept);

        public ValueTask StartedAsync(SshChannel channel, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct) => new(request.Type is ExecRequest.Type or PtyRequest.Type or ShellRequest.Type);

        public ValueTask AnsweredAsync(SshChannel channel, ChannelRequest request, bool success, CancellationToken ct)
        {
            if (request.Type is ExecRequest.Type or ShellRequest.Type)
            {
                Running.Add(EchoAsync(channel, ct));
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct) => new(false);

        private static async Task EchoAsync(SshChannel channel, CancellationToken ct)
        {
            try
            {
                byte[] buffer = new byte[4096];
                for (int count; (count = await channel.ReadAsync(buffer, ct)) > 0;)
                {
                    await channel.WriteAsync(buffer.AsMemory(0, count), ct);
                }

                await channel.SendExitStatusAsync(0, ct);
                await channel.CloseAsync(ct);
            }
            catch (Exception e) when (e is SshException or OperationCanceledException)
            {
                // The other end went first.
            }
        }
    }
}
