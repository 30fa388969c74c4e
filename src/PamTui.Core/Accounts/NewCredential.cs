using PamTui.Core.Model;

namespace PamTui.Core.Accounts;

/// <summary>A credential on its way into the vault; whoever made it disposes of it after the use case.</summary>
/// <param name="Main">The password, the whole private key file, or nothing.</param>
/// <param name="Passphrase">Of an encrypted private key; else null.</param>
public sealed record NewCredential(CredentialType Type, Secret Main, Secret? Passphrase = null) : IDisposable
{
    /// <summary>Certificates of the gateway's SSH CA, one for each session: there is nothing to store.</summary>
    public static NewCredential OfCertificates() => new(CredentialType.Certificate, Secret.From([]));

    public void Dispose()
    {
        Main.Dispose();
        Passphrase?.Dispose();
    }
}

/// <summary>A credential that a person asked to see, with his reason in the audit. Dispose of it as soon as it was shown.</summary>
public sealed record RevealedCredential(string Username, CredentialType Type, Secret Main, Secret? Passphrase) : IDisposable
{
    public void Dispose()
    {
        Main.Dispose();
        Passphrase?.Dispose();
    }
}
