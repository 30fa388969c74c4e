using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>An ssh-agent with one key, as a person has.</summary>
public sealed class Agent : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly TempFolder _folder;

    private Agent(ServerProcess process, TempFolder folder) => (_process, _folder) = (process, folder);

    public string Socket => _folder.PathOf("agent");

    public static async Task<Agent> StartAsync(SshKeyFile key)
    {
        TempFolder folder = new();
        Agent agent = new(ServerProcess.Start(Tools.Need("ssh-agent"), ["-D", "-a", folder.PathOf("agent")]), folder);
        // Said once it listens; its socket is there before.
        await agent._process.LineAsync("SSH_AUTH_SOCK");
        (await Run.ProgramAsync("ssh-add", ["-q", key.Path], null, new Dictionary<string, string?> { ["SSH_AUTH_SOCK"] = agent.Socket })).Succeeded();
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
