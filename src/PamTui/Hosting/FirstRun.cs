using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Tui;
using PamTui.Tui.Terminal;

namespace PamTui.Hosting;

/// <summary>The first run of the TUI: a dialog asks for the first admin and their public key, then makes the vault.</summary>
internal static class FirstRun
{
    private const int MaxKeyFile = 16 * 1024;

    private static readonly string[] s_keys = ["id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub"];

    public static async Task<Result<DataFolder>> RunAsync(Invocation run, LocalMachine machine, Prompt prompt, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows())
        {
            return Refusal.Failed("There is no vault yet: run `pamtui init`.");
        }

        string path = Path.GetFullPath(machine.FolderPath(run.Data));
        string proposed = Names.IsValid(Environment.UserName) && Environment.UserName != "root" ? Environment.UserName : "admin";
        Result<DataFolder> made = Refusal.Failed($"Nothing was made: run `pamtui` again, or `pamtui init`, for a vault in {Text.Quote(path)}.");
        FirstRunOptions options = new(
            path,
            proposed,
            await KeysAsync(machine, ct),
            async (name, key, stop) =>
            {
                Result<DataFolder> folder = await machine.InitAsync(run.Data, prompt, MasterKeyForm.File, (name, key), run.Context.Time, stop);
                if (folder.Refusal is { } refusal)
                {
                    return refusal;
                }

                made = folder;
                return default(Done);
            })
        {
            NoColor = machine.NoColor,
        };
        TerminalHost.Prepare();
        Result<LocalTerminal> opened = LocalTerminal.Open();
        if (opened.Refusal is { } none)
        {
            return none;
        }

        using LocalTerminal terminal = opened.Value;
        await FirstRunScreen.RunAsync(terminal, options, ct);
        return made;
    }

    /// <summary>No vault has been made there: no folder, or one in which nothing is.</summary>
    public static bool IsNeeded(Result<DataFolder> folder) =>
        folder.Refusal is { Kind: RefusalKind.NotFound } || (folder.IsOk && !Directory.EnumerateFileSystemEntries(folder.Value.Path).Any());

    private static async Task<IReadOnlyList<OfferedKey>> KeysAsync(LocalMachine machine, CancellationToken ct)
    {
        string folder = Path.Combine(machine.Variables.GetValueOrDefault("HOME") ?? "/", ".ssh");
        List<OfferedKey> keys = [];
        foreach (string name in s_keys)
        {
            if (new FileInfo(Path.Combine(folder, name)) is { Exists: true, Length: <= MaxKeyFile } file)
            {
                keys.Add(new OfferedKey(name, await File.ReadAllTextAsync(file.FullName, ct)));
            }
        }

        return keys;
    }
}
