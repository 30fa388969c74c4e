using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Sessions;
using PamTui.Core.Statements;
using PamTui.Gateway.Relay;
using PamTui.Ssh;

namespace PamTui.Gateway.Databases;

/// <summary>
/// One client of a database account, from its channel to the end of its session. The protocol says what happens when; this holds what no
/// protocol may do otherwise: the permission, the dial and its limits, the row, and the ends that come from outside.
/// </summary>
internal sealed class DatabaseConnection(Stream client, AccessGrant grant, string source, DatabaseServices services) : IAsyncDisposable
{
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(2);

    private readonly GatewayOptions _options = services.OptionsNow();
    private readonly ByteCount _bytes = new();
    private DatabaseTarget? _target;
    private LiveSession? _session;
    private StatementLog? _log;

    /// <summary>The client's bytes, both ways; what goes through is not counted before the session starts.</summary>
    public Stream Client => client;

    public AccessGrant Grant => grant;

    public TimeProvider Time => services.Time;

    public ILogger Logger => services.Log;

    /// <summary>The grant lets the session read and no more.</summary>
    public bool IsReadOnly => grant.ReadOnly;

    /// <summary>For the client to say what it wants. Over: the channel ends without a word.</summary>
    public TimeSpan Patience => TimeSpan.FromSeconds(_options.LoginGraceSeconds);

    /// <summary>The number of the session's row, once it has started.</summary>
    public long? Session => _session?.Id;

    /// <summary>Opens the credential and connects; nothing is sent yet. The target belongs to this connection.</summary>
    public async Task<Result<DatabaseTarget>> DialAsync(CancellationToken ct)
    {
        if (services.Live.WhyNoMore() is { } stopping)
        {
            return stopping;
        }

        Refusal? refusal = await TryAsync(
            async inTime =>
            {
                Result<TargetCredential> opened = await services.Sessions.OpenCredentialAsync(grant, inTime).ConfigureAwait(false);
                if (opened.Refusal is { } refused)
                {
                    return refused;
                }

                TargetCredential? credential = opened.Value;
                try
                {
                    Socket socket = await TargetSocket.ConnectAsync(credential.Resource, inTime).ConfigureAwait(false);
                    _target = new DatabaseTarget(new DatabaseLeg(socket, credential.Resource), credential);
                    credential = null;
                    return null;
                }
                finally
                {
                    credential?.Dispose();
                }
            },
            ct).ConfigureAwait(false);
        return refusal is not null ? refusal : _target!;
    }

    /// <summary>A step towards the sign-in on the target, in the time that a target has. What goes wrong with the target is a refusal.</summary>
    /// <param name="step">Talks with the target alone; <see cref="Refused"/> makes its refusals.</param>
    public async Task<Refusal?> TryAsync(Func<CancellationToken, Task<Refusal?>> step, CancellationToken ct)
    {
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(_options.TargetTimeoutSeconds), services.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await step(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Refused(DialWords.Silent(_options.TargetTimeoutSeconds), "timeout");
        }
        catch (SocketException e)
        {
            return Refused(DialWords.Of(e.SocketErrorCode, "database"), e.SocketErrorCode.ToString());
        }
        catch (IOException e)
        {
            return Refused(DialWords.Lost, e.Message);
        }
        catch (BrokenProtocolException e)
        {
            return Refused($"it does not speak as a {Words.Of(grant.What.Kind)} server does; an operator should see its log, and that the port is right.", e.Message);
        }
    }

    /// <summary>Why the account cannot be opened, for the client; and into the log.</summary>
    /// <param name="why">A sentence's end that says what an operator must do.</param>
    /// <param name="detail">For the log alone; may hold the target's words, never the credential.</param>
    public Refusal Refused(string why, string detail)
    {
        string account = grant.What.Reference.ToString();
        Log.DialFailed(services.Log, grant.Who.Name, account, why, Text.Escape(detail));
        return Refusal.Failed($"{account} cannot be opened: {why}");
    }

    /// <summary>The target has let the account in: the row is written. From now on the session can be ended, and the credential is gone.</summary>
    /// <returns>A refusal when the permission has ended meanwhile.</returns>
    public async Task<Refusal?> StartAsync(CancellationToken ct)
    {
        _target!.ForgetCredential();
        Result<LiveSession> started = await services.Live.StartAsync(grant, source, number: null, ct).ConfigureAwait(false);
        if (started.Refusal is { } gone)
        {
            return gone;
        }

        _session = started.Value;
        _session.Bytes = () => (_bytes.In, _bytes.Out);
        _log = await services.Statements.OpenAsync(grant, _session.Id, source, ct).ConfigureAwait(false);
        return null;
    }

    /// <summary>
    /// The credential as the vault has it now, to end what the session leaves running at its server; whoever lost the permission meanwhile.
    /// Not before <see cref="StartAsync"/>.
    /// </summary>
    public Task<Result<TargetCredential>> OpenCredentialToEndAsync(CancellationToken ct) =>
        services.Sessions.OpenCredentialToEndAsync(grant, _session?.Id ?? throw new InvalidOperationException("No session has been started."), ct);

    /// <summary>Why the session ended, for its row; null: it was cancelled before anybody could say.</summary>
    public string? Reason { get; set; }

    // What is cancelled from outside while the gateway goes on has lost the person: a prompt whose terminal is gone.
    private PumpEnd Cancelled => services.Live.WhyNoMore() is null ? new PumpEnd("connection to the user lost", IsNews: false) : PumpEnd.Stopped;

    /// <summary>Keeps a statement that ran, and waits while the disk is behind.</summary>
    /// <exception cref="IOException">It cannot be kept: the session ends.</exception>
    public ValueTask LogAsync(Statement statement, CancellationToken ct) => _log!.AppendAsync(statement, ct);

    /// <summary>Keeps a statement that is left when the relay has ended, unless the log has failed.</summary>
    public async ValueTask LogLastAsync(Statement statement)
    {
        using CancellationTokenSource patience = new(s_lastWords, services.Time);
        try
        {
            await _log!.AppendAsync(statement, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The reason of the end says so already, or the disk is far behind.
        }
    }

    /// <summary>Counts what was relayed; each direction has one caller at a time.</summary>
    public void Moved(int fromClient = 0, int fromTarget = 0) => _bytes.Add(fromClient, fromTarget);

    /// <summary>
    /// Runs the two directions until the first ends, or somebody outside wants the session over. Both have stopped, and the target's leg is
    /// closed, when the answer is there.
    /// </summary>
    /// <param name="up">From the client to the target.</param>
    /// <param name="down">From the target to the client.</param>
    /// <param name="farewell">Tells the client in its protocol why it is over; only called when it cannot know.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> RelayAsync(
        Func<CancellationToken, Task<PumpEnd>> up, Func<CancellationToken, Task<PumpEnd>> down, Func<string, CancellationToken, ValueTask> farewell, CancellationToken ct)
    {
        LiveSession session = _session ?? throw new InvalidOperationException("No session has been started.");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        InlineCompletions.Prefer(client, true);
        _target!.RunInline();
        Task<PumpEnd> upwards = up(stop.Token);
        Task<PumpEnd> downwards = down(stop.Token);
        Task<string> unlogged = _log!.Failed;
        Task<PumpEnd> ended = EndedAsync(session, unlogged, stop.Token);
        PumpEnd first = await (await Task.WhenAny(upwards, downwards, ended).ConfigureAwait(false)).ConfigureAwait(false);
        first = first == PumpEnd.Stopped ? Cancelled : first;
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(upwards, downwards, ended).ConfigureAwait(false);

        // The directions run on threads that others wait for; what follows closes, and writes to the store.
        await PoolThread.Enter();
        await CloseTargetAsync().ConfigureAwait(false);
        if (unlogged.IsCompletedSuccessfully)
        {
            // A direction that could not log was the first to notice.
            first = new PumpEnd(await unlogged.ConfigureAwait(false), IsNews: true);
        }

        if (first.IsNews)
        {
            await SayFarewellAsync(farewell, first.Reason).ConfigureAwait(false);
        }

        return first.Reason;
    }

    /// <summary>The target's leg and the row get their end. Runs to its end whatever was cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseTargetAsync().ConfigureAwait(false);
        if (_log is { } log)
        {
            await log.DisposeAsync().ConfigureAwait(false);
        }

        if (_session is { } session)
        {
            await services.Live.EndAsync(session, Reason ?? Cancelled.Reason).ConfigureAwait(false);
        }
    }

    private static async Task<PumpEnd> EndedAsync(LiveSession session, Task<string> unlogged, CancellationToken ct)
    {
        try
        {
            Task<string> first = await Task.WhenAny(session.Ended, unlogged).WaitAsync(ct).ConfigureAwait(false);
            return new PumpEnd(await first.ConfigureAwait(false), IsNews: true);
        }
        catch (OperationCanceledException)
        {
            return PumpEnd.Stopped;
        }
    }

    private async Task CloseTargetAsync()
    {
        if (_target is { } target)
        {
            _target = null;
            await target.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A client that does not read must not hold up the end of its session.</summary>
    private async Task SayFarewellAsync(Func<string, CancellationToken, ValueTask> farewell, string reason)
    {
        using CancellationTokenSource patience = new(s_lastWords, services.Time);
        try
        {
            await farewell("session ended: " + Text.Escape(reason), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SshException or OperationCanceledException)
        {
            // The client is gone, or does not read: nobody to tell.
        }
    }
}
