using System.Text;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>The rotation account gives another user a password: `chpasswd` reads both from stdin, as root or through sudo.</summary>
internal sealed class ChpasswdChange(SshSession session, Resource resource, CredentialChange change) : ITargetChange
{
    private const int NoUser = 70;
    private const int NoChpasswd = 71;
    private const int NoSudo = 72;
    private const int NotAllowed = 73;

    private static readonly string s_test = RemoteScript.Of(
        "IFS= read -r user; id -u -- \"$user\" >/dev/null 2>&1 || exit 70; "
        + "if [ \"$(id -u)\" = 0 ]; then command -v chpasswd >/dev/null || exit 71; exit 0; fi; "
        + "command -v sudo >/dev/null || exit 72; sudo -n -l chpasswd >/dev/null || exit 73");

    private static readonly string s_change = RemoteScript.Of("if [ \"$(id -u)\" = 0 ]; then exec chpasswd; else exec sudo -n chpasswd; fi");

    public async Task<CheckFailure?> TestAsync(CheckRun run, CancellationToken ct)
    {
        string target = Reach.Name(resource);
        try
        {
            SshAnswer answer = await session.RunAsync(s_test, Encoding.UTF8.GetBytes(change.Username + "\n"), ct).ConfigureAwait(false);
            return answer.Status switch
            {
                0 => null,
                NoUser => run.Fail(CheckCause.NotPermitted, $"There is no user {Text.Quote(change.Username)} on {target}: correct the account's username."),
                NoChpasswd => run.Fail(CheckCause.NotPermitted, $"{target} has no chpasswd: rotate the account with --by-itself."),
                NoSudo => run.Fail(CheckCause.NotPermitted, $"The rotation account is not root on {target}, which has no sudo: make root the rotation account, or install sudo."),
                NotAllowed => run.Fail(CheckCause.NotPermitted, $"sudo on {target} does not let the rotation account run chpasswd without a password: it says {run.Said(answer.Errors)}. Allow it in sudoers (see the operating guide)."),
                _ => run.Fail(CheckCause.NotPermitted, $"The rotation account cannot run a command on {target}: it says {run.Said(answer.Errors)}."),
            };
        }
        catch (Exception e) when (SshSession.IsFault(e))
        {
            ct.ThrowIfCancellationRequested();
            return SshSession.Failure(run, resource, e);
        }
    }

    public Task<ChangeOutcome> ApplyAsync(CheckRun run, Secret replacement, CancellationToken ct) => SetAsync(run, replacement, ct);

    public Task<ChangeOutcome> WithdrawAsync(CheckRun run, Secret replacement, CancellationToken ct) => SetAsync(run, change.Old, ct);

    public Task<CheckFailure?> FinishAsync(CheckRun run, Secret replacement, CancellationToken ct) => Task.FromResult<CheckFailure?>(null);

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task<ChangeOutcome> SetAsync(CheckRun run, Secret password, CancellationToken ct)
    {
        string target = Reach.Name(resource);
        if (password.Bytes.ContainsAny((byte)'\n', (byte)0))
        {
            return new ChangeOutcome.Refused(run.Fail(CheckCause.NotPermitted, $"The password holds a line feed, which chpasswd on {target} takes for its end."));
        }

        int name = Encoding.UTF8.GetByteCount(change.Username);
        byte[] line = GC.AllocateArray<byte>(name + 1 + password.Length + 1, pinned: true);
        Encoding.UTF8.GetBytes(change.Username, line);
        line[name] = (byte)':';
        password.Bytes.CopyTo(line.AsSpan(name + 1));
        line[^1] = (byte)'\n';
        try
        {
            SshAnswer answer = await session.RunAsync(s_change, line, ct).ConfigureAwait(false);
            return answer.Status switch
            {
                0 => new ChangeOutcome.Applied(),
                null => new ChangeOutcome.Unknown(run.Fail(CheckCause.ConnectionLost, $"{target} broke chpasswd off: it says {run.Said(answer.Errors)}.")),
                _ => new ChangeOutcome.Ended(PasswordRules.Refused(run, target, answer.Errors) ?? run.Fail(CheckCause.NotPermitted, $"chpasswd on {target} does not change the password: it says {run.Said(answer.Errors)}.")),
            };
        }
        catch (Exception e) when (SshSession.IsFault(e))
        {
            ct.ThrowIfCancellationRequested();
            return new ChangeOutcome.Unknown(SshSession.Failure(run, resource, e));
        }
    }
}
