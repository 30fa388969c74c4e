using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>An ssh-agent with one key, as a person has.</summary>
public sealed class Agent(ServerProcess process, TempFolder folder) : IAsyncDisposable
{
    public string Socket => folder.PathOf("agent");

    public static async Task<Agent> StartAsync(SshKeyFile key)
    {
        TempFolder folder = new();
        Agent agent = new(ServerProcess.Start(Tools.Need("ssh-agent"), ["-D", "-a", folder.PathOf("agent")]), folder);
        await Poll.UntilAsync("the agent listens", () => File.Exists(agent.Socket));
        (await Run.ProgramAsync("ssh-add", ["-q", key.Path], null, new Dictionary<string, string?> { ["SSH_AUTH_SOCK"] = agent.Socket })).Succeeded();
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        folder.Dispose();
    }
}
