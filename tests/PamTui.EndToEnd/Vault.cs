using System.Text;
using System.Text.Json;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>A data folder of its own, and the built program run on it.</summary>
public sealed class Vault : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>The program as it is shipped.</summary>
    public static string Program { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "PamTui", "release", "pamtui"));

    public string Data => _folder.PathOf("data");

    public TempFolder Files => _folder;

    /// <summary>Everything every command said so far, for those who look for what must not be in it.</summary>
    public StringBuilder Said { get; } = new();

    /// <summary>A vault with the admin alice, who has a key.</summary>
    public static async Task<(Vault Vault, SshKeyFile Alice)> MakeAsync()
    {
        Vault vault = new();
        SshKeyFile alice = await SshKeyFile.MakeAsync(vault.Files, "alice");
        (await vault.RunAsync("init", "--admin", "alice", "--admin-key", alice.Path + ".pub")).Succeeded();
        return (vault, alice);
    }

    public Task<RunResult> RunAsync(params string[] arguments) => RunWithInputAsync(null, arguments);

    public async Task<RunResult> RunWithInputAsync(string? input, params string[] arguments)
    {
        RunResult result = await Run.ProgramAsync(Program, ["--data", Data, .. arguments], input is null ? null : Encoding.UTF8.GetBytes(input));
        lock (Said)
        {
            Said.AppendLine(result.ToString());
        }

        return result;
    }

    /// <summary>Runs a command with --json and reads its answer.</summary>
    public async Task<JsonElement> JsonAsync(params string[] arguments) =>
        JsonSerializer.Deserialize<JsonElement>((await RunAsync([.. arguments, "--json"])).Succeeded().Output);

    /// <summary>Settings of this vault, as an operator writes them.</summary>
    public void Settings(string json) => File.WriteAllText(Path.Combine(Data, "appsettings.json"), json);

    public void Dispose() => _folder.Dispose();
}
