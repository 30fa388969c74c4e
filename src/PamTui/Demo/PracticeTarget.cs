using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Demo;

/// <summary>
/// The demo's Linux server: an SSH server on loopback that gives a shell of the current user to one key and to nobody else. It is
/// for practice; a real target runs sshd.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class PracticeTarget : IAsyncDisposable
{
    private const int MaxConnections = 32;

    private readonly SshOptions _options;
    private readonly SshPrivateKey _hostKey;
    private readonly SshPublicKey _accountKey;
    private readonly string _username;
    private readonly ILogger _log;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _room = new(MaxConnections, MaxConnections);
    private readonly HashSet<Task> _connections = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;

    private PracticeTarget(string username, SshPublicKey accountKey, SshPrivateKey hostKey, SshOptions options, ILogger log)
    {
        (_username, _accountKey, _hostKey, _options, _log) = (username, accountKey, hostKey, options, log);
        _listener.Start();
        _accepting = Task.Run(AcceptAsync, CancellationToken.None);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Takes over the host key.</summary>
    public static PracticeTarget Start(string username, SshPublicKey accountKey, SshPrivateKey hostKey, SshOptions options, ILogger log) =>
        new(username, accountKey, hostKey, options, log);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Task[] open;
        lock (_gate)
        {
            open = [.. _connections];
        }

        await Task.WhenAll(open);
        _hostKey.Dispose();
        _listener.Dispose();
        _room.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _room.WaitAsync(_stop.Token);
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Task serving = ServeAsync(client);
                lock (_gate)
                {
                    _connections.Add(serving);
                }

                _ = serving.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private void Forget(Task connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                await using SshTransport transport = await SshTransport.AcceptAsync(client.GetStream(), _options, [_hostKey], _stop.Token);
                await ServerAuthentication.RunAsync(transport, new OneKey(_username, _accountKey), new ServerAuthOptions(), _stop.Token);
                PracticeShells shells = new();
                await using SshConnection connection = new(transport, shells, new SshConnectionOptions());
                try
                {
                    await connection.RunAsync(_stop.Token);
                }
                finally
                {
                    await shells.EndAsync();
                }
            }
        }
        catch (Exception e) when (e is SshException or IOException or OperationCanceledException)
        {
            _log.LogDebug("The practice target's connection ended: {Reason}", e.Message);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>One user name with one key.</summary>
    private sealed class OneKey(string username, SshPublicKey key) : IServerAuthenticator
    {
        public ValueTask<IReadOnlyList<string>> MethodsAsync(string user, CancellationToken ct) => new(["publickey"]);

        public ValueTask<bool> OfferKeyAsync(string user, SshPublicKey offered, CancellationToken ct) => new(Is(user, offered));

        public ValueTask<AuthVerdict> KeyProvenAsync(string user, SshPublicKey proven, CancellationToken ct) =>
            new(Is(user, proven) ? AuthVerdict.Success : AuthVerdict.Failure);

        public ValueTask<AuthVerdict> PasswordAsync(string user, ReadOnlyMemory<byte> utf8Password, CancellationToken ct) => new(AuthVerdict.Failure);

        public ValueTask<InteractiveStep> InteractiveAsync(string user, IReadOnlyList<ReadOnlyMemory<byte>>? responses, CancellationToken ct) => throw new NotSupportedException("Not offered.");

        private bool Is(string user, SshPublicKey offered) => user == username && offered.Equals(key);
    }
}
