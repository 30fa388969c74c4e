using System.IO.Pipelines;
using System.Text;
using PamTui.Commands;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Core.Vault;
using PamTui.Servers;

namespace PamTui.Tests.Commands;

public sealed class HistoryVerbTests : IDisposable
{
    private readonly CommandLineHarness _line = new();

    [Fact]
    public async Task Sessions_and_audit_are_listed_by_filter_and_time()
    {
        await SampleAsync();

        Assert.Contains("alice", (await _line.RunAsync("session list 'user=alice' --live --since 1h")).Out, StringComparison.Ordinal);
        Assert.Equal("[]\n", (await _line.RunAsync("session list user=bob --json")).Out);
        Assert.Equal("[]\n", (await _line.RunAsync("session list --until 1h --json")).Out);
        Assert.Equal(2, (await _line.RunAsync("session list color=red")).Code);
        Assert.Contains("session.start", (await _line.RunAsync("audit list 'action=session.start target=web-1/deploy' --since 1h")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await _line.RunAsync("audit list --since yesterday")).Code);
    }

    [Fact]
    public async Task Checks_of_an_account_are_listed()
    {
        await SampleAsync();
        await _line.RunAsync("account check web-1/deploy");

        Assert.Contains("unreachable", (await _line.RunAsync("account checks web-1/deploy")).Out, StringComparison.Ordinal);
        string json = (await _line.RunAsync("account checks web-1/deploy --json")).Out;
        Assert.Contains("\"health\": \"unreachable\"", json, StringComparison.Ordinal);
        Assert.Contains("\"cause\": \"", json, StringComparison.Ordinal);
        Assert.Equal(3, (await _line.RunAsync("account checks web-1/nobody")).Code);
    }

    [Fact]
    public async Task User_is_shown_with_sessions_and_last_sign_in()
    {
        await SampleAsync();

        string shown = (await _line.RunAsync("user show alice")).Out;

        Assert.Contains("Sessions      1, 1 live", shown, StringComparison.Ordinal);
        Assert.Contains("Last sign-in  never", shown, StringComparison.Ordinal);
        Assert.Contains("\"liveSessions\": 1", (await _line.RunAsync("user show alice --json")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grants_are_listed_by_what_they_reach_and_given_another_end()
    {
        await SampleAsync();

        Assert.Contains("alice", (await _line.RunAsync("grant list --on web-1/deploy --holding")).Out, StringComparison.Ordinal);
        Assert.Equal(3, (await _line.RunAsync("grant list --on web-9")).Code);
        Assert.Equal("[]\n", (await _line.RunAsync("grant list --for group:ops --json")).Out);
        await _line.OkAsync("grant edit 1 --until 7d");
        Assert.Contains("\"until\": \"2", (await _line.RunAsync("grant list --user alice --json")).Out, StringComparison.Ordinal);
        await _line.OkAsync("grant edit 1 --until never");
        Assert.Contains("\"until\": null", (await _line.RunAsync("grant list --json")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await _line.RunAsync("grant edit 1 --until 2020-01-01")).Code);
        await _line.OkAsync("grant edit 1 --can connect,audit --until 7d");
        Assert.Contains("1", (await _line.RunAsync("grant list can=audit")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await _line.RunAsync("grant edit 1")).Code);
        Assert.Equal("It would reach 1 account now: web-1/deploy.\n", (await _line.RunAsync("grant add alice web-1/* --can connect --dry-run")).Out);
        Assert.Contains("\"count\": 0", (await _line.RunAsync("grant add alice team=nobody --can connect --dry-run --json")).Out, StringComparison.Ordinal);
        await _line.OkAsync("group add ops");
        await _line.OkAsync("group rename ops operators");
        Assert.Contains("operators", (await _line.RunAsync("group show operators")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_are_listed_by_filter_with_their_last_sign_in()
    {
        await SampleAsync();

        string listed = (await _line.RunAsync("user list role=admin")).Out;
        Assert.Contains("last sign-in", listed, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("alice", listed, StringComparison.Ordinal);
        Assert.Equal("[]\n", (await _line.RunAsync("user list 'role=admin state=disabled' --json")).Out);
        Assert.Contains("\"lastSignIn\": null", (await _line.RunAsync("user list alice --json")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await _line.RunAsync("user list color=red")).Code);
        Assert.Equal("[]\n", (await _line.RunAsync("group list member=alice --json")).Out);
    }

    [Fact]
    public async Task Own_theme_is_set_and_told()
    {
        await SampleAsync();

        Assert.Equal("terminal\n", (await _line.RunAsync("settings get theme")).Out);
        await _line.OkAsync("settings set theme high-contrast");
        Assert.Contains("\"theme\": \"high-contrast\"", (await _line.RunAsync("settings list --json")).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await _line.RunAsync("settings set theme pink")).Code);
        Assert.Equal(3, (await _line.RunAsync("settings get colour")).Code);
    }

    [Fact]
    public async Task Watch_over_ssh_draws_the_live_sessions_and_ends_with_ctrl_c()
    {
        await SampleAsync();
        await using Product product = await OpenAsync();
        Pipe keys = new();
        using Screen output = new();
        Task<int> running = CommandLine.RunAsync(["session", "watch"], await TerminalAsync(product, keys, output), TestContext.Current.CancellationToken);
        await Poll.UntilAsync("the live session", () => output.Text.Contains("web-1/deploy", StringComparison.Ordinal));

        await product.Sessions.EndAsync(1, "closed", 0, 0, TestContext.Current.CancellationToken);
        await Poll.UntilAsync("the end of it", () => output.Text.Contains("0 live at", StringComparison.Ordinal));
        await keys.Writer.WriteAsync("\x03"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal(0, await running);
        Assert.Contains("1 live at", output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Followed_audit_goes_on_with_what_is_written_and_ends_when_the_person_goes()
    {
        await SampleAsync();
        await using Product product = await OpenAsync();
        Pipe keys = new();
        using Screen output = new();
        Task<int> running = CommandLine.RunAsync(["audit", "list", "--follow", "--limit", "1"], await TerminalAsync(product, keys, output), TestContext.Current.CancellationToken);
        await Poll.UntilAsync("the last row", () => output.Text.Contains("session.start", StringComparison.Ordinal));

        await _line.OkAsync("group add ops");
        await Poll.UntilAsync("the new row", () => output.Text.Contains("group.add ops", StringComparison.Ordinal));
        await keys.Writer.CompleteAsync();

        Assert.Equal(0, await running);
        Assert.Equal(2, output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    public void Dispose() => _line.Dispose();

    // alice is an admin with one live session.
    private async Task SampleAsync()
    {
        await _line.OkAsync("init");
        await _line.OkAsync("resource add web-1 --kind linux --host h --host-key SHA256:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg");
        await _line.OkAsync("account add web-1/deploy --username u --password-stdin --unverified", "pw");
        await _line.OkAsync("user add alice --role admin");
        await _line.OkAsync("grant add alice web-1/deploy --can connect");
        await using Product product = await OpenAsync();
        User alice = (await product.Users.FindAsync(Actor.System, "alice", CancellationToken.None)).Value;
        Core.Access.AccessGrant grant = (await product.Authorizer.AuthorizeAsync(alice.Id, new AccountRef("web-1", "deploy"), Capability.Connect, CancellationToken.None))!;
        Assert.True((await product.Sessions.StartAsync(grant, "192.0.2.1", "n", null, CancellationToken.None)).IsOk);
    }

    private async Task<Product> OpenAsync() => (await Product.OpenAsync(
        DataFolder.Open(_line.Folder).Value, new VaultUnlock(), new CoreOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None)).Value;

    private static async Task<CommandContext> TerminalAsync(Product product, Pipe keys, TextWriter output)
    {
        User alice = (await product.Users.FindAsync(Actor.System, "alice", CancellationToken.None)).Value;
        return new CommandContext
        {
            Input = keys.Reader.AsStream(),
            Output = output,
            Error = output,
            OnTerminal = true,
            Time = TimeProvider.System,
            Session = new RemoteSession(product, new Actor("alice", alice.Id, Role.Admin, "192.0.2.1")),
        };
    }

    // Read while it is written.
    private sealed class Screen : TextWriter
    {
        private readonly Lock _gate = new();
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public string Text
        {
            get
            {
                lock (_gate)
                {
                    return _text.ToString();
                }
            }
        }

        public override void Write(char value)
        {
            lock (_gate)
            {
                _text.Append(value);
            }
        }
    }
}
