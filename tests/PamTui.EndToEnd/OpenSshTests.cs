using System.Globalization;
using System.Text;
using PamTui.Servers;

namespace PamTui.EndToEnd;

/// <summary>OpenSSH's own client through the gateway: to the tool it is plain SSH.</summary>
public sealed class OpenSshTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    [Theory]
    [InlineData("alice@deploy@web-1")]
    [InlineData("alice+deploy+web-1")]
    [InlineData("alice@web-root")]
    [InlineData("alice@deploy")]
    public async Task Every_form_of_a_login_reaches_the_account(string login)
    {
        World world = await fixture.WorldAsync();

        RunResult result = await world.SshAsync("-l", login, "web", "id -un; echo $SSH_CONNECTION");

        Assert.StartsWith(Environment.UserName + "\n127.0.0.1 ", result.Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Destination_with_the_account_in_it_works_as_one_types_it()
    {
        World world = await fixture.WorldAsync();

        Assert.Equal("hello\n", (await world.SshAsync("alice@deploy@web-1@127.0.0.1", "echo hello")).Succeeded().Text);
    }

    [Fact]
    public async Task Unknown_account_and_account_without_a_grant_look_the_same()
    {
        World world = await fixture.WorldAsync();
        SshKeyFile bob = await SshKeyFile.MakeAsync(world.Files, "bob");
        (await world.Vault.HereAsync("user", "add", "bob", "--key", bob.Path + ".pub")).Succeeded();

        RunResult forbidden = await world.SshAsync("-i", bob.Path, "-l", "bob@deploy@web-1", "web", "id");
        RunResult unknown = await world.SshAsync("-i", bob.Path, "-l", "bob@deploy@web-9", "web", "id");

        Assert.NotEqual(0, forbidden.ExitCode);
        Assert.Equal(forbidden.ExitCode, unknown.ExitCode);
        Assert.Equal(forbidden.Error.Replace("web-1", "web-9", StringComparison.Ordinal), unknown.Error);
        Assert.Equal("", forbidden.Text + unknown.Text);
    }

    [Fact]
    public async Task Grant_lets_a_member_in_and_its_end_keeps_him_out()
    {
        World world = await fixture.WorldAsync();
        SshKeyFile carol = await SshKeyFile.MakeAsync(world.Files, "carol");
        (await world.Vault.HereAsync("user", "add", "carol", "--key", carol.Path + ".pub")).Succeeded();
        (await world.Vault.HereAsync("grant", "add", "carol", "env=prod", "--can", "connect")).Succeeded();

        (await world.SshAsync("-i", carol.Path, "-l", "carol@deploy@web-1", "web", "id")).Succeeded();
        long id = (await world.Vault.LookAsync("grant", "list", "--for", "carol"))[0].GetProperty("id").GetInt64();
        (await world.Vault.RunAsync("grant", "remove", id.ToString(CultureInfo.InvariantCulture), "--yes")).Succeeded();

        Assert.NotEqual(0, (await world.SshAsync("-i", carol.Path, "-l", "carol@deploy@web-1", "web", "id")).ExitCode);
    }

    [Fact]
    public async Task Exit_status_stdout_and_stderr_come_through_apart()
    {
        World world = await fixture.WorldAsync();

        RunResult result = (await world.SshAsync("web", "echo out; echo err >&2; exit 7")).Ended(7);

        Assert.Equal("out\n", result.Text);
        Assert.Equal("err\n", result.Error);
    }

    [Fact]
    public async Task Remote_program_ends_when_the_reader_of_its_output_has_gone()
    {
        World world = await fixture.WorldAsync();

        RunResult head = await world.BashAsync("set +o pipefail; ssh $F web yes | head -n 1", TimeSpan.FromSeconds(20));

        Assert.Equal("y\n", head.Succeeded().Text);
    }

    [Fact]
    public async Task Killed_remote_process_gives_its_signal()
    {
        World world = await fixture.WorldAsync();

        RunResult result = await world.SshAsync("-v", "web", "kill -TERM $$");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("rtype exit-signal", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_that_lives_on_end_of_input_works()
    {
        World world = await fixture.WorldAsync();
        string lines = string.Concat(Enumerable.Range(0, 200_000).Select(i => (i * 7919 % 200_000).ToString("D7", CultureInfo.InvariantCulture) + "\n"));

        RunResult result = await world.SshWithInputAsync(Encoding.ASCII.GetBytes(lines), "web", "sort");

        string sorted = string.Concat(lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(line => line + "\n"));
        Assert.Equal(sorted, result.Succeeded().Text);
    }

    [Fact]
    public async Task Language_reaches_the_target_and_other_variables_do_not()
    {
        World world = await fixture.WorldAsync();

        RunResult result = await world.BashAsync("LC_PAMTUI=here BASH_ENV=/tmp/evil ssh $F -o SendEnv='LC_PAMTUI BASH_ENV' web 'echo $LC_PAMTUI-$BASH_ENV'");

        Assert.Equal("here-\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Shell_under_a_terminal_sees_its_size_and_each_resize()
    {
        World world = await fixture.WorldAsync();
        await using Tmux tmux = await Tmux.StartAsync(90, 30, ["ssh", "-F", world.Config, "-tt", "web"]);

        await tmux.TypeAsync("PS1=; trap 'echo size-$(stty size | tr \" \" x)' WINCH; echo term-$TERM; echo first-$(stty size | tr ' ' x)\n");
        await tmux.SeesAsync("first-30x90");
        await tmux.SeesAsync("term-tmux-256color");
        await tmux.ResizeAsync(101, 37);
        await tmux.TypeAsync("\n");
        await tmux.SeesAsync("size-37x101");
        await tmux.TypeAsync("exit 3\n");
        Assert.Equal(3, await tmux.EndsAsync());
    }

    [Fact]
    public async Task Interrupt_typed_at_the_terminal_ends_the_remote_command()
    {
        World world = await fixture.WorldAsync();
        await using Tmux tmux = await Tmux.StartAsync(90, 30, ["ssh", "-F", world.Config, "-tt", "web", "echo ready; sleep 600; echo not-here"]);

        await tmux.SeesAsync("ready");
        await tmux.PressAsync("C-c");

        Assert.NotEqual(0, await tmux.EndsAsync());
    }

    [Fact]
    public async Task Ten_channels_run_on_one_connection()
    {
        World world = await fixture.WorldAsync();

        RunResult result = await world.BashAsync("""
            set -e
            S="-o ControlPath=$PWD/mux"
            ssh $F $S -o ControlMaster=yes -f -N web
            for i in 1 2 3 4 5 6 7 8 9 10; do ssh $F $S web "read x < <(sleep 0.3); echo channel-$i; exit $i" >out-$i & pids[$i]=$!; done
            for i in 1 2 3 4 5 6 7 8 9 10; do code=0; wait ${pids[$i]} || code=$?; echo "$(cat out-$i) ended $code"; done
            ssh $F $S -O exit web
            """);

        Assert.Equal(string.Concat(Enumerable.Range(1, 10).Select(i => $"channel-{i} ended {i}\n")), result.Succeeded().Text);
    }

    [Fact]
    public async Task Target_that_takes_no_more_sessions_is_relayed_as_it_says()
    {
        await using World world = await World.StartAsync(target: ["MaxSessions 2"]);

        RunResult result = await world.BashAsync("""
            S="-o ControlPath=$PWD/mux"
            ssh $F $S -o ControlMaster=yes -f web 'sleep 20' >/dev/null
            mkfifo running
            ssh $F $S web 'echo it runs; sleep 20' >running & second=$!
            exec 3<running; read -r line <&3
            ssh $F $S -o ControlMaster=no web 'exit 5' 2>&1
            kill $second; ssh $F $S -O exit web
            """);

        Assert.Contains("Session open refused by peer", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forwarding_is_refused_in_a_sentence_and_the_session_goes_on()
    {
        World world = await fixture.WorldAsync();

        RunResult jump = await world.SshAsync("-W", "127.0.0.1:22", "web");
        RunResult agent = await world.SshAsync("-A", "web", "echo agent-$SSH_AUTH_SOCK-");

        Assert.NotEqual(0, jump.ExitCode);
        Assert.Equal("agent--\n", agent.Succeeded().Text);
    }

    [Fact]
    public async Task Command_line_over_ssh_gives_the_same_json()
    {
        World world = await fixture.WorldAsync();

        RunResult local = await world.Vault.RunAsync("account", "list", "env=prod", "--json");
        RunResult remote = await world.SshAsync("gw", "account list 'env=prod' --json");

        Assert.Equal(local.Succeeded().Text, remote.Succeeded().Text);
        (await world.SshAsync("gw", "account show web-1/nobody")).Ended(3);
        (await world.SshAsync("gw", "account lst")).Ended(2);
        Assert.Equal(2, (await world.SshAsync("gw", "account list '(env=prod'")).ExitCode);
    }

    [Fact]
    public async Task Every_cipher_and_key_exchange_of_the_client_that_is_safe_connects()
    {
        World world = await fixture.WorldAsync();
        foreach (string cipher in (string[])["chacha20-poly1305@openssh.com", "aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"])
        {
            Assert.Equal("hello\n", (await world.SshAsync("-c", cipher, "web", "echo hello")).Succeeded().Text);
        }

        // A name with a plus adds to the client's own list, which it is in: what a client offers that was told nothing.
        foreach (string exchange in (string[])["+curve25519-sha256", "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512"])
        {
            Assert.Equal("hello\n", (await world.SshAsync("-o", "KexAlgorithms=" + exchange, "web", "echo hello")).Succeeded().Text);
        }

        Assert.NotEqual(0, (await world.SshAsync("-c", "aes128-cbc", "web", "echo hello")).ExitCode);
        Assert.NotEqual(0, (await world.SshAsync("-o", "KexAlgorithms=diffie-hellman-group14-sha1", "web", "echo hello")).ExitCode);
    }
}
