using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>The user changes the own password, as a person does at a terminal.</summary>
internal sealed class PasswdChange(SshSession session, Resource resource, CredentialChange change) : ITargetChange
{
    private static readonly string[] s_tooEarly = ["must wait longer", "too early", "too soon", "minimum"];

    public async Task<CheckFailure?> TestAsync(CheckRun run, CancellationToken ct) => await RunAsync(run, change.Old, null, ct).ConfigureAwait(false) switch
    {
        ChangeOutcome.Applied => null,
        ChangeOutcome.Refused refused => refused.Failure,
        ChangeOutcome.Unknown unknown => unknown.Failure,
        _ => throw new InvalidOperationException("Without a new password there is nothing to end."),
    };

    public Task<ChangeOutcome> ApplyAsync(CheckRun run, Secret replacement, CancellationToken ct) => RunAsync(run, change.Old, replacement, ct);

    public Task<ChangeOutcome> WithdrawAsync(CheckRun run, Secret replacement, CancellationToken ct) => RunAsync(run, replacement, change.Old, ct);

    public Task<CheckFailure?> FinishAsync(CheckRun run, Secret replacement, CancellationToken ct) => Task.FromResult<CheckFailure?>(null);

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task<ChangeOutcome> RunAsync(CheckRun run, Secret current, Secret? replacement, CancellationToken ct)
    {
        string target = Reach.Name(resource);
        try
        {
            return await session.TalkAsync<ChangeOutcome>(
                async (terminal, token) =>
                {
                    PasswdDialogue passwd = new(terminal);
                    return await passwd.RunAsync(current, replacement, token).ConfigureAwait(false) switch
                    {
                        PasswdEnd.Asked or PasswdEnd.Changed => new ChangeOutcome.Applied(),
                        PasswdEnd.Refused => new ChangeOutcome.Refused(Refused(run, target, passwd.Words)),
                        PasswdEnd.Ended => new ChangeOutcome.Ended(Refused(run, target, passwd.Words)),
                        _ => new ChangeOutcome.Unknown(run.Fail(CheckCause.ConnectionLost, $"{target} broke off before passwd had said how it came out: look at the target's log.")),
                    };
                },
                ct).ConfigureAwait(false);
        }
        catch (Exception e) when (SshSession.IsFault(e))
        {
            ct.ThrowIfCancellationRequested();
            return new ChangeOutcome.Unknown(SshSession.Failure(run, resource, e));
        }
    }

    private static CheckFailure Refused(CheckRun run, string target, string words) => LoginWords.CauseOf(words) == CheckCause.PasswordExpired
        ? SshCheck.PasswordExpired(run, target)
        : Holds(words, s_tooEarly)
            ? run.Fail(CheckCause.NotPermitted, $"{target} does not let the user change the password again so soon: it says {run.Said(words)}. Let the rotation account change it, or lower its minimum age there (chage -m).")
            : PasswordRules.Refused(run, target, words) ?? run.Fail(CheckCause.NotPermitted, $"passwd on {target} does not change the password: it says {run.Said(words)}.");

    private static bool Holds(string words, string[] any) => any.Any(word => words.Contains(word, StringComparison.OrdinalIgnoreCase));
}
