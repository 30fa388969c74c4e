using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>Linux. Passwords: `passwd` by itself, `chpasswd` by the rotation account. Keys: the user's authorized_keys.</summary>
internal sealed class LinuxRotator(Connectors connectors) : IRotator
{
    public bool LeavesOld(CredentialType type) => type == CredentialType.PrivateKey;

    public async Task<(ITargetChange? Open, CheckFailure? Failure)> OpenAsync(CheckRun run, Resource resource, Login by, CredentialChange change, CancellationToken ct)
    {
        if (WhyNot(run, resource, change) is { } refused)
        {
            return (null, refused);
        }

        (SshSession? session, CheckFailure? failure) = await connectors.OpenLinuxAsync(run, resource, by, ct).ConfigureAwait(false);
        return session is null
            ? (null, failure)
            : change switch
            {
                // A key that cannot be read is none that a line can be found by: the rotation account mends that too.
                { Type: CredentialType.PrivateKey } => (new KeyChange(session, resource, change, PublicHalf.Of(change.Old, change.OldPassphrase) is { IsOk: true } old ? old.Value : null), null),
                { ByItself: true } => (new PasswdChange(session, resource, change), null),
                _ => (new ChpasswdChange(session, resource, change), null),
            };
    }

    // What cannot be said in a line cannot be typed to passwd, nor written to chpasswd.
    private static CheckFailure? WhyNot(CheckRun run, Resource resource, CredentialChange change) => change switch
    {
        { Type: CredentialType.Password, ByItself: true } when change.Old.Bytes.ContainsAny((byte)'\n', (byte)0) => run.Fail(
            CheckCause.NotPermitted, $"The password in the vault holds a line feed, which nobody can type to passwd on {Reach.Name(resource)}: rotate it by the resource's rotation account, or set another one there."),
        { ByItself: false } when change.Username.AsSpan().ContainsAny(":\n\0") => run.Fail(
            CheckCause.NotPermitted, $"{Text.Quote(change.Username)} is no user of a Linux server (no name holds a colon or a line feed): correct the account's username."),
        _ => null,
    };
}
