using PamTui.Core.Connectors;
using PamTui.Core.Model;

namespace PamTui.Core.Authorities;

/// <summary>Which keys go to which target, and who brings them there.</summary>
internal sealed record InstallPlan(Resource Resource, Login By, IReadOnlyList<SshAuthority> Keys) : IDisposable
{
    public void Dispose()
    {
        By.Main.Dispose();
        By.Passphrase?.Dispose();
    }
}
