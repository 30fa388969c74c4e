using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests;

/// <summary>OpenSSH's client, the gateway, OpenSSH's server: to every tool it is plain SSH.</summary>
public sealed class RelaySshTests(RelaySshTests.Shared shared) : IClassFixture<RelaySshTests.Shared>
{
    private TestGateway Gateway => shared.Gateway;

    [Theory]
    [InlineData("alice@deploy@web-1")]
    [InlineData("alice+deploy+web-1")]
    [InlineData("alice@web")]
    public async Task Command_runs_on_the_target_with_its_output_its_errors_and_its_exit_status(string login)
    {
        RunResult result = await Gateway.SshAsync(login, "echo out; echo err >&2; exit 7");

        result.Ended(7);
        Assert.Equal("out\n", result.Text);
        Assert.EndsWith("err\n", result.Error, StringComparison.Ordinal); // sshd's own debug lines may stand before it.
        Assert.DoesNotContain("out", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_is_the_clients_own()
    {
        RunResult result = await Gateway.SshAsync("alice@web", "-tt", "stty size; test -t 0 && echo terminal");

        Assert.Contains("terminal", result.Succeeded().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filter_driven_by_end_of_file_ends()
    {
        RunResult result = await Gateway.SshAsync("alice@web", "b\na\nc\n"u8.ToArray(), "sort");

        Assert.Equal("a\nb\nc\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task C7_bytes_arrive_whole_both_ways_while_both_legs_rekey()
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(12 << 20);

        RunResult result = await Gateway.SshAsync("alice@web", bytes, "-o", "RekeyLimit=1M", "cat");

        Assert.True(bytes.AsSpan().SequenceEqual(result.Succeeded().Output));
        SessionRecord row = (await EndedAsync("closed"))[^1];
        Assert.True(row.BytesIn >= bytes.Length && row.BytesOut >= bytes.Length, row.ToString());
    }

    [Fact]
    public async Task Death_by_signal_is_told_as_such()
    {
        RunResult result = await Gateway.SshAsync("alice@web", "-v", "kill -TERM $$");

        Assert.Contains("exit-signal", result.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sftp_and_scp_move_files()
    {
        string source = Gateway.Temp.Write("source file", "content");
        string copy = Gateway.Temp.PathOf("copy");
        string back = Gateway.Temp.PathOf("back");

        RunResult put = await Run.ProgramAsync(
            "sftp", [.. Gateway.SshOptions(Gateway.AliceKey), "-b", "-", "alice@deploy@web-1@127.0.0.1"], Encoding.UTF8.GetBytes($"put \"{source}\" {copy}\nls -l {copy}\n"));
        RunResult get = await Run.ProgramAsync("scp", [.. Gateway.SshOptions(Gateway.AliceKey), "-O", "alice@deploy@web-1@127.0.0.1:" + copy, back], null);

        put.Succeeded();
        get.Succeeded();
        Assert.Equal("content", await File.ReadAllTextAsync(back));
    }

    [Fact]
    public async Task C14_many_channels_share_one_connection_and_one_session()
    {
        int before = (await Gateway.SessionsAsync()).Count;
        string socket = Gateway.Temp.PathOf("mux");
        await using ServerProcess master = Gateway.StartSsh("alice@web", "-M", "-N", "-oControlPath=" + socket, "-oControlPersist=no");
        await Poll.UntilAsync("the master's socket", () => File.Exists(socket));

        RunResult[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Gateway.SshAsync("alice@web", "-S", socket, "echo " + i)));

        Assert.Equal(Enumerable.Range(0, 6).Select(i => i + "\n"), results.Select(result => result.Succeeded().Text));
        Assert.Equal(before + 1, (await Gateway.SessionsAsync()).Count);
    }

    [Fact]
    public async Task C8_refusal_of_a_further_session_by_the_target_reaches_the_client()
    {
        await using Sshd narrow = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [Gateway.TargetKey.PublicLine], Config: ["MaxSessions 1"]));
        await Gateway.AddResourceAsync("narrow", narrow.Port, narrow.HostKey.Fingerprint);
        await Gateway.AddAccountAsync("narrow/deploy", "narrow");
        string socket = Gateway.Temp.PathOf("mux-narrow");
        await using ServerProcess master = Gateway.StartSsh("alice@narrow", "-M", "-tt", "-oControlPath=" + socket, "echo ready; cat");
        await master.LineAsync("ready");

        RunResult second = await Gateway.SshAsync("alice@narrow", "-S", socket, "-o", "ControlMaster=no", "true");

        Assert.Contains("refused by peer", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C11_listed_environment_passes_and_no_other()
    {
        RunResult result = await Gateway.SshAsync("alice@web", "-o", "SetEnv=LC_PAMTUI=yes LD_PRELOAD=/no/such.so", "env");

        Assert.Contains("LC_PAMTUI=yes", result.Succeeded().Text, StringComparison.Ordinal);
        Assert.DoesNotContain("LD_PRELOAD", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C9_forwarding_of_every_kind_is_refused_in_words()
    {
        RunResult local = await Gateway.SshAsync("alice@web", "-W", "127.0.0.1:" + Gateway.Target.Port);
        RunResult remote = await Gateway.SshAsync("alice@web", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "true");
        RunResult console = await Gateway.SshAsync("alice", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1", "-N");

        Assert.Contains("no forwarding", local.Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains("remote port forwarding failed", remote.Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains("remote port forwarding failed", console.Ended(255).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice@web")]
    [InlineData("alice")]
    public async Task C9_forwarding_that_was_refused_is_told_in_the_audit_with_where_it_was_to_lead(string login)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        await gateway.SshAsync(login, "-W", "db.internal:5432");
        await gateway.SshAsync(login, "-o", "ExitOnForwardFailure=yes", "-R", "8022:127.0.0.1:1", "-N");
        await gateway.SshAsync(login, "-o", "ExitOnForwardFailure=yes", "-R", "/run/x.sock:127.0.0.1:1", "-N");

        IReadOnlyList<AuditRow> told = await RefusedAsync(gateway);

        Assert.Equal(
            ["db.internal:5432 way=local", "localhost:8022 way=remote", "/run/x.sock way=remote"],
            told.Select(row => $"{row.Target} {row.Details}"));
        Assert.All(told, row => Assert.Equal(("alice", "127.0.0.1"), (row.Actor, row.Source)));
    }

    [Fact]
    public async Task C9_every_host_asked_of_a_proxy_is_told_until_there_are_too_many()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        int port = FreePort.Next();
        await using ServerProcess proxy = gateway.StartSsh(
            "alice", "-N", "-oPermitLocalCommand=yes", "-oLocalCommand=echo listening", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"-D127.0.0.1:{port}"));
        await proxy.LineAsync("listening");

        for (int i = 0; i < 25; i++)
        {
            await Socks4Async(port, i);
        }

        IReadOnlyList<AuditRow> told = await RefusedAsync(gateway);
        Assert.Equal(20, told.Count);
        Assert.Equal(("192.0.2.0:80", "way=local"), (told[0].Target, told[0].Details));
        Assert.Equal(("192.0.2.19:80", "way=local further=untold"), (told[^1].Target, told[^1].Details));
    }

    private static async Task<IReadOnlyList<AuditRow>> RefusedAsync(TestGateway gateway) =>
        [.. (await gateway.Product.Audit.ListAsync(Actor.System, "action=forward.refuse", new PageRequest(), TestClient.Ct)).Value.Items.Reverse()];

    // Asks the proxy for 192.0.2.HOST, and waits until it says no.
    private static async Task Socks4Async(int port, int host)
    {
        using System.Net.Sockets.TcpClient client = new();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, port, TestClient.Ct);
        System.Net.Sockets.NetworkStream stream = client.GetStream();
        await stream.WriteAsync(new byte[] { 4, 1, 0, 80, 192, 0, 2, (byte)host, 0 }, TestClient.Ct);
        byte[] some = new byte[16];
        while (await stream.ReadAsync(some, TestClient.Ct) > 0)
        {
        }
    }

    [Fact]
    public async Task C10_agent_and_display_are_not_forwarded()
    {
        RunResult result = await Run.ProgramAsync(
            "ssh", [.. Gateway.SshOptions(Gateway.AliceKey), "-A", "-X", "alice@web@127.0.0.1", "echo agent=$SSH_AUTH_SOCK display=$DISPLAY"], null);

        Assert.Equal("agent= display=\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Target_sees_the_stored_key_and_never_the_users()
    {
        await Gateway.SshAsync("alice@web", "true");

        Assert.Contains(Gateway.TargetKey.Fingerprint, Gateway.Target.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Gateway.AliceKey.Fingerprint, Gateway.Target.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C12_client_that_dies_ends_its_session_and_the_targets_process()
    {
        await using ServerProcess ssh = Gateway.StartSsh("alice@web", "-tt", "echo ready; exec cat");
        await ssh.LineAsync("ready");

        ssh.Signal(Signals.Kill);

        await Poll.UntilAsync("no live session", async () => (await Gateway.SessionsAsync(liveOnly: true)).Count == 0);
    }

    [Fact]
    public async Task C12_target_that_dies_ends_the_session_and_the_client()
    {
        await using Sshd target = await Sshd.StartAsync(new SshdOptions(AuthorizedKeys: [Gateway.TargetKey.PublicLine]));
        await Gateway.AddResourceAsync("mortal", target.Port, target.HostKey.Fingerprint);
        await Gateway.AddAccountAsync("mortal/deploy", "mortal");
        await using ServerProcess ssh = Gateway.StartSsh("alice@mortal", "-tt", "echo ready; exec cat");
        await ssh.LineAsync("ready");

        target.KillSessions();

        await ssh.ExitedAsync();
        Assert.Equal(255, ssh.ExitCode);
        await EndedAsync("connection to the target lost");
    }

    private async Task<List<SessionRecord>> EndedAsync(string reason)
    {
        List<SessionRecord> rows = [];
        await Poll.UntilAsync(
            "a session that ended: " + reason,
            async () => (rows = [.. (await Gateway.SessionsAsync()).Where(row => row.EndReason == reason).OrderBy(row => row.Id)]).Count > 0);
        return rows;
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync();

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
