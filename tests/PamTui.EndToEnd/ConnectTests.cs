using System.Globalization;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>`pamtui connect` and Enter on the full screen: the same session through the gateway, of a Linux account or of a database's.</summary>
public sealed class ConnectTests(ConnectFixture fixture) : IClassFixture<ConnectFixture>
{
    [Fact]
    public async Task Command_runs_on_the_target_and_its_output_and_status_are_those_of_connect()
    {
        RunResult whole = (await ConnectAsync(null, "web-1/deploy", "--", "cat; echo on stderr >&2; exit 7")).Ended(7);
        RunResult byAlias = await ConnectAsync(null, "web-root", "--", "echo", "two  words", "|", "cat");

        Assert.Equal(("", "on stderr\n"), (whole.Text, whole.Error));
        Assert.Equal("two words\n", byAlias.Succeeded().Text);
        Assert.Equal("from stdin", (await ConnectAsync("from stdin", "deploy@web-1", "--", "cat")).Succeeded().Text);
        Assert.Contains("web-1/deploy", (await fixture.RunAsync(fixture.Alice, null, "account", "list", "--recent")).Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statements_run_in_the_database_and_the_status_tells_a_failed_one_from_a_lost_connection()
    {
        Assert.Equal(" two\n-----\n   2\n(1 row)\n\n", (await ConnectAsync(null, "shop-db/analytics", "--", "select 1 + 1 as two")).Succeeded().Text);
        Assert.Contains("here\n", (await ConnectAsync("\\pset format csv\nselect 'here' as it;\n", "analytics@shop-db")).Succeeded().Text, StringComparison.Ordinal);

        RunResult failed = (await ConnectAsync("select nonsense;\nselect 'never';\n", "analytics")).Ended(1);
        RunResult lost = (await ConnectAsync(null, "analytics", "--", "select pg_terminate_backend(pg_backend_pid())")).Ended(2);

        Assert.Equal("", failed.Text);
        Assert.Contains("ERROR:  column \"nonsense\" does not exist", failed.Error, StringComparison.Ordinal);
        Assert.Contains("terminating connection", lost.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_that_is_none_or_another_s_is_refused_in_a_sentence()
    {
        RunResult misspelt = (await ConnectAsync(null, "web-1/deploy/more")).Ended(2);
        RunResult absent = await ConnectAsync(null, "web-1/nobody", "--", "true");
        RunResult refused = await fixture.RunAsync(fixture.Bob, null, "connect", "shop-db/analytics", "--", "select 1");

        Assert.Contains("write ACCOUNT@RESOURCE, RESOURCE/ACCOUNT, or an alias", misspelt.Error, StringComparison.Ordinal);
        Assert.Equal((255, 255), (absent.ExitCode, refused.ExitCode));
        Assert.Contains("there is no account 'nobody' on 'web-1'", absent.Error, StringComparison.Ordinal);
        Assert.Contains("that you may use", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enter_at_the_machine_opens_the_prompt_and_leaving_it_comes_back_to_the_same_place()
    {
        await using Tmux terminal = await Tmux.StartAsync(80, 24, [Vault.Program, "--data", fixture.World.Vault.Data], fixture.EnvironmentOf(fixture.Alice));

        await EnterAndLeaveAsync(terminal);
    }

    [Fact]
    public async Task Enter_over_ssh_opens_the_prompt_and_leaving_it_comes_back_to_the_same_place()
    {
        await using Tmux terminal = await Tmux.StartAsync(80, 24, ["ssh", "-F", fixture.World.Config, "gw"]);

        await EnterAndLeaveAsync(terminal);
    }

    private static async Task EnterAndLeaveAsync(Tmux terminal)
    {
        await terminal.SeesAsync("YOUR ACCOUNTS");
        await terminal.PressAsync("/");
        await terminal.SeesAsync("ACCOUNT            ");
        await terminal.TypeAsync("kind=postgresql");
        await terminal.SeesAsync("1/2");
        await terminal.PressAsync("Enter", "Enter");
        await terminal.SeesAsync("shop=>");
        await terminal.TypeAsync("select 'in ' || current_user;");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("in analytics");
        await terminal.TypeAsync("\\q");
        await terminal.PressAsync("Enter");
        await terminal.SeesAsync("1/2");
        await terminal.SeesAsync("shop-db/analytics");

        // What it asked is there for who may see it, as `session statements` prints it.
        await terminal.PressAsync("4");
        await terminal.SeesAsync("sessions › ");
        await terminal.PressAsync("t");
        await terminal.SeesAsync("STATEMENTS of session");
        await terminal.SeesAsync("select 'in ' ||");
        await terminal.PressAsync("G", "Enter");
        await terminal.SeesAsync("Statement 2 of session");
        await terminal.SeesAsync("select 'in ' || current_user");
        await terminal.PressAsync("Escape");
        await terminal.SeesNoMoreAsync("Statement 2 of session");
        await terminal.PressAsync("q");

        Assert.Equal(0, await terminal.EndsAsync());
    }

    private Task<RunResult> ConnectAsync(string? input, params string[] arguments) => fixture.RunAsync(fixture.Alice, input, ["connect", .. arguments]);
}

/// <summary>A world with a database; alice may everything, bob signs in and may nothing. Their keys are in agents of theirs.</summary>
public sealed class ConnectFixture : IAsyncLifetime
{
    private Postgres _postgres = null!;

    public World World { get; private set; } = null!;

    public Agent Alice { get; private set; } = null!;

    public Agent Bob { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Task<Postgres> starting = Postgres.StartAsync();
        World = await World.StartAsync();
        Alice = await Agent.StartAsync(World.Alice);
        SshKeyFile bob = await SshKeyFile.MakeAsync(World.Files, "bob");
        Bob = await Agent.StartAsync(bob);
        (await World.Vault.HereAsync("user", "add", "bob", "--key", bob.Path + ".pub")).Succeeded();
        _postgres = await starting;
        await _postgres.SqlAsync("CREATE ROLE analytics LOGIN PASSWORD 'right'");
        await _postgres.SqlAsync("CREATE DATABASE shop OWNER analytics");
        string port = _postgres.Port.ToString(CultureInfo.InvariantCulture);
        string ca = World.Files.Write("pg-ca.pem", _postgres.Ca.Pem);
        (await World.Vault.HereAsync("resource", "add", "shop-db", "--kind", "postgresql", "--host", Postgres.Host, "--port", port, "--database", "shop", "--tls-ca", ca)).Succeeded();
        (await World.Vault.HereWithInputAsync("right\n", "account", "add", "shop-db/analytics", "--username", "analytics", "--password-stdin", "--alias", "analytics")).Succeeded();
    }

    public Task<RunResult> RunAsync(Agent who, string? input, params string[] arguments) => Run.ProgramAsync(
        Vault.Program, ["--data", World.Vault.Data, .. arguments], input is null ? null : Encoding.UTF8.GetBytes(input), EnvironmentOf(who).ToDictionary(pair => pair.Key, string? (pair) => pair.Value));

    public Dictionary<string, string> EnvironmentOf(Agent who) => new()
    {
        ["SSH_AUTH_SOCK"] = who.Socket,
        ["PAMTUI__Gateway__Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{World.Gateway.Port}"),
        ["PAMTUI__Tui__User"] = who == Bob ? "bob" : "alice",
    };

    public async ValueTask DisposeAsync()
    {
        await Alice.DisposeAsync();
        await Bob.DisposeAsync();
        await World.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
