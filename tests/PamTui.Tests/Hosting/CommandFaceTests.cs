using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Gateway.Console;
using PamTui.Hosting;

namespace PamTui.Tests.Hosting;

public sealed class CommandFaceTests : IAsyncLifetime
{
    private readonly DirectoryInfo _temp = Directory.CreateTempSubdirectory("pamtui-test-");
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();
    private Product _product = null!;
    private User _alice = null!;

    public async ValueTask InitializeAsync()
    {
        DataFolder folder = DataFolder.CreateOrOpen(Path.Combine(_temp.FullName, "vault")).Value;
        await Product.InitAsync(folder, new VaultUnlock(), MasterKeyForm.File, TimeProvider.System, ("alice", null), CancellationToken.None);
        _product = (await Product.OpenAsync(folder, new VaultUnlock(), new CoreOptions(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None)).Value;
        _alice = (await _product.Users.FindAsync(Actor.System, "alice", CancellationToken.None)).Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _product.DisposeAsync();
        _temp.Delete(recursive: true);
    }

    [Fact]
    public async Task A_command_answers_on_the_channel_with_its_exit_status()
    {
        Assert.Equal(0, await RunAsync("resource list --json"));
        Assert.Equal("[]\n", Out);
        Assert.Equal(2, await RunAsync("account 'open"));
        Assert.Contains("not closed", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_terminal_a_secret_comes_on_stdin_only()
    {
        Assert.Equal(2, await RunAsync("user password alice"));
        Assert.Contains("--password-stdin", Error, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("user password alice --password-stdin", "a long enough one\n"));
    }

    [Fact]
    public async Task On_a_terminal_a_secret_is_asked_for_without_an_echo()
    {
        int code = await RunAsync("user password alice", "a long enough onX\u007fe\ra long enough one\r", new ConsoleTerminal("xterm", 80, 24, CancellationToken.None));
        Assert.True(code == 0, Out);
        Assert.DoesNotContain("enough", Out, StringComparison.Ordinal);
        Assert.Contains("New password of alice: \r\n", Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", Out.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_terminal_a_removal_asks_and_shows_what_is_typed()
    {
        await RunAsync("user add bob");
        Assert.Equal(0, await RunAsync("user remove bob", "bob\r", new ConsoleTerminal("xterm", 80, 24, CancellationToken.None)));
        Assert.Contains("to go on: bob\r\n", Out, StringComparison.Ordinal);
    }

    private string Out => Encoding.UTF8.GetString(_output.ToArray());

    private string Error => Encoding.UTF8.GetString(_error.ToArray());

    private Task<int> RunAsync(string command, string input = "", ConsoleTerminal? terminal = null)
    {
        _output.SetLength(0);
        _error.SetLength(0);
        ConsoleRequest request = new(_alice, "192.0.2.1", terminal, command, new MemoryStream(Encoding.UTF8.GetBytes(input)), _output, _error, null);
        return CommandFace.RunAsync(_product, request, command, TimeProvider.System, CancellationToken.None);
    }
}
