using System.Diagnostics;
using System.Net.Sockets;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Gateway;
using PamTui.Gateway.Console;
using PamTui.Gateway.Listener;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;

namespace PamTui.Tests.GatewayTests;

/// <summary>How sessions and connections end, and who is kept out.</summary>
public sealed class EndingTests
{
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task C13_kill_from_another_process_ends_the_session_within_5_seconds_and_says_by_whom()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        await using ServerProcess ssh = await RunningAsync(gateway, "alice@web");
        SessionRecord row = Assert.Single(await gateway.SessionsAsync(liveOnly: true));
        await using Product other = await gateway.AnotherAsync();

        TestGateway.Ok(await other.Sessions.KillAsync(new Actor("root", null, Role.Admin, "local"), row.Id, "maintenance", CancellationToken.None));

        await ssh.ExitedAsync(s_promised);
        Assert.Contains("session ended: killed by root: maintenance", ssh.Log.Split('\n').Select(line => line.Trim())); // A line of its own, shown.
        await Poll.UntilAsync("the row is closed", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 0);
        Assert.Equal("killed by root: maintenance", (await gateway.SessionsAsync()).Single().EndReason);
    }

    [Fact]
    public async Task C13_disabled_user_loses_sessions_and_console_within_5_seconds()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        gateway.Face = async (request, ct) =>
        {
            await request.Output.WriteAsync("ready\n"u8.ToArray(), ct);
            await Task.Delay(Timeout.Infinite, ct);
            return new ConsoleOutcome.Done(0);
        };
        TestGateway.Ok(await gateway.Product.Users.AddAsync(TestGateway.Local, "root", Role.Admin, null, CancellationToken.None));
        await using ServerProcess session = await RunningAsync(gateway, "alice@web");
        await using ServerProcess console = await RunningAsync(gateway, "alice");

        TestGateway.Ok(await gateway.Product.Users.SetDisabledAsync(TestGateway.Local, "alice", true, CancellationToken.None));

        await session.ExitedAsync(s_promised);
        await console.ExitedAsync(s_promised);
        (await gateway.SshAsync("alice@web", "true")).Ended(255);
    }

    [Fact]
    public async Task C14_new_channel_on_an_old_connection_is_refused_after_the_permission_ended()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        TestGateway.Ok(await gateway.Product.Users.AddAsync(TestGateway.Local, "root", Role.Admin, null, CancellationToken.None));
        string socket = gateway.Temp.PathOf("mux");
        await using ServerProcess master = await RunningAsync(gateway, "alice@web", "-M", "-oControlPath=" + socket);

        TestGateway.Ok(await gateway.Product.Users.SetRoleAsync(TestGateway.Local, "alice", Role.Member, CancellationToken.None));
        RunResult second = await gateway.SshAsync("alice@web", "-S", socket, "-o", "ControlMaster=no", "echo never");

        Assert.NotEqual(0, second.ExitCode);
        Assert.DoesNotContain("never", second.Text, StringComparison.Ordinal);
        await master.ExitedAsync(s_promised);
    }

    [Fact]
    public async Task Drain_tells_open_sessions_lets_nobody_in_and_ends()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        await using ServerProcess ssh = await RunningAsync(gateway, "alice@web");

        Task drained = gateway.Server.DrainAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
        await ssh.LineAsync("the gateway is stopping; this session ends in 2 s");
        Assert.Contains("refused", (await gateway.SshAsync("alice@web", "true")).Ended(255).Error, StringComparison.Ordinal);

        await drained.WaitAsync(TimeSpan.FromSeconds(10));
        await ssh.ExitedAsync();
        Assert.Contains("session ended: gateway stopped", ssh.Log.Split('\n').Select(line => line.Trim()));
        Assert.Equal("gateway stopped", (await gateway.SessionsAsync()).Single().EndReason);
        Assert.True(gateway.Server.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Drain_ends_as_soon_as_the_last_session_does()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        await using ServerProcess ssh = await RunningAsync(gateway, "alice@web");

        Task drained = gateway.Server.DrainAsync(TimeSpan.FromMinutes(5), CancellationToken.None);
        await ssh.LineAsync("the gateway is stopping");
        Assert.False(drained.IsCompleted);
        ssh.Signal(Signals.Terminate);

        await drained.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Reload_gives_new_connections_the_new_keys_and_leaves_open_ones_alone()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        await using ServerProcess ssh = await RunningAsync(gateway, "alice@web", "-oRekeyLimit=64K");
        string file = Path.Combine(HostKeyFiles.FolderOf(gateway.Folder), "ssh_host_ed25519_key");
        File.Delete(file);
        await SshKeyFile.MakeAsync(gateway.Temp, "data/host-keys/ssh_host_ed25519_key");

        gateway.Server.Reload(new GatewayOptions { Banner = "new banner" }, HostKeyFiles.Load(gateway.Folder).Value);

        Assert.Contains("verification failed", (await gateway.SshAsync("alice@web", "true")).Ended(255).Error, StringComparison.Ordinal);
        gateway.Trust(HostKeyFiles.Load(gateway.Folder).Value);
        Assert.Contains("new banner", (await gateway.SshAsync("alice@web", "true")).Succeeded().Error, StringComparison.Ordinal);
        await ssh.Input.WriteAsync("still here\n"u8.ToArray());
        await ssh.Input.FlushAsync();
        await ssh.LineAsync("still here");
    }

    [Fact]
    public async Task A17_200_half_open_connections_of_one_source_keep_no_other_out()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        List<TcpClient> halfOpen = [];
        for (int i = 0; i < 200; i++)
        {
            TcpClient client = new(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.9"), 0));
            await client.ConnectAsync(gateway.EndPoint);
            halfOpen.Add(client);
        }

        RunResult other = await gateway.SshAsync("alice@web", "true");

        other.Succeeded();
        halfOpen.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task A17_connection_that_does_not_sign_in_is_cut_at_the_grace_time()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { LoginGraceSeconds = 1 });
        using TcpClient slow = new();
        await slow.ConnectAsync(gateway.EndPoint);
        NetworkStream stream = slow.GetStream();

        // A byte now and then does not keep it alive.
        await stream.WriteAsync("SSH-2.0-slo"u8.ToArray());
        byte[] buffer = new byte[4096];
        long start = Stopwatch.GetTimestamp();
        try
        {
            while (await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10)) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset: cut all the same.
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
        await Poll.UntilAsync("the log says why", () => gateway.Log.Contains("the time for signing in ran out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A17_source_that_keeps_failing_is_turned_away()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { PenaltyExempt = [] });
        for (int tries = 1; !gateway.Log.Contains("keeps failing to sign in", StringComparison.Ordinal); tries++)
        {
            Assert.True(tries < 10, gateway.Log);
            (await gateway.SshAsync(gateway.BobKey, "alice", "true")).Ended(255);
        }

        RunResult turnedAway = await gateway.SshAsync("alice@web", "true");

        Assert.DoesNotContain("Permission denied", turnedAway.Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C12_client_that_falls_silent_is_noticed()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { ClientAliveSeconds = 1, ClientAliveCount = 1 });
        await using ServerProcess ssh = await RunningAsync(gateway, "alice@web");

        ssh.Signal(Signals.Stop);
        await Poll.UntilAsync("the session ends", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 0, TimeSpan.FromSeconds(20));
        ssh.Signal(Signals.Continue);

        Assert.Equal("connection to the user lost", (await gateway.SessionsAsync()).Single().EndReason);
    }

    [Fact]
    public async Task C12_target_that_falls_silent_is_noticed_and_the_user_is_told()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { TargetAliveSeconds = 1, TargetAliveCount = 2 });
        await using Link link = await LinkedAsync(gateway);
        await using ServerProcess ssh = await RunningAsync(gateway, "alice@far");

        link.Cut();
        await ssh.ExitedAsync(TimeSpan.FromSeconds(20));

        Assert.Contains("session ended: the target stopped answering", ssh.Log.Split('\n').Select(line => line.Trim()));
        await Poll.UntilAsync("the row is closed", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 0);
        Assert.Equal("the target stopped answering", (await gateway.SessionsAsync()).Single().EndReason);
    }

    [Fact]
    public async Task C12_target_that_falls_silent_behind_the_console_gives_the_console_back()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { TargetAliveSeconds = 1, TargetAliveCount = 2 });
        await using Link link = await LinkedAsync(gateway);
        gateway.Face = async (request, ct) =>
        {
            if (request.State is null)
            {
                return new ConsoleOutcome.Connect(new AccountRef("far", "deploy"), "x");
            }

            await request.Output.WriteAsync(System.Text.Encoding.UTF8.GetBytes("notice: " + request.Notice + "\r\n"), ct);
            return new ConsoleOutcome.Done(0);
        };
        await using ServerProcess ssh = gateway.StartSsh("alice", "-tt");
        await ssh.Input.WriteAsync("echo rea''dy\n"u8.ToArray());
        await ssh.Input.FlushAsync();
        await ssh.LineAsync("ready");

        link.Cut();

        await ssh.LineAsync("notice: far/deploy: session ended: the target stopped answering", TimeSpan.FromSeconds(20));
        await ssh.ExitedAsync();
    }

    [Fact]
    public async Task Target_that_answers_is_left_alone()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { TargetAliveSeconds = 1, TargetAliveCount = 1 });

        RunResult result = await gateway.SshAsync("alice@web", "sleep 4; echo awake");

        Assert.Equal("awake\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task Target_whose_user_does_not_read_is_not_taken_for_dead()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { TargetAliveSeconds = 1, TargetAliveCount = 1 });
        await using SshTransport user = await TestClient.SignInAsync(gateway.EndPoint, "alice@web", gateway.AliceKey.PrivateBytes);
        await user.SendAsync(new ChannelOpen("session", 0, uint.MaxValue, 1 << 15, default).Write(), TestClient.Ct);
        uint target = ChannelOpenConfirmation.Read((await user.ReceiveAsync(TestClient.Ct)).Span).Sender;
        await user.SendAsync(new ChannelRequest(target, ExecRequest.Type, false, new ExecRequest("head -c 100M /dev/zero"u8.ToArray()).Write()).Write(), TestClient.Ct);

        await Task.Delay(TimeSpan.FromSeconds(5), TestClient.Ct); // Not a wait for something: the time in which the user takes nothing is the test.
        Assert.InRange(gateway.Server.Live.All.Single().Bytes().Out, 1, 99_000_000);
        long taken = 0;
        while (await user.ReceiveAsync(TestClient.Ct) is { Length: > 0 } payload && payload.Span[0] != MessageId.ChannelClose)
        {
            taken += payload.Span[0] == MessageId.ChannelData ? payload.Length - 9 : 0;
        }

        Assert.Equal(100L << 20, taken);
    }

    [Fact]
    public async Task Client_that_answers_is_left_alone()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { ClientAliveSeconds = 1, ClientAliveCount = 1 });

        RunResult result = await gateway.SshAsync("alice@web", "sleep 4; echo awake");

        Assert.Equal("awake\n", result.Succeeded().Text);
    }

    [Fact]
    public async Task C5_reader_that_stops_stops_the_writer_and_a_kill_still_reaches_both()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        SshTransport transport = await TestClient.SignInAsync(gateway.EndPoint, "alice@web", gateway.AliceKey.PrivateBytes);
        const uint window = 64 * 1024;
        await using SshConnection connection = new(transport, new NoRequests(), new SshConnectionOptions { WindowSize = window });
        Task running = connection.RunAsync(CancellationToken.None);
        SshChannel channel = await connection.OpenAsync("session", ReadOnlyMemory<byte>.Empty, TestClient.Ct);
        Assert.True(await channel.RequestAsync(ExecRequest.Type, new ExecRequest("yes"u8.ToArray()).Write(), wantReply: true, TestClient.Ct));

        // Nobody reads: exactly the user's own window passes the gateway, and no byte more.
        await Poll.UntilAsync("the window is full", () => gateway.Server.Live.All.Single().Bytes().Out >= window - 1024);
        SessionRecord row = Assert.Single(await gateway.SessionsAsync(liveOnly: true));
        TestGateway.Ok(await gateway.Product.Sessions.KillAsync(new Actor("root", null, Role.Admin, "local"), row.Id, "", CancellationToken.None));

        await running.WaitAsync(s_promised);
        await Poll.UntilAsync("the row is closed", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 0);
        Assert.InRange((await gateway.SessionsAsync()).Single().BytesOut, window - 1024, window);
    }

    [Fact]
    public async Task A16_sign_ins_at_the_very_end_of_the_grace_time_leave_nothing_behind()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { LoginGraceSeconds = 1, MaxStartupsPerSource = 100 });
        int signedIn = 0;

        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            try
            {
                await using SshTransport transport = await TestClient.ConnectAsync(gateway.EndPoint);
                using SshPrivateKey key = SshPrivateKey.Parse(gateway.AliceKey.PrivateBytes);
                await Task.Delay(TimeSpan.FromMilliseconds(850 + (i * 5)), TestClient.Ct); // Not a wait for something: the moment is the test.
                if (await ClientAuthentication.RunAsync(transport, "alice", new KeyCredential(key), TestClient.Ct) is ClientAuthResult.Success)
                {
                    Interlocked.Increment(ref signedIn);
                }
            }
            catch (SshException)
            {
                // Cut: too late.
            }
        }));

        await Poll.UntilAsync("every connection is gone", () => gateway.Server.ConnectionCount == 0);
        int told = gateway.Log.Split('\n').Count(line => line.Contains("alice signed in", StringComparison.Ordinal));
        Assert.InRange(told, 0, signedIn);
        Assert.Empty(await gateway.SessionsAsync());
        (await gateway.SshAsync("alice@web", "true")).Succeeded();
    }

    /// <summary>The account far/deploy, alias far, on the target behind a link.</summary>
    private static async Task<Link> LinkedAsync(TestGateway gateway)
    {
        Link link = new(gateway.Target.Port);
        await gateway.AddResourceAsync("far", link.Port, gateway.Target.HostKey.Fingerprint);
        await gateway.AddAccountAsync("far/deploy", "far");
        return link;
    }

    private static async Task<ServerProcess> RunningAsync(TestGateway gateway, string login, params string[] options)
    {
        ServerProcess ssh = gateway.StartSsh(login, ["-tt", .. options, "echo ready; exec cat"]);
        await ssh.LineAsync("ready");
        return ssh;
    }

    private sealed class NoRequests : IConnectionHandler
    {
        public ValueTask<ChannelOpenReply> OpenAsync(ChannelOpen open, CancellationToken ct) =>
            ValueTask.FromResult(ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "no"));

        public ValueTask StartedAsync(SshChannel channel, CancellationToken ct) => ValueTask.CompletedTask;

        public ValueTask<bool> RequestAsync(SshChannel channel, ChannelRequest request, CancellationToken ct) => ValueTask.FromResult(false);

        public ValueTask<bool> GlobalRequestAsync(GlobalRequest request, CancellationToken ct) => ValueTask.FromResult(false);
    }
}
