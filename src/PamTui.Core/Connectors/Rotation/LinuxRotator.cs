using PamTui.Core.Model;

namespace PamTui.Core.Connectors.Rotation;

/// <summary>Linux: `passwd` by itself, `chpasswd` by the rotation account.</summary>
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
            : (change.ByItself ? new PasswdChange(session, resource, change) : new ChpasswdChange(session, resource, change), null);
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
