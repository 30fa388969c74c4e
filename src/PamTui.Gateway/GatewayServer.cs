using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PamTui.Core;
using PamTui.Gateway.Console;
using PamTui.Gateway.Databases;
using PamTui.Gateway.Forwarding;
using PamTui.Gateway.Listener;
using PamTui.Gateway.Login;
using PamTui.Gateway.Relay;
using PamTui.Ssh;

namespace PamTui.Gateway;

/// <summary>
/// The gateway daemon: listens, signs people in, brokers their sessions. Start once; <see cref="DrainAsync"/> (or dispose) ends it.
/// </summary>
public sealed class GatewayServer : IAsyncDisposable
{
    private const int Backlog = 512;

    /// <summary>For connections to end once they were told to; a console's face that does not must not hold up the end.</summary>
    private static readonly TimeSpan s_lastWait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<GatewayConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stopAccepting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<HostKeys> _hostKeysToDispose = [];
    private readonly Product _product;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly string _node;
    private readonly Admission _admission;
    private readonly LiveSessions _live;
    private readonly Broker _broker;
    private readonly GatewayServices _services;
    private volatile Loaded _loaded;
    private Socket? _listener;
    private IPEndPoint? _endPoint;
    private Task _running = Task.CompletedTask;
    private int _ended;

    /// <param name="options">Checked by the caller with <see cref="GatewayOptions.Check"/>.</param>
    /// <param name="product">Belongs to the caller, and outlives the server.</param>
    /// <param name="hostKeys">Belong to the server from now on.</param>
    /// <param name="trust">Null: no certificates, nothing revoked.</param>
    public GatewayServer(
        GatewayOptions options, Product product, HostKeys hostKeys, ConsoleFace console, PromptFace prompt, TimeProvider time, ILoggerFactory logs, KeyTrust? trust = null)
        : this(options, product, hostKeys, console, prompt, time, logs, trust, Dns.GetHostAddressesAsync)
    {
    }

    /// <param name="resolve">Says where a granted name leads.</param>
    internal GatewayServer(
        GatewayOptions options, Product product, HostKeys hostKeys, ConsoleFace console, PromptFace prompt, TimeProvider time, ILoggerFactory logs, KeyTrust? trust, ResolveName resolve)
    {
        (_product, _time, _loaded, _node) = (product, time, new Loaded(options, hostKeys, trust ?? KeyTrust.None, new(options.MaxCostlyKeyExchanges)), options.NodeName);
        _hostKeysToDispose.Add(hostKeys);
        _log = logs.CreateLogger("PamTui.Gateway");
        _admission = new Admission(time, static () => RandomNumberGenerator.GetInt32(100));
        _live = new LiveSessions(product.Sessions, product.Forwards, _node, Listeners, time, _log);
        _broker = new Broker(product.Resources, _live, new TargetDialer(product.Sessions, () => _loaded.Options, time, _log), _log);
        DatabaseHost databases = new(product.Sessions, product.Statements, _live, () => _loaded.Options, time, _log);
        DatabasePrompt databasePrompt = new(databases, product.Authorizer, prompt, time, _log);
        ForwardCheck forwardCheck = new(product.Forwards.ManagedAtAsync, new LookUps(resolve, time, _stop.Token), () => _endPoint?.Port ?? 0);
        _services = new GatewayServices(
            product.SignIns,
            product.Users,
            product.Audit,
            product.Authorizer,
            _broker,
            databases,
            new ForwardHost(new ForwardServices(forwardCheck, _live, () => _loaded.Options, time, _log)),
            product.Forwards,
            databasePrompt,
            new ConsoleBridge(product.Authorizer, _broker, databasePrompt, () => _loaded.Options, time),
            console,
            new FailureThrottle(time),
            time,
            _log);
    }

    /// <summary>Completes when the server has ended.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Sessions that are open now.</summary>
    public int SessionCount => _live.Count;

    /// <summary>Connections that are open now, signed in or not.</summary>
    public int ConnectionCount => _admission.Count;

    internal LiveSessions Live => _live;

    /// <summary>Closes the rows that a dead process of this node left open, and listens.</summary>
    /// <returns>Where, with the port that was taken when 0 was asked for.</returns>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public async Task<IPEndPoint> StartAsync(CancellationToken ct)
    {
        IPEndPoint wanted = _loaded.Options.ListenEndPoint() ?? throw new InvalidOperationException("Options that were not checked.");
        Socket listener = new(wanted.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (wanted.Address.Equals(IPAddress.IPv6Any))
            {
                listener.DualMode = true;
            }

            // Its own before anybody is let in; and a second process of this node ends here, not the sessions of the first.
            listener.Bind(wanted);
            _endPoint = (IPEndPoint)listener.LocalEndPoint!;
            await _product.Sessions.RecoverAsync(_node, Listeners(), ct).ConfigureAwait(false);
            listener.Listen(Backlog);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        _listener = listener;
        AcceptLoop accepting = new(listener.AcceptAsync, _admission, () => _loaded.Options, _time, _log);
        _running = Task.WhenAll(accepting.RunAsync(Serve, _stopAccepting.Token), _live.RunAsync(_stop.Token));
        Log.Listening(_log, _endPoint.ToString());
        return _endPoint;
    }

    /// <summary>New options and host keys for new connections. The old keys stay until the end: open connections sign with them when they rekey.</summary>
    /// <param name="trust">Null: as it was.</param>
    public void Reload(GatewayOptions options, HostKeys hostKeys, KeyTrust? trust = null)
    {
        lock (_hostKeysToDispose)
        {
            _hostKeysToDispose.Add(hostKeys);
        }

        if (options.Listen != _loaded.Options.Listen && _endPoint is { } endPoint)
        {
            Log.ListenChanged(_log, options.Listen, endPoint.ToString());
        }

        Loaded old = _loaded;
        CostlyKeyExchanges costly = options.MaxCostlyKeyExchanges == old.Options.MaxCostlyKeyExchanges ? old.Costly : new(options.MaxCostlyKeyExchanges);
        _loaded = new Loaded(options, hostKeys, trust ?? old.Trust, costly);
        Log.Reloaded(_log);
    }

    /// <summary>Stops listening, tells the open sessions, waits for them, and ends what is left.</summary>
    public async Task DrainAsync(TimeSpan patience, CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            await Completion.WaitAsync(ct).ConfigureAwait(false);
            return;
        }

        _live.Drain();
        await _stopAccepting.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        Log.Draining(_log, _admission.Count, (int)patience.TotalSeconds);
        if (_live.Count > 0 && patience > TimeSpan.Zero)
        {
            await _live.TellAllAsync($"the gateway is stopping; this session ends in {(int)patience.TotalSeconds} s").ConfigureAwait(false);
            await SessionsOverAsync(patience, ct).ConfigureAwait(false);
        }

        _live.EndAll("gateway stopped");
        await SessionsOverAsync(TimeSpan.FromSeconds(5), CancellationToken.None).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_connections.Values).WaitAsync(s_lastWait, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_connections.IsEmpty)
        {
            Log.ConnectionsLeft(_log, _connections.Count);
        }

        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_hostKeysToDispose)
        {
            _hostKeysToDispose.ForEach(keys => keys.Dispose());
            _hostKeysToDispose.Clear();
        }

        Log.Stopped(_log);
        _completion.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync(TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        _stopAccepting.Dispose();
        _stop.Dispose();
    }

    private IReadOnlyList<IPEndPoint> Listeners() => _endPoint is { } endPoint ? MachineAddresses.Of(endPoint) : [];

    private void Serve(Socket socket, IPEndPoint peer, Admission.Ticket ticket)
    {
        Loaded now = _loaded;
        GatewayConnection connection = new(_services, now.Options, new ListenerKeys(now.HostKeys, now.Trust, now.Costly), peer, ticket);
        TaskCompletionSource registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = RunAsync(connection, socket, registered.Task);
        registered.SetResult();
    }

    private async Task RunAsync(GatewayConnection connection, Socket socket, Task registered)
    {
        await registered.ConfigureAwait(false);
        await connection.RunAsync(socket, _stop.Token).ConfigureAwait(false);
        _connections.TryRemove(connection, out _);
    }

    /// <summary>Waits until no session is open, or patience ends.</summary>
    private async Task SessionsOverAsync(TimeSpan patience, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(patience, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100), _time);
        try
        {
            while (_live.Count > 0)
            {
                await timer.WaitForNextTickAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Out of patience.
        }
    }

    private sealed record Loaded(GatewayOptions Options, HostKeys HostKeys, KeyTrust Trust, CostlyKeyExchanges Costly);
}
