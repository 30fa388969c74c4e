using PamTui.Core.Model;

namespace PamTui.Core.Vault;

/// <summary>What the face (TUI, gateway, command line) brings to open a vault.</summary>
public sealed record VaultUnlock
{
    /// <summary>Asked once, and only by a vault whose form is <see cref="MasterKeyForm.Passphrase"/>; null, or an answer of null: nobody is there to ask.</summary>
    public Func<CancellationToken, Task<Secret?>>? AskPassphrase { get; init; }

    /// <summary>The folder systemd names in $CREDENTIALS_DIRECTORY, for <see cref="MasterKeyForm.Credential"/>.</summary>
    public string? CredentialsDirectory { get; init; }
}
