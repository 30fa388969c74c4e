using PamTui.Ssh.Keys;

namespace PamTui.Ssh;

/// <summary>
/// Who decides on sign-ins; one instance for one connection. It is asked in the order of the client's requests, never twice at a time. User names
/// are UTF-8 of at most 255 bytes and of any content.
/// </summary>
public interface IServerAuthenticator
{
    /// <summary>
    /// Names of the methods that may (still) lead on: told after each failure, and nothing else is tried. The same for users who do not exist.
    /// Empty: nobody gets in.
    /// </summary>
    ValueTask<IReadOnlyList<string>> MethodsAsync(string user, CancellationToken ct);

    /// <summary>The method "none" (RFC 4252 §5.2): success only where the connection itself says who it is.</summary>
    ValueTask<AuthVerdict> NoneAsync(string user, CancellationToken ct) => ValueTask.FromResult(AuthVerdict.Failure);

    /// <summary>Whether a signature by this key would be worth making. Grants nothing (B4).</summary>
    ValueTask<bool> OfferKeyAsync(string user, SshPublicKey key, CancellationToken ct);

    /// <summary>The client holds the private part of <paramref name="key"/>: the only key that says who it is (B5).</summary>
    ValueTask<AuthVerdict> KeyProvenAsync(string user, SshPublicKey key, CancellationToken ct);

    /// <summary>As <see cref="OfferKeyAsync"/> for a certificate, which is well-formed and not judged. Asked only where <see cref="ServerAuthOptions.Certificates"/> says so.</summary>
    ValueTask<bool> OfferCertificateAsync(string user, SshCertificate certificate, CancellationToken ct) => ValueTask.FromResult(false);

    /// <summary>
    /// The client holds the private part of the key in <paramref name="certificate"/>, and has verified its user where the certificate wants that.
    /// All else about it is for <see cref="CertificateCheck"/>.
    /// </summary>
    ValueTask<AuthVerdict> CertificateProvenAsync(string user, SshCertificate certificate, CancellationToken ct) => ValueTask.FromResult(AuthVerdict.Failure);

    /// <summary>The password is zeroed when this returns; at most 1024 bytes.</summary>
    ValueTask<AuthVerdict> PasswordAsync(string user, ReadOnlyMemory<byte> utf8Password, CancellationToken ct);

    /// <summary>keyboard-interactive: null starts, else the answers to the prompts of the last step, zeroed when this returns.</summary>
    ValueTask<InteractiveStep> InteractiveAsync(string user, IReadOnlyList<ReadOnlyMemory<byte>>? responses, CancellationToken ct);
}

/// <summary>What a proof leads to.</summary>
public enum AuthVerdict
{
    Failure,

    /// <summary>Right, and not enough: a further method is due.</summary>
    PartialSuccess,
    Success,
}

/// <summary>keyboard-interactive (RFC 4256): ask on, or a verdict.</summary>
public abstract record InteractiveStep
{
    private InteractiveStep()
    {
    }

    /// <summary>At most 8 prompts; none is allowed and shows name and instruction only.</summary>
    public sealed record Ask(string Name, string Instruction, IReadOnlyList<InteractivePrompt> Prompts) : InteractiveStep;

    public sealed record Verdict(AuthVerdict Result) : InteractiveStep;
}

/// <summary>One question; <paramref name="Echo"/>: the answer may be shown while it is typed.</summary>
public sealed record InteractivePrompt(string Text, bool Echo);
