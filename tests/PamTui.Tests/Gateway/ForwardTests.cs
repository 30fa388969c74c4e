using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PamTui.Core.Model;
using PamTui.Core.Users;
using PamTui.Hosting;
using PamTui.Servers;

namespace PamTui.Tests.GatewayTests;

/// <summary>`ssh -L 8080:host:port alice@gw` by a grant that names host:port, and only so.</summary>
public sealed class ForwardTests
{
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task C9_Granted_place_is_reached_through_a_plain_ssh_L_and_is_a_session_with_bytes()
    {
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync();
        Grant grant = await GrantAsync(gateway, "bob", server.Place);
        int port = FreePort.Next();
        await using ServerProcess tunnel = await TunnelAsync(gateway, gateway.BobKey, "bob", port, server.Place);

        string said;
        using (HttpClient http = new())
        {
            said = await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")), TestClient.Ct);
        }

        Assert.Matches(@"\Atook \d+ bytes\n\z", said);
        await Poll.UntilAsync("the session's end", async () => (await gateway.SessionsAsync()) is [{ Ended: not null }]);
        SessionRecord row = Assert.Single(await gateway.SessionsAsync());
        Assert.Equal(("bob", "web-1", "", server.Place, "127.0.0.1", "web-1 to " + server.Place), (row.User, row.Resource, row.Account, row.ForwardTo, row.Source, row.Target));
        Assert.Contains(row.EndReason, (string[])["closed", "closed by the target"]);
        Assert.Equal(said, string.Create(CultureInfo.InvariantCulture, $"took {row.BytesIn} bytes\n"));
        Assert.Equal("HTTP/1.0 200 OK\r\nContent-Length: \r\n\r\n".Length + 2 + said.Length, row.BytesOut);
        Assert.Equal(
            [
                $"session.start web-1 session={row.Id} grant={grant.Id} forward={server.Place} address={server.Place}",
                string.Create(CultureInfo.InvariantCulture, $"session.end web-1 session={row.Id} forward={server.Place} reason={Quoted(row.EndReason!)} in={row.BytesIn} out={row.BytesOut}"),
            ],
            (await AuditAsync(gateway, "action~session")).Select(told => $"{told.Action} {told.Target} {told.Details}"));
    }

    [Fact]
    public async Task Each_half_is_closed_by_itself_and_nothing_is_lost_of_many_bytes()
    {
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync();
        await GrantAsync(gateway, "bob", server.Place);
        byte[] much = new byte[3_000_000];

        RunResult result = await SshWAsync(gateway, server.Place, much);

        Assert.EndsWith("took 3000000 bytes\n", result.Succeeded().Text, StringComparison.Ordinal);
        await Poll.UntilAsync("the session's end", async () => (await gateway.SessionsAsync()) is [{ Ended: not null }]);
        Assert.Equal(much.Length, (await gateway.SessionsAsync()).Single().BytesIn);
    }

    [Fact]
    public async Task C9_What_no_grant_names_as_it_is_spelled_is_refused_in_the_words_of_any_host_and_told_in_the_audit()
    {
        await using PlainServer server = PlainServer.Start();
        await using PlainServer other = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync();
        string[] asked = [server.Place, other.Place, Spelled("127.1", server), Spelled("localhost", server), Spelled("::1", server), Spelled("0.0.0.0", server), Spelled("2130706433", server)];

        string before = (await SshWAsync(gateway, asked[0])).Ended(255).Error;
        await GrantAsync(gateway, "bob", server.Place);
        foreach (string place in asked.Skip(1))
        {
            Assert.Contains("that you may use", (await SshWAsync(gateway, place)).Ended(255).Error, StringComparison.Ordinal);
        }

        // An admin has no other way than a grant either.
        RunResult admin = await gateway.SshAsync("alice", "-W", server.Place);

        Assert.Contains("there is no account '127.0.0.1' that you may use", before, StringComparison.Ordinal);
        Assert.Contains("there is no account '127.0.0.1' that you may use", admin.Ended(255).Error, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (server.Connections, other.Connections, (await gateway.SessionsAsync()).Count));
        Assert.Equal(
            [.. asked.Select(place => ("bob", place.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal), "way=local")), ("alice", server.Place, "way=local")],
            (await AuditAsync(gateway, "action=forward.refuse")).Select(row => (row.Actor, row.Target, row.Details)));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("127.9.9.9")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("inner.example")]
    [InlineData("several.example")]
    public async Task C9_What_the_vault_manages_is_never_forwarded_to_however_it_is_spelled(string host)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(resolve: (name, _) => Task.FromResult<IPAddress[]>(name switch
        {
            "several.example" => [IPAddress.Parse("192.0.2.7"), IPAddress.Parse("10.1.2.3")],
            "inner.example" or "managed.example" => [IPAddress.Parse("10.1.2.3")],
            "localhost" => [IPAddress.Loopback],
            _ => throw new SocketException((int)SocketError.HostNotFound),
        }));
        int port = host.EndsWith("example", StringComparison.Ordinal) ? 7777 : gateway.Target.Port;
        await AddDatabaseAsync(gateway, "db-1", "managed.example", 7777);
        await AddDatabaseAsync(gateway, "db-2", "nowhere.example", port);
        string place = string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? "[" + host + "]" : host)}:{port}");
        await GrantAsync(gateway, "bob", place);

        RunResult refused = await SshWAsync(gateway, place);

        Assert.Contains("leads to what the vault manages, which is reached by its accounts alone", refused.Ended(255).Error, StringComparison.Ordinal);
        Assert.Empty(await gateway.SessionsAsync());
        AuditRow told = Assert.Single(await AuditAsync(gateway, "action=forward.refuse"));
        Assert.Contains("why='", told.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C9_Name_that_answers_otherwise_the_next_time_is_dialled_where_it_was_looked_at_and_looked_at_anew_when_30_seconds_are_over()
    {
        await using PlainServer server = PlainServer.Start();
        LateClock time = new();
        List<string> asked = [];
        IPAddress answer = IPAddress.Parse("192.0.2.9"); // Nobody answers there; what counts is that nobody dials the second answer.
        await using TestGateway gateway = await TestGateway.StartAsync(
            new Gateway.GatewayOptions { TargetTimeoutSeconds = 1 },
            time: time,
            resolve: (name, _) =>
            {
                asked.Add(name);
                IPAddress now = answer;
                answer = IPAddress.Loopback;
                return Task.FromResult<IPAddress[]>([now]);
            });
        string place = Spelled("turning.example", server);
        await GrantAsync(gateway, "bob", place);

        RunResult first = await SshWAsync(gateway, place);
        RunResult second = await SshWAsync(gateway, place);
        int kept = asked.Count;
        time.Late = Gateway.Forwarding.LookUps.MaxAge;
        RunResult third = await SshWAsync(gateway, place);

        Assert.DoesNotContain("address of the gateway's own machine", first.Ended(255).Error + second.Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains("leads to an address of the gateway's own machine", third.Ended(255).Error, StringComparison.Ordinal);
        Assert.Equal(1, kept);
        Assert.Equal(["turning.example", "turning.example"], asked);
        Assert.Equal((0, 0), (server.Connections, (await gateway.SessionsAsync()).Count));
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("127.0.0.1")]
    public async Task C9_Name_leads_to_no_address_that_tells_secrets_to_its_machine(string address)
    {
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync(resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));
        string place = Spelled("harmless.example", server);
        await GrantAsync(gateway, "bob", place);

        Assert.Contains("a grant must name that address itself", (await SshWAsync(gateway, place)).Ended(255).Error, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task C9_Name_server_that_says_nothing_of_a_managed_host_is_no_permission()
    {
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync(resolve: (_, _) => throw new SocketException((int)SocketError.TryAgain));
        await AddDatabaseAsync(gateway, "db-1", "managed.example", server.Port);
        await GrantAsync(gateway, "bob", server.Place);

        Assert.Contains("cannot be compared with what the vault manages", (await SshWAsync(gateway, server.Place)).Ended(255).Error, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task C9_Gateway_itself_is_no_place_to_forward_to()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        string place = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{gateway.EndPoint.Port}");
        await GrantAsync(gateway, "bob", place);

        Assert.Contains("is the gateway itself", (await SshWAsync(gateway, place)).Ended(255).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C9_Another_gateway_of_the_vault_is_no_place_to_forward_to()
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        await using Core.Product product = await gateway.AnotherAsync();
        Gateway.GatewayOptions options = new() { Listen = "0.0.0.0:0", Node = "second" };
        await using Gateway.GatewayServer second = SecondServer(gateway, product, options);
        int port = (await second.StartAsync(TestClient.Ct)).Port;
        string[] places = [.. ((string[])["127.0.0.1", "127.0.0.2", "localhost"]).Select(host => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}"))];
        await GrantAsync(gateway, "bob", places);

        foreach (string place in places)
        {
            Assert.Contains("is a gateway of this vault", (await SshWAsync(gateway, place)).Ended(255).Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Second_process_of_a_gateway_finds_its_port_taken_and_leaves_the_sessions_of_the_first_alone()
    {
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync();
        await GrantAsync(gateway, "bob", server.Place);
        int port = FreePort.Next();
        await using ServerProcess tunnel = await TunnelAsync(gateway, gateway.BobKey, "bob", port, server.Place);
        using TcpClient client = await TalkAsync(gateway, port);
        await using Core.Product product = await gateway.AnotherAsync();
        Gateway.GatewayOptions options = new() { Listen = gateway.EndPoint.ToString(), Node = Environment.MachineName + ":0" };
        await using Gateway.GatewayServer second = SecondServer(gateway, product, options);

        await Assert.ThrowsAsync<SocketException>(() => second.StartAsync(TestClient.Ct));

        Assert.Single(await gateway.SessionsAsync(liveOnly: true));
    }

    [Fact]
    public async Task Place_where_nobody_listens_says_so_and_leaves_no_session_while_the_connection_goes_on()
    {
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync();
        string closed = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Next()}");
        await GrantAsync(gateway, "bob", closed, server.Place);
        string socket = gateway.Temp.PathOf("mux");
        await using ServerProcess master = ServerProcess.Start(Tools.Need("ssh"), [.. gateway.SshOptions(gateway.BobKey), "-M", "-N", "-o", "ControlPath=" + socket, "bob@127.0.0.1"]);
        await Poll.UntilAsync("the master", () => File.Exists(socket));

        RunResult nobody = await gateway.SshAsync(gateway.BobKey, "bob", "-S", socket, "-W", closed);
        RunResult somebody = await Run.ProgramAsync("ssh", [.. gateway.SshOptions(gateway.BobKey), "-S", socket, "-W", server.Place, "bob@127.0.0.1"], "GET / HTTP/1.0\r\n\r\n"u8.ToArray());

        Assert.NotEqual(0, nobody.ExitCode);
        await master.LineAsync("nothing listens at " + closed);
        Assert.Contains("took 18 bytes", somebody.Text, StringComparison.Ordinal);
        Assert.Equal(server.Place, Assert.Single(await gateway.SessionsAsync()).ForwardTo);
    }

    [Fact]
    public async Task C13_Kill_a_grant_that_is_taken_away_and_its_end_each_end_the_forwarding_within_5_seconds()
    {
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync();
        Grant grant = await GrantAsync(gateway, "bob", server.Place);
        int port = FreePort.Next();
        await using ServerProcess tunnel = await TunnelAsync(gateway, gateway.BobKey, "bob", port, server.Place);

        using TcpClient killed = await TalkAsync(gateway, port);
        TestGateway.Ok(await gateway.Product.Sessions.KillAsync(TestGateway.Local, (await gateway.SessionsAsync(liveOnly: true)).Single().Id, "lunch", TestClient.Ct));
        await OverAsync(gateway, killed, "killed by local:tester: lunch");

        using TcpClient revoked = await TalkAsync(gateway, port);
        TestGateway.Ok(await gateway.Product.Grants.EditAsync(TestGateway.Local, grant.Id, new GrantChange(Capability.Connect), TestClient.Ct));
        await OverAsync(gateway, revoked, "grant revoked");
        Assert.Contains("that you may use", (await SshWAsync(gateway, server.Place)).Ended(255).Error, StringComparison.Ordinal);

        Grant brief = await GrantAsync(gateway, "bob", server.Place);
        using TcpClient ended = await TalkAsync(gateway, port);
        TestGateway.Ok(await gateway.Product.Grants.EditAsync(
            TestGateway.Local, brief.Id, new GrantChange(null, MovesEnd: true, TimeProvider.System.GetUtcNow().AddSeconds(2)), TestClient.Ct));
        await OverAsync(gateway, ended, "grant ended");
        Assert.False(tunnel.HasExited);
    }

    [Fact]
    public async Task Forwarding_is_seen_on_the_sessions_page_and_ended_there_with_the_reason_that_was_typed()
    {
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync();
        await GrantAsync(gateway, "bob", server.Place);
        int port = FreePort.Next();
        await using ServerProcess tunnel = await TunnelAsync(gateway, gateway.BobKey, "bob", port, server.Place);
        using TcpClient client = await TalkAsync(gateway, port);
        long id = (await gateway.SessionsAsync(liveOnly: true)).Single().Id;

        await using Tui.ShellRun run = Tui.ShellRun.Start(gateway.Product, "sessions", columns: 160);
        await run.SeesAsync("web-1 to " + server.Place);
        await run.SeesAsync("● live");
        await run.TypeAsync("x", "is kept with the session");
        await run.TypeAsync("lunch\r", $"The session {id} ends.");

        await OverAsync(gateway, client, "killed by local:root: lunch");
        await run.SeesAsync("○ killed");
        Assert.False(tunnel.HasExited);
    }

    [Fact]
    public async Task Fifty_connections_of_a_browser_are_one_round_of_questions_to_name_servers()
    {
        ConcurrentBag<string> asked = [];
        await using PlainServer server = PlainServer.Start();
        await using TestGateway gateway = await TestGateway.StartAsync(resolve: (name, _) =>
        {
            asked.Add(name);
            return Task.FromResult<IPAddress[]>([name == "localhost" ? IPAddress.Loopback : IPAddress.Parse("192.0.2.7")]);
        });
        for (int number = 1; number <= 20; number++)
        {
            await AddDatabaseAsync(gateway, $"db-{number}", $"db-{number}.example", server.Port);
        }

        string place = Spelled("localhost", server);
        await GrantAsync(gateway, "bob", place);
        int port = FreePort.Next();
        await using ServerProcess tunnel = await TunnelAsync(gateway, gateway.BobKey, "bob", port, place);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using HttpClient http = new();
            Assert.StartsWith("took ", await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")), TestClient.Ct), StringComparison.Ordinal);
        }));

        Assert.Equal(50, server.Connections);
        Assert.Equal(21, asked.Count);
        Assert.Equal(21, asked.Distinct().Count());
    }

    [Fact]
    public async Task Account_of_the_vault_wins_over_a_place_of_the_same_name()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(resolve: (_, _) => throw new InvalidOperationException("Nobody asks for it."));
        await GrantAsync(gateway, "bob", "intranet:80");
        await gateway.AddAccountAsync("web-1/intranet");
        TestGateway.Ok(await gateway.Product.Grants.AddAsync(TestGateway.Local, new GrantDraft("bob", "web-1/intranet", Capability.Connect), TestClient.Ct));

        // An SSH server of the gateway's own answers.
        Assert.StartsWith("SSH-2.0-", (await SshWAsync(gateway, "intranet:80")).Text, StringComparison.Ordinal);
        Assert.Empty(await gateway.SessionsAsync());
    }

    private static Gateway.GatewayServer SecondServer(TestGateway gateway, Core.Product product, Gateway.GatewayOptions options) => new(
        options,
        product,
        Gateway.Listener.HostKeyFiles.Load(gateway.Folder).Value,
        (request, ct) => gateway.Face(request, ct),
        new PromptFaces(TimeProvider.System).RunAsync,
        TimeProvider.System,
        Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

    private static string Spelled(string host, PlainServer server) =>
        string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? "[" + host + "]" : host)}:{server.Port}");

    private static string Quoted(string reason) => reason.Contains(' ', StringComparison.Ordinal) ? "'" + reason + "'" : reason;

    private static async Task<Grant> GrantAsync(TestGateway gateway, string who, params string[] places) => TestGateway.Ok(await gateway.Product.Grants.AddAsync(
        TestGateway.Local, new GrantDraft(who, "web-1", Capability.Forward) { ForwardTo = [.. places.Select(place => HostPort.Parse(place).Value)] }, TestClient.Ct));

    private static async Task AddDatabaseAsync(TestGateway gateway, string name, string host, int port) => TestGateway.Ok(await gateway.Product.Resources.AddAsync(
        TestGateway.Local, new Core.Resources.ResourceDraft(name, ResourceKind.PostgreSql, host, port, "main", TlsMode.Verify, null, [], false, "", Metadata.Empty), TestClient.Ct));

    private static async Task<IReadOnlyList<AuditRow>> AuditAsync(TestGateway gateway, string filter) =>
        [.. TestGateway.Ok(await gateway.Product.Audit.ListAsync(Actor.System, filter, new PageRequest(), TestClient.Ct)).Items.Reverse()];

    private static Task<RunResult> SshWAsync(TestGateway gateway, string place, byte[]? input = null) =>
        Run.ProgramAsync("ssh", [.. gateway.SshOptions(gateway.BobKey), "-W", place, "bob@127.0.0.1"], input);

    private static async Task<ServerProcess> TunnelAsync(TestGateway gateway, SshKeyFile key, string user, int port, string place)
    {
        ServerProcess ssh = ServerProcess.Start(Tools.Need("ssh"), [
            .. gateway.SshOptions(key), "-N", "-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo forwarded", "-o", "ExitOnForwardFailure=yes",
            "-L", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}:{place}"), user + "@127.0.0.1"]);
        await ssh.LineAsync("forwarded");
        return ssh;
    }

    // A request that is not whole: the server waits for the rest.
    private static async Task<TcpClient> TalkAsync(TestGateway gateway, int port)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, TestClient.Ct);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.0\r\n"), TestClient.Ct);
        await Poll.UntilAsync("the session", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 1);
        return client;
    }

    private static async Task OverAsync(TestGateway gateway, TcpClient client, string reason)
    {
        using CancellationTokenSource limit = new(s_promised + TimeSpan.FromSeconds(2));
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], limit.Token));
        await Poll.UntilAsync("the row's end", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 0);
        Assert.Equal(reason, (await gateway.SessionsAsync())[^1].EndReason);
    }
}
