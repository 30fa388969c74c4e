using PamTui.Core.Model;

namespace PamTui.Core.Accounts;

/// <summary>A credential on its way into the vault; whoever made it disposes of it after the use case.</summary>
/// <param name="Main">The password, or the whole private key file.</param>
/// <param name="Passphrase">Of an encrypted private key; else null.</param>
public sealed record NewCredential(CredentialType Type, Secret Main, Secret? Passphrase = null) : IDisposable
{
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
