using PamTui.Core.Model;
using PamTui.Tests.CoreTests;
using PamTui.Tui;

namespace PamTui.Tests.Tui;

/// <summary>The shell on a memory terminal over a real vault.</summary>
internal sealed class ShellRun : IAsyncDisposable
{
    private readonly Task<ShellOutcome> _running;

    private ShellRun(MemoryChannel channel, Task<ShellOutcome> running) => (Channel, _running) = (channel, running);

    public MemoryChannel Channel { get; }

    /// <summary>How it ended; waits for that.</summary>
    public Task<ShellOutcome> Outcome => _running.WaitAsync(TimeSpan.FromSeconds(20));

    public static ShellRun Start(
        TestVault vault,
        Actor? actor = null,
        int columns = 80,
        int rows = 24,
        ShellState? state = null,
        string term = "xterm-256color")
    {
        MemoryChannel channel = new(columns, rows, term);
        Shell shell = new(vault.Product, actor ?? Actor.Local("root"), new ShellOptions { GatewayHost = "gw" }, vault.Time);
        return new ShellRun(channel, shell.RunAsync(channel, state ?? new ShellState(), CancellationToken.None));
    }

    /// <summary>Types keys one after the other; "\t" and "\r" are Tab and Enter, "\e" alone needs the screen's answer before more is typed.</summary>
    public void Type(string keys) => Channel.Type(keys);

    public Task SeesAsync(string text) => Channel.UntilShownAsync(text);

    public Task SeesNoMoreAsync(string text) => Channel.UntilGoneAsync(text);

    /// <summary>Types and waits for what must then be seen.</summary>
    public async Task TypeAsync(string keys, string sees)
    {
        Type(keys);
        await SeesAsync(sees);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Close();
        await Outcome;
    }
}
