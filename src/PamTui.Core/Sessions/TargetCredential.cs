using PamTui.Core.Model;

namespace PamTui.Core.Sessions;

/// <summary>What opens a session on the target. Dispose of it as soon as the target has answered.</summary>
public sealed record TargetCredential(Resource Resource, string Username, CredentialType Type, Secret Main, Secret? Passphrase) : IDisposable
{
    public void Dispose()
    {
        Main.Dispose();
        Passphrase?.Dispose();
    }
}
