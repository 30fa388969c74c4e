using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Commands;

/// <summary>What the machine itself offers to a command line: its environment and the data folder.</summary>
/// <param name="environment">Of the process.</param>
internal sealed class LocalMachine(IReadOnlyDictionary<string, string> environment)
{
    public const string ServiceFolder = "/var/lib/pamtui";

    public IReadOnlyDictionary<string, string> Variables => environment;

    /// <summary>--data, else $PAMTUI_DATA, else /var/lib/pamtui for a system service, else the XDG data folder (design 4).</summary>
    public string FolderPath(string? data)
    {
        if (data is { Length: > 0 })
        {
            return data;
        }

        if (environment.GetValueOrDefault("PAMTUI_DATA") is { Length: > 0 } named)
        {
            return named;
        }

        // systemd names the unit's StateDirectory; a unit without one still runs as a service and not in a home.
        if (environment.GetValueOrDefault("STATE_DIRECTORY") is { Length: > 0 } state)
        {
            return state.Split(':')[0];
        }

        if (environment.ContainsKey("INVOCATION_ID") && environment.GetValueOrDefault("HOME") is not { Length: > 0 })
        {
            return ServiceFolder;
        }

        string home = environment.GetValueOrDefault("XDG_DATA_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg)
            ? xdg
            : Path.Combine(environment.GetValueOrDefault("HOME") ?? "/", ".local", "share");
        return Path.Combine(home, "pamtui");
    }

    public VaultUnlock Unlock(Prompt? prompt) => new()
    {
        AskPassphrase = prompt is null ? null : ct => prompt.AskSecretAsync("Passphrase of the vault: ", ct),
        CredentialsDirectory = environment.GetValueOrDefault("CREDENTIALS_DIRECTORY"),
    };
}
