using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Accounts;
using PamTui.Core.Connectors;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Tests.CoreTests;
using PamTui.Tui;
using PamTui.Tui.Models;

namespace PamTui.Tests.Tui;

/// <summary>The shell on a memory terminal over a real vault.</summary>
internal sealed class ShellRun : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Product? _own;
    private readonly Task<ShellOutcome> _running;

    private ShellRun(MemoryChannel channel, Task<ShellOutcome> running, Product? own) => (Channel, _running, _own) = (channel, running, own);

    public MemoryChannel Channel { get; }

    /// <summary>How it ended; waits for that.</summary>
    public Task<ShellOutcome> Outcome => _running.WaitAsync(s_patience);

    public string Screen => Channel.Text();

    public static ShellRun Start(TestVault vault, Actor? actor = null, int columns = 80, int rows = 24, ShellState? state = null, string term = "xterm-256color", string place = "browse", ShellOptions? options = null) =>
        Start(vault.Product, vault.Time, actor, columns, rows, At(place, state), term, null, options);

    /// <summary>For an operator at the machine, over the vault of something that runs by the real clock.</summary>
    public static ShellRun Start(Product product, string place, int columns) => Start(product, TimeProvider.System, null, columns, 24, At(place, null), "xterm-256color", null);

    /// <summary>With a check of its own: its stages, its end, its patience.</summary>
    public static async Task<ShellRun> StartAsync(TestVault vault, Func<IProgress<CheckProgress>?, CancellationToken, Task<CheckReport>> check, int columns = 80, int rows = 24, string place = "browse")
    {
        SignInCheck signIn = (_, _, _, _, _, progress, ct) => check(progress, ct);
        Product product = TestVault.Ok(await Product.OpenAsync(vault.Folder, new VaultUnlock(), TestVault.Cheap, vault.Time, NullLoggerFactory.Instance, signIn, TestVault.Ct));
        return Start(product, vault.Time, null, columns, rows, At(place, null), "xterm-256color", product);
    }

    public void Type(string keys) => Channel.Type(keys);

    public Task SeesAsync(string text) => Channel.UntilShownAsync(text);

    public Task SeesNoMoreAsync(string text) => Channel.UntilGoneAsync(text);

    /// <summary>Types and waits for what must then be seen.</summary>
    public async Task TypeAsync(string keys, string sees)
    {
        Type(keys);
        await SeesAsync(sees);
    }

    /// <summary>A bracketed paste, as terminals send it.</summary>
    public void Paste(string text) => Type("\e[200~" + text + "\e[201~");

    public async ValueTask DisposeAsync()
    {
        Channel.Close();
        await Outcome;
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }

    // Most tests begin where the resources stand beside their accounts; a state that has been somewhere goes on there.
    private static ShellState At(string place, ShellState? state)
    {
        ShellState at = state ?? new ShellState();
        if (at.Places.Count == 0)
        {
            at.Places.Add(new Place(place));
        }

        return at;
    }

    private static ShellRun Start(Product product, TimeProvider time, Actor? actor, int columns, int rows, ShellState state, string term, Product? own, ShellOptions? options = null)
    {
        MemoryChannel channel = new(columns, rows, term);
        Shell shell = new(product, actor ?? Actor.Local("root"), (options ?? new ShellOptions()) with { GatewayHost = "gw" }, time);
        return new ShellRun(channel, shell.RunAsync(channel, state, CancellationToken.None), own);
    }
}
