using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using PamTui.Ssh;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Tests;

namespace PamTui.Tests.GatewayTests;

/// <summary>A target that was taken over: does to whoever connects what a test says.</summary>
internal sealed class RawTarget : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<RawPeer, Task> _script;
    private readonly ConcurrentBag<Task> _serving = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public RawTarget(Func<RawPeer, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public SshPrivateKey HostKey { get; } = SshPrivateKey.GenerateEd25519();

    /// <summary>Ends when the script has, for the first who connected.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_serving);
        HostKey.Dispose();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                _serving.Add(ServeAsync(socket));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using RawPeer peer = new(new NetworkStream(socket, ownsSocket: true), SshRole.Server) { HostKey = HostKey };
        await using CancellationTokenRegistration stop = _stop.Token.Register(socket.Dispose);
        try
        {
            await _script(peer);
            Done.TrySetResult();
        }
        catch (Exception e) when (e is IOException or SshConnectionException or OperationCanceledException or ObjectDisposedException)
        {
            // The gateway has ended it.
            Done.TrySetResult();
        }
        catch (Exception e)
        {
            Done.TrySetException(e);
        }
    }
}
