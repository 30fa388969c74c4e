using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>A key beside or instead of another in the user's authorized_keys.</summary>
internal sealed class KeyChange(SshSession session, Resource resource, CredentialChange change, PublicKey? old) : ITargetChange
{
    // Somebody else edits the file at the same moment, again and again.
    private const int MaxTries = 5;

    private readonly KeysFile _file = new(session, change, old);

    private string Target => Reach.Name(resource);

    public async Task<CheckFailure?> TestAsync(CheckRun run, CancellationToken ct)
    {
        try
        {
            (byte[]? text, SshAnswer answer) = await _file.ReadAsync(added: null, ct).ConfigureAwait(false);
            return text is null && (change.ByItself || answer.Status != KeysFile.Missing)
                ? Refused(run, answer)
                : change.ByItself && !AuthorizedKeys.Holds(text, old!) ? Elsewhere(run) : null;
        }
        catch (Exception e) when (SshSession.IsFault(e))
        {
            ct.ThrowIfCancellationRequested();
            return SshSession.Failure(run, resource, e);
        }
    }

    public Task<ChangeOutcome> ApplyAsync(CheckRun run, Secret replacement, CancellationToken ct)
    {
        PublicKey added = Read(replacement);
        return EditAsync(run, added, text => AuthorizedKeys.With(text ?? [], old ?? added, added), ct);
    }

    public Task<ChangeOutcome> WithdrawAsync(CheckRun run, Secret replacement, CancellationToken ct)
    {
        PublicKey added = Read(replacement);
        return EditAsync(run, added, text => text is null ? null : AuthorizedKeys.Without(text, added), ct);
    }

    public async Task<CheckFailure?> FinishAsync(CheckRun run, Secret replacement, CancellationToken ct)
    {
        PublicKey kept = Read(replacement);
        bool there = false;
        ChangeOutcome outcome = await EditAsync(
            run,
            kept,
            text =>
            {
                // Nobody is locked out by what somebody else did to the file meanwhile.
                there = text is not null && AuthorizedKeys.Holds(text, kept);
                return !there ? null : old is null ? text : AuthorizedKeys.Without(text, old);
            },
            ct).ConfigureAwait(false);
        if (outcome is ChangeOutcome.Applied && there && old is not null)
        {
            // sshd reads two files: what the other one still holds would let the old key in.
            outcome = await EditAsync(run, added: null, text => text is null ? null : AuthorizedKeys.Without(text, old), ct).ConfigureAwait(false);
        }

        return outcome switch
        {
            ChangeOutcome.Applied when !there => run.Fail(
                CheckCause.NotPermitted, $"The new key is in no line of authorized_keys of {Text.Quote(change.Username)} on {Target} any more, so the old one stays there too: look at the file, then rotate again."),
            ChangeOutcome.Refused refused => refused.Failure,
            ChangeOutcome.Unknown unknown => unknown.Failure,
            _ => null,
        };
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private static PublicKey Read(Secret made) => PublicHalf.Of(made, null).Value;

    // Null from the edit, or the same text: nothing is to be done.
    private async Task<ChangeOutcome> EditAsync(CheckRun run, PublicKey? added, Func<byte[]?, byte[]?> edit, CancellationToken ct)
    {
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                (byte[]? before, SshAnswer read) = await _file.ReadAsync(added, ct).ConfigureAwait(false);
                if (before is null && read.Status != KeysFile.Missing)
                {
                    return new ChangeOutcome.Refused(Refused(run, read));
                }

                if (edit(before) is not { } after || after.AsSpan().SequenceEqual(before))
                {
                    return new ChangeOutcome.Applied();
                }

                SshAnswer answer = await _file.ReplaceAsync(before, after, added, ct).ConfigureAwait(false);
                switch (answer.Status)
                {
                    case 0:
                        return new ChangeOutcome.Applied();
                    case KeysFile.Changed when attempt < MaxTries:
                        break;
                    case KeysFile.NoUser or KeysFile.NoSudo or (>= KeysFile.Missing and <= KeysFile.Failed) or (>= KeysFile.CutShort and <= KeysFile.NoTools):
                        return new ChangeOutcome.Refused(Refused(run, answer));
                    default:
                        return new ChangeOutcome.Unknown(Refused(run, answer));
                }
            }
        }
        catch (Exception e) when (SshSession.IsFault(e))
        {
            ct.ThrowIfCancellationRequested();
            return new ChangeOutcome.Unknown(SshSession.Failure(run, resource, e));
        }
    }

    private CheckFailure Elsewhere(CheckRun run) => run.Fail(
        CheckCause.NotPermitted,
        $"The key signs in to {Target}, but is in no line of ~/.ssh/authorized_keys of {Text.Quote(change.Username)} there: sshd reads keys from elsewhere (AuthorizedKeysFile, AuthorizedKeysCommand), where it must be changed by hand.");

    private CheckFailure Refused(CheckRun run, SshAnswer answer)
    {
        string file = $"~/.ssh/authorized_keys of {Text.Quote(change.Username)} on {Target}";
        return answer.Status switch
        {
            KeysFile.NoUser => run.Fail(CheckCause.NotPermitted, $"There is no user {Text.Quote(change.Username)} on {Target}: correct the account's username."),
            KeysFile.NoSudo => run.Fail(CheckCause.NotPermitted, $"The rotation account is not root on {Target}, which has no sudo: make root the rotation account, or install sudo."),
            KeysFile.NoName => run.Fail(CheckCause.NotPermitted, $"sudo on {Target} takes {Text.Quote(change.Username)} for a number: make root the rotation account."),
            KeysFile.Missing => Elsewhere(run),
            KeysFile.NotTheUsers => run.Fail(CheckCause.NotPermitted, $"{file} belongs to somebody else, who manages it: change the key where that is done."),
            KeysFile.NoFile => run.Fail(CheckCause.NotPermitted, $"{file} is no file, or a link that leads nowhere: mend it there."),
            KeysFile.NotWritable => run.Fail(CheckCause.NotPermitted, $"The user cannot write beside {file}: look at the folder's owner and mode."),
            KeysFile.CutShort => run.Fail(CheckCause.ConnectionLost, $"The new {file} did not arrive whole, so the old one was left as it is: rotate again."),
            KeysFile.Changed => run.Fail(CheckCause.NotPermitted, $"{file} was changed by somebody else at the same moment, {MaxTries} times: rotate again when that is over."),
            KeysFile.NoTools => run.Fail(CheckCause.NotPermitted, $"{Target} has no sha256sum or no mktemp, without which {file} is not replaced safely: install coreutils."),
            KeysFile.Failed => run.Fail(CheckCause.NotPermitted, $"{file} cannot be read or written: it says {run.Said(answer.Errors)}."),
            _ when change.ByItself => run.Fail(CheckCause.NotPermitted, $"The user cannot run a command on {Target}: it says {run.Said(answer.Errors)}."),
            _ => run.Fail(CheckCause.NotPermitted, $"The rotation account may not work as {Text.Quote(change.Username)} on {Target}: it says {run.Said(answer.Errors)}. Allow it in sudoers (see the operating guide)."),
        };
    }
}
