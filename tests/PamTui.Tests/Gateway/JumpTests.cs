using System.Buffers;
using System.Globalization;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Gateway;
using PamTui.Gateway.Console;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Wire;

namespace PamTui.Tests.GatewayTests;

/// <summary>`ssh -J alice@gw web-root`: the account as the host of a plain tool.</summary>
public sealed class JumpTests(JumpTests.Shared shared) : IClassFixture<JumpTests.Shared>
{
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(5);

    private TestGateway Gateway => shared.Gateway;

    [Theory]
    [InlineData("web", "web-1/deploy")]
    [InlineData("web.pam", "web-1/deploy")]
    [InlineData("root@web", "web-1/deploy")]
    [InlineData("deploy@web", "web-1/deploy")]
    [InlineData("only", "web-2/only")]
    [InlineData("deploy@web-1", "web-1/deploy")]
    [InlineData("deploy@web-2", "web-2/deploy")]
    [InlineData("deploy@web-2.pam", "web-2/deploy")]
    [InlineData("deploy+web-2", "web-2/deploy")]
    [InlineData("root@deploy+web-2.pam", "web-2/deploy")]
    public async Task Host_is_an_alias_an_account_or_the_resource_of_the_account_before_it(string destination, string account)
    {
        int before = (await Gateway.SessionsAsync()).Count;

        RunResult result = await Gateway.JumpAsync(destination, "echo out; echo err >&2; exit 7");

        Assert.Equal("out\n", result.Ended(7).Text);
        Assert.Contains("err\n", result.Error, StringComparison.Ordinal);
        SessionRecord row = (await Gateway.SessionsAsync())[before];
        Assert.Equal((account, "alice", "127.0.0.1"), (row.Resource + "/" + row.Account, row.User, row.Source));
        await Poll.UntilAsync("the end in the row", async () => (await Gateway.SessionsAsync())[before].EndReason == "closed");
        Assert.True((await Gateway.SessionsAsync())[before].BytesOut >= 8);
    }

    [Fact]
    public async Task F6_two_readings_that_differ_open_neither_and_name_both()
    {
        await Gateway.AddResourceAsync("both", Gateway.Target.Port, Gateway.Target.HostKey.Fingerprint);
        await Gateway.AddAccountAsync("both/twin");
        await Gateway.AddAccountAsync("web-1/two", "both");
        int before = (await Gateway.SessionsAsync()).Count;

        RunResult doubtful = await Gateway.JumpAsync("twin@both", "echo never");

        Assert.Contains("'both' can mean several accounts here; name one of them as the host: twin+both, two+web-1", doubtful.Ended(255).Error, StringComparison.Ordinal);
        Assert.Equal(before, (await Gateway.SessionsAsync()).Count);
        (await Gateway.JumpAsync("someone@both", "true")).Succeeded();
        (await Gateway.JumpAsync("twin+both", "true")).Succeeded();
        Assert.Equal(["two", "twin"], (await Gateway.SessionsAsync()).Skip(before).Select(row => row.Account));
    }

    [Fact]
    public async Task Name_of_accounts_on_several_resources_is_refused_with_a_list()
    {
        RunResult result = await Gateway.JumpAsync("deploy", "echo never");

        Assert.Contains("'deploy' can mean several accounts here; name one of them as the host: deploy+web-1, deploy+web-2", result.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C9_unknown_forbidden_and_real_hosts_are_told_the_same_and_nothing_is_dialled()
    {
        string config = Gateway.JumpConfig(Gateway.BobKey, "bob");
        int connections = Connections();
        List<string> told = [];
        foreach (string host in (string[])["web-9", "web", "web-1", "only", "deploy+web-1", "x+y", "127.0.0.1", "localhost", "..", "a+b+c"])
        {
            RunResult result = await Run.ProgramAsync("ssh", ["-F", config, "-W", $"{host}:{Gateway.Target.Port}", "gw"], null);
            told.Add(result.Ended(255).Error.Replace("'" + host + "'", "'HOST'", StringComparison.Ordinal));
        }

        Assert.Contains("there is no account 'HOST' that you may use.", Assert.Single(told.Distinct()), StringComparison.Ordinal);
        Assert.Equal(connections, Connections());
    }

    [Fact]
    public async Task Account_without_a_grant_on_a_resource_with_one_is_told_as_unknown()
    {
        await Gateway.AddResourceAsync("half", Gateway.Target.Port, Gateway.Target.HostKey.Fingerprint);
        await Gateway.AddAccountAsync("half/kept");
        await Gateway.AddAccountAsync("half/given");
        TestGateway.Ok(await Gateway.Product.Grants.AddAsync(TestGateway.Local, new GrantDraft("bob", "half/given", Capability.Connect), CancellationToken.None));
        string config = Gateway.JumpConfig(Gateway.BobKey, "bob");

        RunResult forbidden = await Run.ProgramAsync("ssh", ["-F", config, "-J", "gw", "kept@half", "echo never"], null);
        RunResult unknown = await Run.ProgramAsync("ssh", ["-F", config, "-J", "gw", "nobody@half", "echo never"], null);
        RunResult may = await Run.ProgramAsync("ssh", ["-F", config, "-J", "gw", "given@half", "echo in"], null);

        Assert.Equal(forbidden.Ended(255).Error, unknown.Ended(255).Error);
        Assert.Contains("there is no account 'half' that you may use.", unknown.Error, StringComparison.Ordinal);
        Assert.Equal("in\n", may.Succeeded().Text);
    }

    [Fact]
    public async Task Files_terminals_and_many_channels_go_through_a_jump()
    {
        string config = Gateway.JumpConfig(Gateway.AliceKey, "alice");
        string source = Gateway.Temp.Write("jump source", new string('x', 3_000_000));
        string copy = Gateway.Temp.PathOf("jump-copy");
        string back = Gateway.Temp.PathOf("jump-back");

        (await Run.ProgramAsync("sftp", ["-F", config, "-J", "gw", "-b", "-", "web"], Encoding.UTF8.GetBytes($"put \"{source}\" {copy}\n"))).Succeeded();
        (await Run.ProgramAsync("scp", ["-F", config, "-J", "gw", "-O", "web:" + copy, back], null)).Succeeded();
        RunResult terminal = await Gateway.JumpAsync("-tt", "web", "stty size; echo $TERM");
        string socket = Gateway.Temp.PathOf("jump-mux");
        await using ServerProcess master = ServerProcess.Start(Tools.Need("ssh"), ["-F", config, "-J", "gw", "-M", "-N", "-S", socket, "web"]);
        await Poll.UntilAsync("the master's socket", () => File.Exists(socket));
        RunResult[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Run.ProgramAsync("ssh", "-F", config, "-S", socket, "web", "echo " + i)));

        Assert.Equal(await File.ReadAllTextAsync(source), await File.ReadAllTextAsync(back));
        Assert.Matches("\\d+ \\d+\r\n\\w+\r\n$", terminal.Succeeded().Text);
        Assert.Equal(Enumerable.Range(0, 6).Select(i => i + "\n"), results.Select(result => result.Succeeded().Text));
    }

    [Fact]
    public async Task Filter_through_a_jump_with_rekeys_of_both_connections_loses_nothing()
    {
        byte[] much = new byte[6_000_000];
        new Random(7).NextBytes(much);
        string config = Gateway.JumpConfig(Gateway.AliceKey, "alice");

        RunResult result = await Run.ProgramAsync(
            "ssh", ["-F", config, "-o", $"ProxyCommand=ssh -F {config} -o RekeyLimit=1M -W %h:%p gw", "-o", "RekeyLimit=1M", "web", "cat"], much);

        Assert.Equal(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(much)), Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(result.Succeeded().Output)));
    }

    [Fact]
    public async Task Nobody_jumps_on_from_a_jump()
    {
        RunResult nested = await Run.ProgramAsync("ssh", "-F", Gateway.JumpConfig(Gateway.AliceKey, "alice"), "-J", "gw,web", "only", "echo never");
        RunResult forward = await Gateway.JumpAsync("-W", "127.0.0.1:" + Gateway.Target.Port.ToString(CultureInfo.InvariantCulture), "web");

        Assert.Contains("no forwarding", nested.Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains("no forwarding", forward.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_behind_the_jump_shows_the_gateways_own_key()
    {
        string config = Gateway.JumpConfig(Gateway.AliceKey, "alice");
        string other = Gateway.Temp.Write("known_target", $"gateway {Gateway.TargetKey.PublicLine}\n");

        RunResult wrong = await Run.ProgramAsync(
            "ssh", ["-F", config, "-o", "UserKnownHostsFile=" + other, "-o", $"ProxyCommand=ssh -F {config} -W %h:%p gw", "web", "true"], null);

        Assert.Contains("Host key verification failed", wrong.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B5_inner_sign_in_is_the_outer_users_and_nobody_elses()
    {
        // Of its own: the row of a client that is gone right after its sign-in may come when the next test has begun.
        await using TestGateway gateway = await TestGateway.StartAsync();
        using SshPrivateKey alice = SshPrivateKey.Parse(gateway.AliceKey.PrivateBytes);
        using SshPrivateKey bob = SshPrivateKey.Parse(gateway.BobKey.PrivateBytes);
        await using Outer outer = await Outer.SignInAsync(gateway, "alice", gateway.AliceKey);

        await using (SshTransport own = await outer.JumpAsync("web"))
        {
            Assert.IsType<ClientAuthResult.Success>(await ClientAuthentication.RunAsync(own, "anybody", new KeyCredential(alice), TestClient.Ct));
        }

        await using (SshTransport other = await outer.JumpAsync("web"))
        {
            Assert.Equal(["publickey"], Assert.IsType<ClientAuthResult.Refused>(await ClientAuthentication.RunAsync(other, "bob", new KeyCredential(bob), TestClient.Ct)).Methods);
        }

        await using SshTransport password = await outer.JumpAsync("web");
        Assert.IsType<ClientAuthResult.Refused>(await ClientAuthentication.RunAsync(password, "alice", new PasswordCredential("x"u8.ToArray()), TestClient.Ct));
    }

    [Fact]
    public async Task B2_without_an_outer_sign_in_none_lets_nobody_in()
    {
        await using SshTransport transport = await TestClient.ConnectAsync(Gateway.EndPoint);

        Assert.Equal(MessageId.UserAuthFailure, await NoneAsync(transport, "alice"));
    }

    [Fact]
    public async Task C13_user_disabled_between_outer_and_inner_sign_in_gets_no_further()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        TestGateway.Ok(await gateway.Product.Users.AddAsync(TestGateway.Local, "root", Role.Admin, null, CancellationToken.None));
        await using Outer outer = await Outer.SignInAsync(gateway, "alice", gateway.AliceKey);
        await using SshTransport inner = await outer.JumpAsync("web");

        TestGateway.Ok(await gateway.Product.Users.SetDisabledAsync(TestGateway.Local, "alice", true, CancellationToken.None));

        // The outer connection may be ended first, which is no way in either.
        byte? answer = null;
        try
        {
            answer = await NoneAsync(inner, "deploy");
        }
        catch (SshConnectionException)
        {
        }

        Assert.True(answer is null or MessageId.UserAuthFailure, $"message {answer}");
        Assert.Empty(await gateway.SessionsAsync());
    }

    [Fact]
    public async Task C13_killed_session_of_a_jump_ends_in_words_and_leaves_the_outer_connection()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        string config = gateway.JumpConfig(gateway.AliceKey, "alice");
        string socket = gateway.Temp.PathOf("outer");
        await using ServerProcess outer = ServerProcess.Start(Tools.Need("ssh"), ["-F", config, "-M", "-N", "-S", socket, "gw"]);
        await Poll.UntilAsync("the master's socket", () => File.Exists(socket));
        string[] through = ["-F", config, "-o", $"ProxyCommand=ssh -F {config} -S {socket} -W %h:%p gw", "-tt", "web", "echo ready; exec cat"];
        await using ServerProcess ssh = ServerProcess.Start(Tools.Need("ssh"), through);
        await ssh.LineAsync("ready");
        SessionRecord row = Assert.Single(await gateway.SessionsAsync(liveOnly: true));

        TestGateway.Ok(await gateway.Product.Sessions.KillAsync(new Actor("root", null, Role.Admin, "local"), row.Id, "enough", CancellationToken.None));

        await ssh.ExitedAsync(s_promised);
        Assert.Contains("session ended: killed by root: enough", ssh.Log.Split('\n').Select(line => line.Trim()));
        await Poll.UntilAsync("the row is closed", async () => (await gateway.SessionsAsync()).Single().EndReason == "killed by root: enough");
        await using ServerProcess again = ServerProcess.Start(Tools.Need("ssh"), through);
        await again.LineAsync("ready");
        Assert.False(outer.HasExited);
    }

    [Fact]
    public async Task C13_disabled_user_loses_the_session_of_a_jump_in_words_and_then_the_outer_connection()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        TestGateway.Ok(await gateway.Product.Users.AddAsync(TestGateway.Local, "root", Role.Admin, null, CancellationToken.None));
        await using ServerProcess ssh = ServerProcess.Start(Tools.Need("ssh"), ["-F", gateway.JumpConfig(gateway.AliceKey, "alice"), "-J", "gw", "-tt", "web", "echo ready; exec cat"]);
        await ssh.LineAsync("ready");

        TestGateway.Ok(await gateway.Product.Users.SetDisabledAsync(TestGateway.Local, "alice", true, CancellationToken.None));

        await ssh.ExitedAsync(s_promised);
        await Poll.UntilAsync("the row is closed", async () => (await gateway.SessionsAsync()).Single().EndReason == "user disabled");
        await Poll.UntilAsync("no connection is left", () => gateway.Server.ConnectionCount == 0);
    }

    [Fact]
    public async Task Drain_tells_the_session_of_a_jump_and_ends()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        await using ServerProcess ssh = ServerProcess.Start(Tools.Need("ssh"), ["-F", gateway.JumpConfig(gateway.AliceKey, "alice"), "-J", "gw", "-tt", "web", "echo ready; exec cat"]);
        await ssh.LineAsync("ready");

        Task drained = gateway.Server.DrainAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        await ssh.LineAsync("the gateway is stopping; this session ends in 2 s");

        await drained.WaitAsync(TimeSpan.FromSeconds(10));
        await ssh.ExitedAsync();
        Assert.Contains("session ended: gateway stopped", ssh.Log.Split('\n').Select(line => line.Trim()));
        Assert.Equal("gateway stopped", (await gateway.SessionsAsync()).Single().EndReason);
    }

    [Fact]
    public async Task C14_new_channel_on_the_inner_connection_is_refused_after_the_permission_ended()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        TestGateway.Ok(await gateway.Product.Users.AddAsync(TestGateway.Local, "root", Role.Admin, null, CancellationToken.None));
        string config = gateway.JumpConfig(gateway.AliceKey, "alice");
        string socket = gateway.Temp.PathOf("mux");
        await using ServerProcess master = ServerProcess.Start(Tools.Need("ssh"), ["-F", config, "-J", "gw", "-M", "-S", socket, "-tt", "web", "echo ready; exec cat"]);
        await master.LineAsync("ready");

        TestGateway.Ok(await gateway.Product.Users.SetRoleAsync(TestGateway.Local, "alice", Role.Member, CancellationToken.None));
        RunResult second = await Run.ProgramAsync("ssh", "-F", config, "-S", socket, "-o", "ControlMaster=no", "-o", "ProxyCommand=false", "web", "echo never");
        RunResult third = await Run.ProgramAsync("ssh", "-F", config, "-J", "gw", "web", "echo never");

        Assert.NotEqual(0, second.ExitCode);
        Assert.DoesNotContain("never", second.Text + third.Text, StringComparison.Ordinal);
        Assert.Contains("there is no account 'web' that you may use.", third.Ended(255).Error, StringComparison.Ordinal);
        await master.ExitedAsync(s_promised);
    }

    [Fact]
    public async Task C12_client_that_dies_ends_the_session_of_its_jump()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        await using Outer outer = await Outer.SignInAsync(gateway, "alice", gateway.AliceKey);
        SshTransport inner = await outer.JumpAsync("web");
        Assert.Equal(MessageId.UserAuthSuccess, await NoneAsync(inner, "x"));
        await Poll.UntilAsync("a live session", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 1);

        await outer.DisposeAsync();

        await Poll.UntilAsync("no live session", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 0);
        await Poll.UntilAsync("no connection is left", () => gateway.Server.ConnectionCount == 0);
    }

    [Fact]
    public async Task Jumps_and_channels_of_one_connection_share_its_cap()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { MaxChannels = 2 });
        await using Outer outer = await Outer.SignInAsync(gateway, "alice", gateway.AliceKey);
        SshTransport first = await outer.JumpAsync("web");
        await using SshTransport second = await outer.JumpAsync("web");

        SshChannelException full = await Assert.ThrowsAsync<SshChannelException>(() => outer.JumpAsync("web"));

        Assert.Equal(ChannelOpenFailureReason.ResourceShortage, full.Reason);
        await first.DisposeAsync();
        SshTransport? third = null;
        await Poll.UntilAsync("room for another", async () =>
        {
            try
            {
                third = await outer.JumpAsync("web");
                return true;
            }
            catch (SshChannelException)
            {
                return false;
            }
        });
        await third!.DisposeAsync();
    }

    [Fact]
    public async Task A17_jump_whose_client_never_signs_in_is_closed_when_its_time_is_over()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { LoginGraceSeconds = 2 });
        await using Outer outer = await Outer.SignInAsync(gateway, "alice", gateway.AliceKey);
        await using SshChannel silent = await outer.OpenAsync("web");

        await silent.Closed.WaitAsync(TimeSpan.FromSeconds(10), TestClient.Ct);

        await using SshTransport next = await outer.JumpAsync("web");
        Assert.Equal(MessageId.UserAuthSuccess, await NoneAsync(next, "x"));
    }

    [Fact]
    public async Task Garbage_in_a_jump_ends_that_channel_alone()
    {
        // Of its own: the row of a client that is gone right after its sign-in may come when the next test has begun.
        await using TestGateway gateway = await TestGateway.StartAsync();
        await using Outer outer = await Outer.SignInAsync(gateway, "alice", gateway.AliceKey);
        await using SshChannel channel = await outer.OpenAsync("web");
        byte[] garbage = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n" + new string('x', 100_000));

        // It may be over before all of it was taken.
        Exception? cut = await Record.ExceptionAsync(() => channel.WriteAsync(garbage, TestClient.Ct).AsTask());
        Assert.True(cut is null or SshChannelException, cut?.ToString());

        await channel.Closed.WaitAsync(TimeSpan.FromSeconds(10), TestClient.Ct);

        await using SshTransport next = await outer.JumpAsync("web");
        Assert.Equal(MessageId.UserAuthSuccess, await NoneAsync(next, "x"));
    }

    [Fact]
    public async Task Console_goes_on_beside_a_jump_on_the_same_connection()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Face = async (request, ct) =>
        {
            await request.Output.WriteAsync("console\n"u8.ToArray(), ct);
            return new ConsoleOutcome.Done(0);
        };
        string config = gateway.JumpConfig(gateway.AliceKey, "alice");
        string socket = gateway.Temp.PathOf("outer");
        await using ServerProcess outer = ServerProcess.Start(Tools.Need("ssh"), ["-F", config, "-M", "-N", "-S", socket, "gw"]);
        await Poll.UntilAsync("the master's socket", () => File.Exists(socket));

        RunResult jump = await Run.ProgramAsync("ssh", "-F", config, "-o", $"ProxyCommand=ssh -F {config} -S {socket} -W %h:%p gw", "web", "echo jump");
        RunResult console = await Run.ProgramAsync("ssh", "-F", config, "-S", socket, "gw", "anything");

        Assert.Equal("jump\n", jump.Succeeded().Text);
        Assert.Equal("console\n", console.Succeeded().Text);
    }

    private int Connections() => Gateway.Target.Log.Split('\n').Count(line => line.Contains("Connection from", StringComparison.Ordinal));

    /// <summary>Asks for the service and for "none"; the number of the answer.</summary>
    private static async Task<byte> NoneAsync(SshTransport transport, string user)
    {
        ArrayBufferWriter<byte> message = new();
        SshWriter writer = new(message);
        writer.Byte(MessageId.ServiceRequest);
        writer.String("ssh-userauth");
        await transport.SendAsync(message.WrittenMemory, TestClient.Ct);
        Assert.Equal(MessageId.ServiceAccept, (await transport.ReceiveAsync(TestClient.Ct)).Span[0]);
        message = new();
        writer = new(message);
        writer.Byte(MessageId.UserAuthRequest);
        writer.String(user);
        writer.String("ssh-connection");
        writer.String("none");
        await transport.SendAsync(message.WrittenMemory, TestClient.Ct);
        return (await transport.ReceiveAsync(TestClient.Ct)).Span[0];
    }

    /// <summary>An outer connection by our own client, whose channels are jumps.</summary>
    private sealed class Outer : IConnectionHandler, IAsyncDisposable
    {
        private static readonly SshOptions s_quick = new() { Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"] } };

        private readonly SshConnection _connection;
        private readonly Task _running;

        private Outer(SshTransport transport)
        {
            _connection = new SshConnection(transport, this, new SshConnectionOptions());
            _running = _connection.RunAsync(CancellationToken.None);
        }

        public static async Task<Outer> SignInAsync(TestGateway gateway, string user, SshKeyFile key) =>
            new(await TestClient.SignInAsync(gateway.EndPoint, user, key.PrivateBytes));

        public Task<SshChannel> OpenAsync(string host)
        {
            ArrayBufferWriter<byte> extra = new();
            SshWriter writer = new(extra);
            writer.String(host);
            writer.UInt32(22);
            writer.String("127.0.0.1");
            writer.UInt32(1);
            return _connection.OpenAsync("direct-tcpip", extra.WrittenMemory, TestClient.Ct);
        }

        /// <summary>The inner connection up to its first keys.</summary>
        public async Task<SshTransport> JumpAsync(string host) =>
            await SshTransport.ConnectAsync((await OpenAsync(host)).AsStream(), s_quick, (_, _) => ValueTask.FromResult(true), TestClient.Ct);

        public async ValueTask DisposeAsync()
        {
            await _connection.DisposeAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ValueTask<ChannelOpenReply> IConnectionHandler.OpenAsync(ChannelOpen open, CancellationToken ct) =>
            ValueTask.FromResult(ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, ""));

        ValueTask IConnectionHandler.StartedAsync(SshChannel channel, CancellationToken ct) => ValueTask.CompletedTask;

        ValueTask<bool> IConnectionHandler.RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct) => ValueTask.FromResult(false);

        ValueTask<bool> IConnectionHandler.GlobalRequestAsync(GlobalRequest request, CancellationToken ct) => ValueTask.FromResult(false);
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Gateway = await TestGateway.StartAsync();
            await Gateway.AddAccountAsync("web-2/only");
        }

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
