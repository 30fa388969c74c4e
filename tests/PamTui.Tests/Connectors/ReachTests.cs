using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PamTui.Core.Model;
using PamTui.Servers;

namespace PamTui.Tests.Connectors;

public sealed class ReachTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private static IEnumerable<Resource> Kinds(string host, int port) =>
        [Target.Linux(host, port), Target.PostgreSql(port, host: host), Target.MySql(port, host: host)];

    [Fact]
    public async Task Host_without_an_address_is_told_from_a_closed_port()
    {
        foreach (Resource resource in Kinds("no-such-host.invalid", 22))
        {
            Checked unknown = (await Target.CheckAsync(resource, "deploy", "canary-7f3a")).Failed(CheckStage.Resolve, CheckCause.HostUnknown);
            Assert.Contains("no-such-host.invalid", unknown.Message, StringComparison.Ordinal);
        }

        foreach (Resource resource in Kinds("127.0.0.1", FreePort.Next()))
        {
            Checked refused = (await Target.CheckAsync(resource, "deploy", "canary-7f3a")).Failed(CheckStage.Connect, CheckCause.PortRefused);
            Assert.Equal(["Resolve Running", "Resolve Passed", "Connect Running", "Connect Failed"], refused.Steps);
        }
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("/var/run/postgresql")]
    [InlineData("@abstract")]
    [InlineData("host name")]
    [InlineData("-oProxyCommand=x")]
    [InlineData("$(id)")]
    public async Task F3_host_that_is_not_one_host_never_reaches_a_library(string host)
    {
        foreach (Resource resource in Kinds(host, 22))
        {
            (await Target.CheckAsync(resource, "deploy", "canary-7f3a")).Failed(CheckStage.Resolve, CheckCause.HostUnknown);
        }
    }

    [Fact]
    public async Task Network_without_a_route_is_said()
    {
        // TCP to a multicast address: the kernel itself answers "network unreachable".
        foreach (Resource resource in Kinds("224.0.0.1", 22))
        {
            (await Target.CheckAsync(resource, "deploy", "canary-7f3a")).Failed(CheckStage.Connect, CheckCause.NoRoute);
        }
    }

    [Fact]
    public async Task Host_that_drops_the_connection_request_times_out_at_connect()
    {
        // A full accept queue drops what comes next, as a firewall would.
        using Socket hole = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        hole.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        hole.Listen(0);
        IPEndPoint end = (IPEndPoint)hole.LocalEndPoint!;
        List<Socket> waiting = [];
        try
        {
            while (true)
            {
                Socket filler = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                waiting.Add(filler);
                using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(300));
                await filler.ConnectAsync(end, soon.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Full.
        }

        foreach (Resource resource in Kinds("127.0.0.1", end.Port))
        {
            (await Target.CheckAsync(resource, "deploy", "canary-7f3a", s_second)).Failed(CheckStage.Connect, CheckCause.TimedOut);
        }

        waiting.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Server_that_takes_the_connection_and_stays_silent_times_out()
    {
        await using FakeServer silent = new([]);

        (await Target.CheckAsync(Target.Linux("127.0.0.1", silent.Port), "deploy", "canary-7f3a", s_second)).Failed(CheckStage.Identity, CheckCause.TimedOut);
        foreach (Resource resource in Kinds("127.0.0.1", silent.Port).Skip(1))
        {
            Checked silence = await Target.CheckAsync(resource, "deploy", "canary-7f3a", s_second);
            Assert.Equal(CheckCause.TimedOut, silence.Report.Failure?.Cause);
        }
    }

    [Fact]
    public async Task Server_of_another_protocol_is_recognised()
    {
        await using Sshd sshd = await Sshd.StartAsync();
        await using FakeServer web = new("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n\0"u8.ToArray());

        (await Target.CheckAsync(Target.Linux("127.0.0.1", web.Port), "deploy", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.NotTheProtocol);
        (await Target.CheckAsync(Target.PostgreSql(web.Port), "deploy", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.NotTheProtocol);
        (await Target.CheckAsync(Target.PostgreSql(web.Port, tls: TlsMode.Off), "deploy", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.NotTheProtocol);
        (await Target.CheckAsync(Target.MySql(sshd.Port), "deploy", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.NotTheProtocol);
        (await Target.CheckAsync(Target.MySql(sshd.Port, tls: TlsMode.Off), "deploy", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.NotTheProtocol);
    }

    [Fact]
    public async Task Server_that_hangs_up_at_once_is_told_from_one_of_another_protocol()
    {
        await using FakeServer closing = new(null);

        (await Target.CheckAsync(Target.Linux("127.0.0.1", closing.Port), "deploy", "canary-7f3a")).Failed(CheckStage.Identity, CheckCause.ConnectionLost);
        foreach (Resource resource in Kinds("127.0.0.1", closing.Port).Skip(1))
        {
            Checked lost = await Target.CheckAsync(resource, "deploy", "canary-7f3a");
            Assert.Contains(lost.Report.Failure?.Cause, (CheckCause?[])[CheckCause.ConnectionLost, CheckCause.NotTheProtocol]);
        }
    }

    [Fact]
    public async Task Cancel_is_answered_at_once_in_the_middle_of_a_key_exchange()
    {
        await using FakeServer stalled = new("SSH-2.0-stalled\r\n"u8.ToArray());
        using CancellationTokenSource cancel = new();
        await using Core.Connectors.Connectors connectors = new(TimeProvider.System, Target.NoCertificates, TimeSpan.FromSeconds(3));
        using Secret secret = Secret.FromText("canary-7f3a");
        long start = Stopwatch.GetTimestamp();

        Task<CheckReport> checking = connectors.CheckAsync(
            Target.Linux("127.0.0.1", stalled.Port), "deploy", CredentialType.Password, secret, null, null, cancel.Token);
        await stalled.Connected;
        await cancel.CancelAsync();
        CheckReport report = await checking;

        Assert.Equal(CheckCause.Cancelled, report.Failure?.Cause);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void All_stages_together_get_ten_seconds() => Assert.Equal(TimeSpan.FromSeconds(10), Core.Connectors.Connectors.DefaultLimit);
}
