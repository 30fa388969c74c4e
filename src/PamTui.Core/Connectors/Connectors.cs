using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>Live sign-ins (design 5): each kind of target by the client library that its own users trust.</summary>
internal sealed class Connectors : IAsyncDisposable
{
    /// <summary>For all stages together.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Lock _gate = new();
    private readonly List<Task> _ending = [];
    private readonly LinuxConnector _linux;
    private readonly PostgreSqlConnector _postgreSql = new();
    private readonly MySqlServerConnector _mySql = new();

    public Connectors(TimeProvider time, CertificateSource certify, TimeSpan? limit = null)
    {
        _time = time;
        _limit = limit ?? DefaultLimit;
        _linux = new LinuxConnector(_limit, certify);
    }

    /// <summary>
    /// Signs in with the credential and probes. Ends within 10 s; a target's fault is in the report, not an exception.
    /// A host key is trusted when it is pinned, or when none is pinned and the resource says "trust on first use":
    /// then the report's host key is the one to pin.
    /// </summary>
    public Task<CheckReport> CheckAsync(
        Resource resource,
        string username,
        CredentialType type,
        Secret main,
        Secret? passphrase,
        IProgress<CheckProgress>? progress,
        CancellationToken ct) => RunAsync(resource, new Login(username, type, main, passphrase), progress, ct);

    /// <summary>Goes as far as a stranger may: resolve, connect, host key or TLS. No credential is involved.</summary>
    public Task<CheckReport> ProbeIdentityAsync(Resource resource, IProgress<CheckProgress>? progress, CancellationToken ct) =>
        RunAsync(resource, null, progress, ct);

    /// <summary>Signs in to a Linux server as a check does and leaves the connection to the caller.</summary>
    public async Task<(SshSession? Open, CheckFailure? Failure)> OpenLinuxAsync(CheckRun run, Resource resource, Login login, CancellationToken ct)
    {
        SshSession session = new(_time);
        Task<CheckFailure?> lasting = Task.Run(() => _linux.RunAsync(run, resource, login, session.StayAsync, ct), CancellationToken.None);
        lock (_gate)
        {
            _ending.RemoveAll(task => task.IsCompleted);
            _ending.Add(lasting);
        }

        try
        {
            await Task.WhenAny(session.Opened, lasting).WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            session.Leave();
            throw;
        }

        return session.Opened.IsCompletedSuccessfully ? (session, null) : (null, await lasting.ConfigureAwait(false));
    }

    /// <summary>Waits for connections that are still being torn down, for as long as a sign-in may take.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        lock (_gate)
        {
            ending = [.. _ending];
        }

        await Task.WhenAll(ending).WaitAsync(_limit, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<CheckReport> RunAsync(Resource resource, Login? login, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        using CheckRun run = new(login, progress, _time);
        using CancellationTokenSource limit = new(_limit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        IConnector connector = resource.Kind switch
        {
            ResourceKind.Linux => _linux,
            ResourceKind.PostgreSql => _postgreSql,
            ResourceKind.MySql => _mySql,
            _ => throw new ArgumentOutOfRangeException(nameof(resource), resource.Kind, null),
        };
        try
        {
            CancellationToken token = either.Token;
            return run.Done(await WhileWantedAsync(Task.Run(() => connector.RunAsync(run, resource, login, token), CancellationToken.None), token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return run.Done(ct.IsCancellationRequested
                ? run.Fail(CheckCause.Cancelled, "The check was cancelled.")
                : run.Fail(CheckCause.TimedOut, TimedOut(resource, run.Stage)));
        }
    }

    // The libraries block or wait on, cancelled or not, until limits of their own. A check is answered at once all the same;
    // what it leaves behind ends by itself, and is waited for at the end.
    private async Task<CheckFailure?> WhileWantedAsync(Task<CheckFailure?> attempt, CancellationToken ct)
    {
        try
        {
            return await attempt.WaitAsync(ct).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _ending.RemoveAll(task => task.IsCompleted);
                if (!attempt.IsCompleted)
                {
                    _ending.Add(attempt);
                }
            }
        }
    }

    private string TimedOut(Resource resource, CheckStage stage)
    {
        string target = Reach.Name(resource);
        return stage switch
        {
            CheckStage.Resolve => $"The name {Text.Quote(resource.Host)} could not be looked up within {_limit.TotalSeconds:0} s: check the name server.",
            CheckStage.Connect => $"{target} did not answer within {_limit.TotalSeconds:0} s: check the address; a firewall may drop the connection.",
            CheckStage.Identity => $"{target} took the connection but said nothing for {_limit.TotalSeconds:0} s: check that the port is the right one.",
            CheckStage.SignIn => $"{target} did not answer the sign-in within {_limit.TotalSeconds:0} s: look at the target's log and its load.",
            _ => $"The sign-in to {target} works, but the first command did not end within {_limit.TotalSeconds:0} s.",
        };
    }
}
