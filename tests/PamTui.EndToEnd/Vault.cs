using System.Text;
using System.Text.Json;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>A data folder of its own, and the built program run on it.</summary>
public sealed class Vault : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>The program as it is built, or that which PAMTUI_PROGRAM names: a published one.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("PAMTUI_PROGRAM") is { Length: > 0 } named ? Path.GetFullPath(named) : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "PamTui", "release", "pamtui"));

    public string Data => _folder.PathOf("data");

    public TempFolder Files => _folder;

    /// <summary>Everything every command said so far, for those who look for what must not be in it.</summary>
    public StringBuilder Said { get; } = new();

    /// <summary>A vault with the admin alice, who has a key; its gateway's host keys are those of every vault of this run.</summary>
    public static async Task<(Vault Vault, SshKeyFile Alice)> MakeAsync()
    {
        Vault vault = new();
        SshKeyFile alice = await SshKeyFile.MakeAsync(vault.Files, "alice");
        (await vault.HereAsync("init", "--admin", "alice", "--admin-key", alice.Path + ".pub")).Succeeded();
        MadeHostKeys.CopyTo(vault.Data);
        return (vault, alice);
    }

    /// <summary>Runs the program.</summary>
    public Task<RunResult> RunAsync(params string[] arguments) => RunWithInputAsync(null, arguments);

    public async Task<RunResult> RunWithInputAsync(string? input, params string[] arguments) =>
        Heard(await Run.ProgramAsync(Program, ["--data", Data, .. arguments], Encoding.UTF8.GetBytes(input ?? "")));

    /// <summary>Runs the same command in this process: for what a test needs or looks at, where the program is not what it tests.</summary>
    public Task<RunResult> HereAsync(params string[] arguments) => HereWithInputAsync(null, arguments);

    public async Task<RunResult> HereWithInputAsync(string? input, params string[] arguments) =>
        Heard(await Here.RunAsync(["--data", Data, .. arguments], Encoding.UTF8.GetBytes(input ?? "")));

    /// <summary>The answer of the program with --json.</summary>
    public async Task<JsonElement> JsonAsync(params string[] arguments) => Answer(await RunAsync([.. arguments, "--json"]));

    /// <summary>The same, in this process.</summary>
    public async Task<JsonElement> LookAsync(params string[] arguments) => Answer(await HereAsync([.. arguments, "--json"]));

    /// <summary>Settings of this vault, as an operator writes them.</summary>
    public void Settings(string json) => File.WriteAllText(Path.Combine(Data, "appsettings.json"), json);

    public void Dispose() => _folder.Dispose();

    private static JsonElement Answer(RunResult result) => JsonSerializer.Deserialize<JsonElement>(result.Succeeded().Output);

    private RunResult Heard(RunResult result)
    {
        lock (Said)
        {
            Said.AppendLine(result.ToString());
        }

        return result;
    }
}
