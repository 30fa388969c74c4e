using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Jump;

/// <summary>
/// Sign-in inside a connection that is signed in already: the outer sign-in counts, as long as its user may still sign in. The inner user name
/// says nothing about who it is. A client that shows a key all the same must show one of that user's.
/// </summary>
internal sealed class JumpAuthenticator(SignIns signIns, User outer, Func<CancellationToken, Task<User?>> readUser) : IServerAuthenticator
{
    private static readonly string[] s_methods = ["publickey"];

    public ValueTask<IReadOnlyList<string>> MethodsAsync(string user, CancellationToken ct) => ValueTask.FromResult<IReadOnlyList<string>>(s_methods);

    public async ValueTask<AuthVerdict> NoneAsync(string user, CancellationToken ct) =>
        await readUser(ct).ConfigureAwait(false) is not null ? AuthVerdict.Success : AuthVerdict.Failure;

    public async ValueTask<bool> OfferKeyAsync(string user, SshPublicKey key, CancellationToken ct) =>
        await signIns.FindUserByKeyAsync(outer.Name, key.Blob, ct).ConfigureAwait(false) is { } found && found.Id == outer.Id;

    public async ValueTask<AuthVerdict> KeyProvenAsync(string user, SshPublicKey key, CancellationToken ct) =>
        await OfferKeyAsync(user, key, ct).ConfigureAwait(false) ? AuthVerdict.Success : AuthVerdict.Failure;

    public ValueTask<AuthVerdict> PasswordAsync(string user, ReadOnlyMemory<byte> utf8Password, CancellationToken ct) => ValueTask.FromResult(AuthVerdict.Failure);

    public ValueTask<InteractiveStep> InteractiveAsync(string user, IReadOnlyList<ReadOnlyMemory<byte>>? responses, CancellationToken ct) =>
        ValueTask.FromResult<InteractiveStep>(new InteractiveStep.Verdict(AuthVerdict.Failure));
}
