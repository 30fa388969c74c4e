using System.Collections.Concurrent;
using System.Text;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests;

/// <summary>Knows the keys and the password it is given, and keeps what it was asked.</summary>
internal sealed class TestAuthenticator : IServerAuthenticator
{
    public List<SshPublicKey> Keys { get; } = [];

    public string? Password { get; init; }

    public IReadOnlyList<string> Methods { get; init; } = ["publickey", "password", "keyboard-interactive"];

    public AuthVerdict OnRightKey { get; init; } = AuthVerdict.Success;

    public Func<IReadOnlyList<string>?, InteractiveStep>? Interactive { get; init; }

    public ConcurrentQueue<string> Asked { get; } = new();

    public ValueTask<IReadOnlyList<string>> MethodsAsync(string user, CancellationToken ct) => ValueTask.FromResult(Methods);

    public ValueTask<bool> OfferKeyAsync(string user, SshPublicKey key, CancellationToken ct)
    {
        Asked.Enqueue($"offer {user} {key.Fingerprint}");
        return ValueTask.FromResult(Keys.Contains(key));
    }

    public ValueTask<AuthVerdict> KeyProvenAsync(string user, SshPublicKey key, CancellationToken ct)
    {
        Asked.Enqueue($"proven {user} {key.Fingerprint}");
        return ValueTask.FromResult(Keys.Contains(key) ? OnRightKey : AuthVerdict.Failure);
    }

    public ValueTask<AuthVerdict> PasswordAsync(string user, ReadOnlyMemory<byte> utf8Password, CancellationToken ct)
    {
        string password = Encoding.UTF8.GetString(utf8Password.Span);
        Asked.Enqueue($"password {user} {password}");
        return ValueTask.FromResult(Password is not null && password == Password ? AuthVerdict.Success : AuthVerdict.Failure);
    }

    public ValueTask<InteractiveStep> InteractiveAsync(string user, IReadOnlyList<ReadOnlyMemory<byte>>? responses, CancellationToken ct) => ValueTask.FromResult(
        Interactive is { } ask
            ? ask(responses?.Select(response => Encoding.UTF8.GetString(response.Span)).ToArray())
            : new InteractiveStep.Verdict(AuthVerdict.Failure));
}
