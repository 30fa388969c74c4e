using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>Changes of credentials on targets, each kind by the library that its checks use. Every call ends within its limit.</summary>
internal sealed class Rotators(Connectors connectors, TimeProvider time, TimeSpan? limit = null)
{
    private readonly TimeSpan _limit = limit ?? Connectors.DefaultLimit;
    private readonly PostgreSqlRotator _postgreSql = new();
    private readonly MySqlRotator _mySql = new();
    private readonly LinuxRotator _linux = new(connectors);

    /// <summary>Null when credentials of this type on this kind can be changed; else why not.</summary>
    public Refusal? WhyNot(ResourceKind kind, CredentialType type) => type == CredentialType.Certificate
        ? Refusal.Failed("There is nothing to rotate: each session has a certificate of its own. `pamtui ca rotate` changes the CA that signs them.")
        : Find(kind, type) is null
        ? Refusal.Failed($"A {Words.Of(type)} of {Words.Of(kind)} cannot be rotated yet: change it there, and here with `pamtui account edit`.")
        : null;

    public bool LeavesOld(ResourceKind kind, CredentialType type) => Find(kind, type)!.LeavesOld(type);

    /// <summary>Signs in for a change; the answer's session belongs to the caller. A failure means that the target heard of no change.</summary>
    public async Task<(ChangeSession? Open, CheckReport Report)> OpenAsync(Resource resource, Login by, CredentialChange change, IProgress<CheckProgress>? progress, CancellationToken ct)
    {
        using CheckRun run = Begin(by, change, progress);
        ITargetChange? open = null;
        CheckFailure? failure = await BoundedAsync(
            run,
            resource,
            async token =>
            {
                (open, CheckFailure? failed) = await Find(resource.Kind, change.Type)!.OpenAsync(run, resource, by, change, token).ConfigureAwait(false);
                return failed;
            },
            ct).ConfigureAwait(false);
        return failure is null ? (new ChangeSession(this, resource, by, change, open!), run.Done(null)) : (null, run.Done(failure));
    }

    internal CheckRun Begin(Login by, CredentialChange change, IProgress<CheckProgress>? progress = null)
    {
        CheckRun run = new(by, progress, time);
        run.Hide(change.Old);
        run.Hide(change.OldPassphrase);
        return run;
    }

    internal async Task<CheckFailure?> BoundedAsync(CheckRun run, Resource resource, Func<CancellationToken, Task<CheckFailure?>> work, CancellationToken ct)
    {
        using CancellationTokenSource limit = new(_limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return ct.IsCancellationRequested
                ? run.Fail(CheckCause.Cancelled, "The rotation was interrupted.")
                : run.Fail(CheckCause.TimedOut, $"{Reach.Name(resource)} did not answer within {_limit.TotalSeconds:0} s: look at the target's log and its load.");
        }
    }

    private IRotator? Find(ResourceKind kind, CredentialType type) => (kind, type) switch
    {
        (ResourceKind.PostgreSql, CredentialType.Password) => _postgreSql,
        (ResourceKind.MySql, CredentialType.Password) => _mySql,
        (ResourceKind.Linux, CredentialType.Password or CredentialType.PrivateKey) => _linux,
        _ => null,
    };
}

/// <summary>An open session for one change, its calls bounded in time.</summary>
internal sealed class ChangeSession(Rotators rotators, Resource resource, Login by, CredentialChange change, ITargetChange open) : IAsyncDisposable
{
    public async Task<CheckFailure?> TestAsync(CancellationToken ct)
    {
        using CheckRun run = rotators.Begin(by, change);
        run.Enter(CheckStage.Probe);
        return await rotators.BoundedAsync(run, resource, token => open.TestAsync(run, token), ct).ConfigureAwait(false);
    }

    public Task<ChangeOutcome> ApplyAsync(Secret replacement, CancellationToken ct) => ChangeAsync(open.ApplyAsync, replacement, ct);

    public Task<ChangeOutcome> WithdrawAsync(Secret replacement, CancellationToken ct) => ChangeAsync(open.WithdrawAsync, replacement, ct);

    public async Task<CheckFailure?> FinishAsync(Secret replacement, CancellationToken ct)
    {
        using CheckRun run = rotators.Begin(by, change);
        run.Hide(replacement);
        run.Enter(CheckStage.Probe);
        return await rotators.BoundedAsync(run, resource, token => open.FinishAsync(run, replacement, token), ct).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => open.DisposeAsync();

    private async Task<ChangeOutcome> ChangeAsync(Func<CheckRun, Secret, CancellationToken, Task<ChangeOutcome>> work, Secret replacement, CancellationToken ct)
    {
        using CheckRun run = rotators.Begin(by, change);
        run.Hide(replacement);
        run.Enter(CheckStage.Probe);
        ChangeOutcome? outcome = null;
        CheckFailure? stopped = await rotators.BoundedAsync(
            run,
            resource,
            async token =>
            {
                outcome = await work(run, replacement, token).ConfigureAwait(false);
                return null;
            },
            ct).ConfigureAwait(false);

        // Stopped while it was under way: nobody knows whether the target did it.
        return outcome ?? new ChangeOutcome.Unknown(stopped!);
    }
}
