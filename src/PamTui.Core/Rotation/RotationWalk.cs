using PamTui.Core.Connectors;
using PamTui.Core.Connectors.Rotation;
using PamTui.Core.Model;

namespace PamTui.Core.Rotation;

/// <summary>
/// One rotation from where the ledger has it to its end, or to where it must wait. The rule: the vault has both credentials before
/// the target hears of the new one, and drops one only after the other has signed in (docs/adr/0008-rotation-ledger.md).
/// </summary>
internal sealed class RotationWalk(Ledger ledger, Rotators rotators, SignInCheck check, RotationJob job, IProgress<RotationProgress>? progress, TimeProvider time, CancellationToken ct) : IAsyncDisposable
{
    private ChangeSession? _session;
    private bool _appliedTwice;

    private enum Verdict
    {
        Works,
        Refused,
        Unknown,
    }

    /// <summary>Null: it came to an end of its own, which the job's row tells. A refusal: this job may not go on.</summary>
    public Task<Refusal?> RunAsync() => job.Row.State switch
    {
        RotationState.Planned => PrepareAsync(),
        RotationState.Verified => FinishAsync(),
        _ => SettleAsync(),
    };

    /// <summary>Keeps one of the two credentials because a person says so; <paramref name="unverified"/>: without a sign-in.</summary>
    public async Task<Refusal?> ResolveAsync(bool useStaged, bool unverified)
    {
        if (!unverified)
        {
            (Verdict verdict, CheckFailure? failure) = useStaged ? await ProbeAsync(job.Staged!, null).ConfigureAwait(false) : await ProbeAsync(job.Current, job.CurrentPassphrase).ConfigureAwait(false);
            if (verdict != Verdict.Works)
            {
                await ledger.PauseAsync(job, job.Row.Error ?? failure!.Message).ConfigureAwait(false);
                return Refusal.Failed($"{failure!.Message} Both credentials are kept; --unverified decides without a sign-in.");
            }
        }

        return useStaged
            ? await ledger.VerifiedAsync(job).ConfigureAwait(false) ?? (unverified ? await ledger.PromoteAsync(job).ConfigureAwait(false) : await FinishAsync().ConfigureAwait(false))
            : await ledger.FailAsync(job, $"{Text.Escape(job.Actor.Name)} kept the old credential.").ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            await _session.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Nothing has been changed yet, so whatever stands in the way ends it.
    private async Task<Refusal?> PrepareAsync()
    {
        Step step = Begin(RotationState.Planned);
        if (await OpenAsync().ConfigureAwait(false) is { } closed)
        {
            step.Failed();
            return await ledger.FailAsync(job, closed.Message).ConfigureAwait(false);
        }

        if (await _session!.TestAsync(ct).ConfigureAwait(false) is { } failure)
        {
            step.Failed();
            return await ledger.FailAsync(job, failure.Message).ConfigureAwait(false);
        }

        step.Passed();
        step = Begin(RotationState.Staged);
        if (await ledger.StageAsync(job).ConfigureAwait(false) is { } refusal)
        {
            step.Failed();
            return await ledger.FailAsync(job, refusal.Message).ConfigureAwait(false);
        }

        step.Passed();
        return await ApplyAsync().ConfigureAwait(false);
    }

    private async Task<Refusal?> ApplyAsync()
    {
        Step step = Begin(RotationState.Applied);
        if (_session is null && await OpenAsync().ConfigureAwait(false) is { } closed)
        {
            step.Failed();
            return await PauseAsync(closed).ConfigureAwait(false);
        }

        if (await ledger.HoldAsync(job).ConfigureAwait(false) is { } lost)
        {
            return step.Failed(lost);
        }

        switch (await _session!.ApplyAsync(job.Staged!, ct).ConfigureAwait(false))
        {
            case ChangeOutcome.Applied:
                if (await ledger.AppliedAsync(job).ConfigureAwait(false) is { } refusal)
                {
                    return step.Failed(refusal);
                }

                step.Passed();
                return await VerifyAsync().ConfigureAwait(false);
            case ChangeOutcome.Refused refused:
                step.Failed();
                return await ledger.FailAsync(job, refused.Failure.Message).ConfigureAwait(false);
            case ChangeOutcome.Ended ended:
                step.Failed();
                return await SettleAsync(ended.Failure).ConfigureAwait(false);
            case ChangeOutcome.Unknown unknown:
                step.Failed();
                await CloseAsync().ConfigureAwait(false);
                return ct.IsCancellationRequested ? await PauseAsync(unknown.Failure).ConfigureAwait(false) : await SettleAsync().ConfigureAwait(false);
            default:
                throw new InvalidOperationException("A change has four outcomes.");
        }
    }

    private async Task<Refusal?> VerifyAsync()
    {
        Step step = Begin(RotationState.Verified);
        (Verdict verdict, CheckFailure? failure) = await ProbeAsync(job.Staged!, null).ConfigureAwait(false);
        if (verdict == Verdict.Works)
        {
            return await VerifiedAsync(step).ConfigureAwait(false);
        }

        step.Failed();
        return verdict == Verdict.Unknown ? await PauseAsync(failure!).ConfigureAwait(false) : await GoBackAsync(failure!).ConfigureAwait(false);
    }

    private async Task<Refusal?> VerifiedAsync(Step step)
    {
        if (await ledger.VerifiedAsync(job).ConfigureAwait(false) is { } refusal)
        {
            return step.Failed(refusal);
        }

        step.Passed();
        return await FinishAsync().ConfigureAwait(false);
    }

    private async Task<Refusal?> FinishAsync()
    {
        Step step = Begin(RotationState.Promoted);
        if (LeavesOld)
        {
            if (await ledger.HoldAsync(job).ConfigureAwait(false) is { } lost)
            {
                return step.Failed(lost);
            }

            CheckFailure? failure = _session is null ? await OpenAsync(job.Staged).ConfigureAwait(false) : null;
            failure ??= await _session!.FinishAsync(job.Staged!, ct).ConfigureAwait(false);
            if (failure is not null)
            {
                step.Failed();
                return await PauseAsync(failure).ConfigureAwait(false);
            }
        }

        return await ledger.PromoteAsync(job).ConfigureAwait(false) is { } refusal ? step.Failed(refusal) : step.Passed();
    }

    // After a crash, a cut network or an answer that never came: the target may have either. The new one is tried first, then the old.
    // With what it said when it ended, the target is known to do no more: the old one that works is the whole of the answer.
    private async Task<Refusal?> SettleAsync(CheckFailure? ended = null)
    {
        Step step = Begin(RotationState.Verified);
        (Verdict staged, CheckFailure? stagedFailure) = await ProbeAsync(job.Staged!, null).ConfigureAwait(false);
        if (staged == Verdict.Works)
        {
            return await VerifiedAsync(step).ConfigureAwait(false);
        }

        step.Failed();
        if (staged == Verdict.Unknown)
        {
            return await PauseAsync(stagedFailure!).ConfigureAwait(false);
        }

        (Verdict current, CheckFailure? currentFailure) = await ProbeAsync(job.Current, job.CurrentPassphrase).ConfigureAwait(false);
        switch (current, job.Row.State)
        {
            case (Verdict.Works, RotationState.Staged) when ended is not null:
                return await ledger.FailAsync(job, ended.Message).ConfigureAwait(false);
            case (Verdict.Works, RotationState.Staged) when !_appliedTwice:
                // It never got there, or is still on its way: the same new one again, so that either is the right one.
                _appliedTwice = true;
                return await ApplyAsync().ConfigureAwait(false);
            case (Verdict.Works, RotationState.Staged):
                return await PauseAsync(stagedFailure!).ConfigureAwait(false);
            case (Verdict.Works, _):
                return await TakeBackAsync(stagedFailure!).ConfigureAwait(false);
            case (Verdict.Unknown, _):
                return await PauseAsync(currentFailure!).ConfigureAwait(false);
            default:
                return await ledger.AskForAttentionAsync(job, $"Neither the new nor the old credential signs in: {currentFailure!.Message}").ConfigureAwait(false);
        }
    }

    // The old one works, and the new one does not although the target took it: a key that lets nobody in is not left lying there.
    private async Task<Refusal?> TakeBackAsync(CheckFailure why)
    {
        if (LeavesOld)
        {
            if (await ledger.HoldAsync(job).ConfigureAwait(false) is { } lost)
            {
                return lost;
            }

            if (_session is null && await OpenAsync().ConfigureAwait(false) is { } closed)
            {
                return await PauseAsync(closed).ConfigureAwait(false);
            }

            if (await _session!.WithdrawAsync(job.Staged!, ct).ConfigureAwait(false) is not ChangeOutcome.Applied)
            {
                return await PauseAsync(why).ConfigureAwait(false);
            }
        }

        return await ledger.FailAsync(job, $"The target took the new credential but does not let it in, and lets the old one in: {WhyNotIn(why)}").ConfigureAwait(false);
    }

    // The target said yes and then no: the session that made the change takes it back.
    private async Task<Refusal?> GoBackAsync(CheckFailure why)
    {
        if (await ledger.HoldAsync(job).ConfigureAwait(false) is { } lost)
        {
            return lost;
        }

        ChangeOutcome back = await _session!.WithdrawAsync(job.Staged!, ct).ConfigureAwait(false);
        (Verdict verdict, CheckFailure? failure) = await ProbeAsync(job.Current, job.CurrentPassphrase).ConfigureAwait(false);
        return (verdict, back) switch
        {
            (Verdict.Works, ChangeOutcome.Applied) =>
                await ledger.FailAsync(job, $"The target took the new credential but does not let it in; the old one is back: {WhyNotIn(why)}").ConfigureAwait(false),
            (Verdict.Refused, _) =>
                await ledger.AskForAttentionAsync(job, $"Neither the new nor the old credential signs in: {failure!.Message}{WhyNotBack(back)}").ConfigureAwait(false),
            _ => await PauseAsync(failure ?? why).ConfigureAwait(false),
        };
    }

    private static string? WhyNotBack(ChangeOutcome back) => back switch
    {
        ChangeOutcome.Refused refused => Sentence(refused.Failure),
        ChangeOutcome.Ended ended => Sentence(ended.Failure),
        _ => null,
    };

    private static string Sentence(CheckFailure failure) => " The old one could not be put back: " + failure.Message;

    private async Task<CheckFailure?> OpenAsync(Secret? byItself = null)
    {
        CredentialChange change = job.Change;
        Login by = byItself is not null && change.ByItself ? job.By with { Main = byItself, Passphrase = null } : job.By;
        (_session, CheckReport report) = await rotators.OpenAsync(job.Resource, by, change, null, ct).ConfigureAwait(false);
        return report.Failure;
    }

    private async Task CloseAsync()
    {
        if (_session is { } open)
        {
            _session = null;
            await open.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Unreachable, another host key, locked: no verdict on the credential.
    private async Task<(Verdict Verdict, CheckFailure? Failure)> ProbeAsync(Secret main, Secret? passphrase)
    {
        if (await ledger.HoldAsync(job).ConfigureAwait(false) is { } lost)
        {
            return (Verdict.Unknown, new CheckFailure(CheckStage.Resolve, CheckCause.Cancelled, lost.Message));
        }

        CheckReport report = await check(job.Resource, job.Account.Username, job.Account.Credential, main, passphrase, null, ct).ConfigureAwait(false);
        return report.Failure switch
        {
            null => (Verdict.Works, null),

            // The sign-in itself was taken; what came after it is another matter.
            { Stage: CheckStage.Probe, Cause: not CheckCause.Cancelled } => (Verdict.Works, null),
            { Cause: CheckCause.WrongPassword or CheckCause.KeyNotAccepted } refused => (Verdict.Refused, refused),
            { } failure => (Verdict.Unknown, failure),
        };
    }

    private bool LeavesOld => rotators.LeavesOld(job.Account.Kind, job.Account.Credential);

    private static string WhyNotIn(CheckFailure why) => why.Cause == CheckCause.KeyNotAccepted
        ? "its sshd reads this user's keys from elsewhere (AuthorizedKeysFile, AuthorizedKeysCommand), or forbids this type of key."
        : why.Message;

    private Task<Refusal?> PauseAsync(CheckFailure failure) => ledger.PauseAsync(job, failure.Message);

    private Step Begin(RotationState state) => new(state, progress, time);

    /// <summary>Tells that a step runs, and how it ended.</summary>
    private sealed class Step
    {
        private readonly RotationState _state;
        private readonly IProgress<RotationProgress>? _progress;
        private readonly TimeProvider _time;
        private readonly long _started;

        public Step(RotationState state, IProgress<RotationProgress>? progress, TimeProvider time)
        {
            (_state, _progress, _time, _started) = (state, progress, time, time.GetTimestamp());
            progress?.Report(new RotationProgress(state, StageState.Running, TimeSpan.Zero));
        }

        public Refusal? Passed() => End(StageState.Passed, null);

        public Refusal? Failed(Refusal? refusal = null) => End(StageState.Failed, refusal);

        private Refusal? End(StageState state, Refusal? refusal)
        {
            _progress?.Report(new RotationProgress(_state, state, _time.GetElapsedTime(_started)));
            return refusal;
        }
    }
}
