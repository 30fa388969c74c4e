using PamTui.Ssh.Keys;

namespace PamTui.Ssh;

/// <summary>What a client signs in with. Nothing else is tried (D5).</summary>
public abstract record ClientCredential
{
    private protected ClientCredential()
    {
    }
}

/// <summary>By password, or by keyboard-interactive where the server offers only that and asks one hidden question. The caller zeroes the bytes.</summary>
public sealed record PasswordCredential(ReadOnlyMemory<byte> Utf8Password) : ClientCredential
{
    public override string ToString() => "PasswordCredential ***";
}

/// <summary>By public key, or by a certificate of it. The caller disposes the key.</summary>
public sealed record KeyCredential(SshPrivateKey Key, SshCertificate? Certificate = null) : ClientCredential
{
    public override string ToString() => $"KeyCredential {Key.PublicKey.Fingerprint}";
}

/// <summary>How a sign-in went.</summary>
public abstract record ClientAuthResult
{
    private ClientAuthResult()
    {
    }

    public sealed record Success : ClientAuthResult;

    /// <param name="Methods">What the server would let us try on.</param>
    /// <param name="PartialSuccess">The proof was right and the server wants a further one.</param>
    public sealed record Refused(IReadOnlyList<string> Methods, bool PartialSuccess) : ClientAuthResult;

    /// <param name="Prompt">The server's words, escaped.</param>
    public sealed record PasswordExpired(string Prompt) : ClientAuthResult;
}
