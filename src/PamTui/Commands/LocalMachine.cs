using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Hosting;
using PamTui.Settings;
using PamTui.Tui;

namespace PamTui.Commands;

/// <summary>What the machine itself offers to a command line: its environment and the data folder.</summary>
/// <param name="environment">Of the process.</param>
/// <param name="interrupts">Its signals.</param>
internal sealed class LocalMachine(IReadOnlyDictionary<string, string> environment, Interrupts interrupts)
{
    public const string ServiceFolder = "/var/lib/pamtui";

    private const string MasterKeyName = "master.key";
    private const int MaxKeyFile = 4096;

    public IReadOnlyDictionary<string, string> Variables => environment;

    public Interrupts Interrupts => interrupts;

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

    /// <summary>No colours are wanted, whatever the terminal can.</summary>
    public bool NoColor => environment.GetValueOrDefault("NO_COLOR") is { Length: > 0 };

    /// <summary>The settings of all layers, or the sentence that names what is wrong.</summary>
    public Result<AppSettings> ReadSettings(string? data, string? config)
    {
        string own = config ?? Path.Combine(FolderPath(data), SettingsReader.FileName);
        return SettingsReader.Read(Path.Combine(AppContext.BaseDirectory, SettingsReader.FileName), own, ownIsRequired: config is not null, environment);
    }

    public ShellOptions ShellOptionsFor(AppSettings settings, DataFolder folder, string signInName, ILoggerFactory logs)
    {
        (string host, int port) = GatewayDoor.ParseAddress(settings.Tui.Gateway.Length > 0 ? settings.Tui.Gateway : settings.Gateway.Listen) ?? ("localhost", 2222);
        return new ShellOptions
        {
            GatewayHost = IsAny(host) ? Environment.MachineName : host,
            GatewayPort = port,
            SignInName = signInName,
            NoColor = NoColor,
            Logs = logs,
            HostKeys = () => settings.Tui.Gateway.Length > 0 ? [] : GatewayKeys.Read(folder),
            Version = VersionVerb.WithBuild,
            DataFolder = folder.Path,
            LogPlace = settings.Logging.File.Length > 0 ? Path.Combine(folder.Path, settings.Logging.File) : "what the gateway prints; the setting Logging:File names a file besides",
        };
    }

    public VaultUnlock Unlock(Prompt? prompt) => new()
    {
        AskPassphrase = prompt is null ? null : ct => prompt.AskSecretAsync("Passphrase of the vault: ", ct),
        CredentialsDirectory = environment.GetValueOrDefault("CREDENTIALS_DIRECTORY"),
    };

    /// <summary>For a new root key: a passphrase is asked for twice.</summary>
    public VaultUnlock UnlockNew(Prompt? prompt) => Unlock(prompt) with { AskPassphrase = prompt is null ? null : ct => AskNewAsync(prompt, ct) };

    /// <summary>How the vault is locked now, as far as the folder shows it.</summary>
    public Result<MasterKeyForm> FormOf(string? data) => File.Exists(Path.Combine(FolderPath(data), MasterKeyName))
        ? MasterKeyForm.File
        : Refusal.Invalid("This vault is not locked by a file: say with --master-key which form the new key has (passphrase, credential or file).");

    /// <summary>A backup put into an empty folder, with the key file that opens it.</summary>
    public async Task<Result<Done>> RestoreAsync(string? data, string backup, string? keyFile, CancellationToken ct)
    {
        if (keyFile is not null && new FileInfo(keyFile) is not { Exists: true, Length: < MaxKeyFile })
        {
            return Refusal.NotFound($"There is no master key in the file {Text.Quote(keyFile)}.");
        }

        Result<DataFolder> folder = DataFolder.CreateOrOpen(FolderPath(data));
        if (folder.Refusal is { } refusal)
        {
            return refusal;
        }

        string target = Path.Combine(folder.Value.Path, MasterKeyName);
        if (keyFile is not null && File.Exists(target))
        {
            return Refusal.Failed($"There is a master key in {Text.Quote(folder.Value.Path)} already: restore into an empty folder.");
        }

        Result<Done> restored = await VaultKeys.RestoreAsync(backup, folder.Value, ct);
        if (restored.IsOk && keyFile is not null)
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using FileStream from = File.OpenRead(keyFile);
            await using FileStream to = new(target, options);
            await from.CopyToAsync(to, ct);
            to.Flush(flushToDisk: true);
        }

        return restored;
    }

    /// <summary>The vault of the folder, opened.</summary>
    public async Task<Result<Product>> OpenAsync(string? data, Prompt? prompt, CancellationToken ct)
    {
        Result<DataFolder> folder = DataFolder.Open(FolderPath(data));
        return folder.Refusal is { } refusal
            ? refusal
            : await Product.OpenAsync(folder.Value, Unlock(prompt), new CoreOptions(), TimeProvider.System, NullLoggerFactory.Instance, ct);
    }

    /// <summary>A new vault; a passphrase is asked for twice.</summary>
    public async Task<Result<DataFolder>> InitAsync(string? data, Prompt? prompt, MasterKeyForm form, (string Name, string? KeyLine)? admin, TimeProvider time, CancellationToken ct)
    {
        Result<DataFolder> folder = DataFolder.CreateOrOpen(FolderPath(data));
        if (folder.Refusal is { } refusal)
        {
            return refusal;
        }

        Result<Done> made = await Product.InitAsync(folder.Value, UnlockNew(prompt), form, time, admin, ct);
        return made.Refusal is { } refused ? refused : folder.Value;
    }

    private static bool IsAny(string host) => IPAddress.TryParse(host, out IPAddress? address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    private static async Task<Secret?> AskNewAsync(Prompt prompt, CancellationToken ct)
    {
        Secret? first = await prompt.AskSecretAsync("New passphrase of the vault: ", ct);
        if (first is null)
        {
            return null;
        }

        using Secret? second = await prompt.AskSecretAsync("The same once more: ", ct);
        if (second is not null && first.FixedTimeEquals(second))
        {
            return first;
        }

        first.Dispose();
        return null;
    }
}
