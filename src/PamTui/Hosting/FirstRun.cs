using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;

namespace PamTui.Hosting;

/// <summary>The first run of the TUI: asks for the first admin and their public key, then makes the vault.</summary>
internal static class FirstRun
{
    private const int MaxKeyFile = 16 * 1024;

    private static readonly string[] s_keys = ["id_ed25519.pub", "id_ecdsa.pub", "id_rsa.pub"];

    public static async Task<Result<DataFolder>> RunAsync(Invocation run, LocalMachine machine, Prompt prompt, CancellationToken ct)
    {
        string path = Path.GetFullPath(machine.FolderPath(run.Data));
        await run.Error.WriteLineAsync($"There is no vault yet. This makes one in {Text.Quote(path)}, for you alone, and its first admin.".AsMemory(), ct);
        await run.Error.FlushAsync(ct);
        string proposed = Names.IsValid(Environment.UserName) && Environment.UserName != "root" ? Environment.UserName : "admin";
        string? name = await prompt.AskAsync($"Name of the admin [{proposed}]: ", ct);
        if (name is null)
        {
            return Refusal.Failed("Nothing was made.");
        }

        string? found = FindKey(machine);
        string? key = await prompt.AskAsync(found is null ? "File with their public key (empty: none yet): " : $"File with their public key [{found}]: ", ct);
        if (key is null)
        {
            return Refusal.Failed("Nothing was made.");
        }

        string file = key.Length > 0 ? key : found ?? "";
        string? line = null;
        if (file.Length > 0)
        {
            if (new FileInfo(file) is not { Exists: true, Length: <= MaxKeyFile })
            {
                return Refusal.NotFound($"There is no public key in the file {Text.Quote(file)}.");
            }

            line = await File.ReadAllTextAsync(file, ct);
        }

        return await machine.InitAsync(run.Data, prompt, MasterKeyForm.File, (name.Length > 0 ? name : proposed, line), run.Context.Time, ct);
    }

    private static string? FindKey(LocalMachine machine)
    {
        string folder = Path.Combine(machine.Variables.GetValueOrDefault("HOME") ?? "/", ".ssh");
        return s_keys.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
