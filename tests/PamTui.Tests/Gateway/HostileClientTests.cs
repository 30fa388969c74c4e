using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using PamTui.Core.Model;
using PamTui.Gateway;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Tests;

namespace PamTui.Tests.GatewayTests;

/// <summary>What strangers and users do to a gateway on a socket; it goes on serving the others.</summary>
[Collection(Heap.Alone)]
public sealed class HostileClientTests(HostileClientTests.Shared shared) : IClassFixture<HostileClientTests.Shared>
{
    private const string Password = "right horse";

    /// <summary>IP_BIND_ADDRESS_NO_PORT of ip(7): the port is chosen when the other end is known, which thousands at once want.</summary>
    private const int IpLevel = 0, BindAddressNoPort = 24;

    private TestGateway Gateway => shared.Gateway;

    [Theory]
    [InlineData("method due", new[] { 1, 30 })]
    [InlineData("service agreed", new[] { 1, 2, 3, 4, 5, 7, 20, 50, 61, 192 })]
    [InlineData("signed in", new[] { 1, 2, 3, 4, 20, 50, 80, 81, 82, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 192, 193 })]
    public async Task A2_B1_B2_Every_message_number_that_is_not_due_ends_the_connection_and_nothing_else(string place, int[] due)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 256).Except(due),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (message, _) =>
            {
                await using RawPeer peer = await RawClient.ConnectAsync(Gateway.EndPoint);
                switch (place)
                {
                    case "method due":
                        await peer.VersionsAsync();
                        await peer.SendKexInitAsync();
                        await peer.ReceiveKexInitAsync();
                        break;
                    case "service agreed":
                        await peer.HandshakeAsync();
                        await peer.SendAsync([MessageId.ServiceRequest, .. RawPeer.Text("ssh-userauth")]);
                        break;
                    default:
                        await peer.HandshakeAsync();
                        await peer.SignInAsync("bob", Password);
                        break;
                }

                await peer.SendAsync((byte)message, 0, 0, 0, 0, 0, 0, 0, 0);

                await peer.EndsAsync();
            });

        await GoesOnAsync();
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.9 127.0.0.1 4711 2222\r\n")]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c\u00cb\u0000\u0071\u0009\u007f\0\0\u0001\0\u0016\0\u0016")]
    public async Task A19_A_PROXY_header_is_not_believed_and_the_source_is_the_socket_s(string header)
    {
        using TcpClient client = new(new IPEndPoint(IPAddress.Parse("127.0.0.31"), 0));
        await client.ConnectAsync(Gateway.EndPoint);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(header + "SSH-2.0-behind_a_proxy\r\n"));

        await EndOfAsync(client);

        string port = ":" + ((IPEndPoint)client.Client.LocalEndPoint!).Port;
        await Poll.UntilAsync("the log has it", () => Gateway.Log.Contains(port + " ended before sign-in", StringComparison.Ordinal));
        Assert.Contains("127.0.0.31" + port, Gateway.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("203.0.113.9", Gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A17_10_000_half_open_sockets_of_one_source_and_others_sign_in_meanwhile()
    {
        const int Sockets = 10_000;
        long most = await OpenFilesAsync();
        int held = (int)Math.Min(Sockets, most - 2000);
        Queue<Socket> halfOpen = new();
        using CancellationTokenSource stop = new();
        int opened = 0;
        Task flooding = Task.Run(async () =>
        {
            for (; opened < Sockets; opened++)
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.SetRawSocketOption(IpLevel, BindAddressNoPort, BitConverter.GetBytes(1));
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.66"), 0));
                await socket.ConnectAsync(Gateway.EndPoint, stop.Token);
                halfOpen.Enqueue(socket);
                if (halfOpen.Count > held)
                {
                    halfOpen.Dequeue().Dispose();
                }
            }
        });
        try
        {
            int signedIn = 0;
            do
            {
                long start = Stopwatch.GetTimestamp();
                await using SshTransport other = await TestClient.SignInAsync(Gateway.EndPoint, "alice", Gateway.AliceKey.PrivateBytes);
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10), "it took too long to sign in");
                signedIn++;
            }
            while (!flooding.IsCompleted || signedIn < 3);
            await flooding;

            await Poll.UntilAsync("no more are kept than one source may have", () => Gateway.Server.ConnectionCount <= shared.Options.MaxStartupsPerSource);
            Assert.Contains("turned away 127.0.0.66", Gateway.Log, StringComparison.Ordinal);
        }
        finally
        {
            await stop.CancelAsync();
            await flooding.ContinueWith(ended => ended.Exception, TaskScheduler.Default);
            foreach (Socket socket in halfOpen)
            {
                socket.Dispose();
            }
        }
    }

    [Theory]
    [InlineData("version")]
    [InlineData("packet")]
    [InlineData("messages")]
    public async Task A17_Who_says_one_byte_a_second_is_cut_when_its_time_is_over(string what)
    {
        FakeTimeProvider time = new();
        await using TestGateway gateway = await TestGateway.StartAsync(new GatewayOptions { LoginGraceSeconds = 60 }, time: time);
        await using RawPeer peer = await RawClient.ConnectAsync(gateway.EndPoint);
        // Once the gateway has said something the time runs.
        await (what switch
        {
            "messages" => peer.HandshakeAsync(),
            "packet" => peer.VersionsAsync(),
            _ => peer.ReceiveVersionAsync(),
        });

        byte[] packet = [0, 0, 3, 252, 4, MessageId.KexInit]; // Of a length that is possible, and never whole.
        for (int second = 0; second < 59; second++)
        {
            await (what switch
            {
                "messages" => peer.SendAsync(MessageId.Ignore, 0, 0, 0, 0),
                "packet" => peer.RawAsync([second < packet.Length ? packet[second] : (byte)0]),
                _ => peer.RawAsync([(byte)"SSH-2.0-slow"[Math.Min(second, 11)]]),
            });
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, gateway.Server.ConnectionCount);
        time.Advance(TimeSpan.FromSeconds(1));

        await Poll.UntilAsync("it is out", () => gateway.Server.ConnectionCount == 0);
        Assert.Contains("the time for signing in ran out", gateway.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A16_Hundreds_whose_time_is_over_at_the_very_moment_they_sign_in_are_in_or_out_and_nothing_between()
    {
        const int Rounds = 4;
        const int Each = 100;
        FakeTimeProvider time = new();
        GatewayOptions options = new() { LoginGraceSeconds = 60, MaxStartupsPerSource = 1000, StartDropping = 1000, MaxStartups = 1000 };
        await using TestGateway gateway = await TestGateway.StartAsync(options, time: time);
        using Secret password = Secret.FromText(Password);
        TestGateway.Ok(await gateway.Product.Users.SetPasswordAsync(TestGateway.Local, "bob", password, TestClient.Ct));
        int sawSuccess = 0;
        for (int round = 0; round < Rounds; round++)
        {
            RawPeer[] peers = await Task.WhenAll(Enumerable.Range(0, Each).Select(async _ =>
            {
                RawPeer peer = await RawClient.ConnectAsync(gateway.EndPoint);
                await peer.HandshakeAsync();
                await peer.SendAsync([MessageId.ServiceRequest, .. RawPeer.Text("ssh-userauth")]);
                Assert.NotEmpty(await peer.ReceiveAsync(MessageId.ServiceAccept));
                return peer;
            }));

            // The last request of each and the end of all their times, at once.
            Task over = Task.Run(() => time.Advance(TimeSpan.FromSeconds(61)));
            bool[] success = await Task.WhenAll(peers.Select(peer => Task.Run(() => FinishesAsync(peer))));
            await over;

            sawSuccess += success.Count(yes => yes);
            foreach (RawPeer peer in peers)
            {
                await peer.DisposeAsync();
            }

            await Poll.UntilAsync("every connection is gone", () => gateway.Server.ConnectionCount == 0);
        }

        int told = gateway.Log.Split('\n').Count(line => line.Contains("bob signed in", StringComparison.Ordinal));
        Assert.InRange(told, 0, sawSuccess);
        Assert.DoesNotContain("by a fault of the gateway", gateway.Log, StringComparison.Ordinal);
        Assert.Empty(await gateway.SessionsAsync());
        await using SshTransport next = await TestClient.SignInAsync(gateway.EndPoint, "alice", gateway.AliceKey.PrivateBytes);
    }

    [Fact]
    public async Task A4_C2_A_user_who_floods_costs_no_memory_and_others_are_served()
    {
        await using RawPeer peer = await RawClient.SignInAsync(Gateway.EndPoint, "alice@web", Password);
        Task reading = peer.EndsAsync();
        long before = Heap.InUse();

        await FloodAsync(peer, 200_000, _ => [MessageId.Ignore, .. RawPeer.Text("noise")]);
        await GoesOnAsync();
        await FloodAsync(peer, 20_000, _ => [MessageId.Ping, .. RawPeer.Text("x")]);
        await GoesOnAsync();
        await FloodAsync(peer, 10_000, i => new ChannelOpen("direct-tcpip", (uint)i, 1, 1, default).Write());
        await GoesOnAsync();
        await FloodAsync(peer, 10_000, _ => new GlobalRequest("tcpip-forward", true, default).Write());
        await GoesOnAsync();

        Assert.InRange(Heap.InUse() - before, long.MinValue, 8 << 20); // The lines of the test's own log are in it.
        Assert.False(reading.IsCompleted);
        SessionRecord live = Assert.Single(await Gateway.SessionsAsync(liveOnly: true));
        await peer.SendAsync(200);
        await reading;
        await Poll.UntilAsync("the row is closed", async () => (await Gateway.SessionsAsync(liveOnly: true)).Count == 0);
        string? reason = (await Gateway.SessionsAsync()).Single(row => row.Id == live.Id).EndReason;
        Assert.True(reason?.StartsWith("the user broke the protocol", StringComparison.Ordinal), reason + "\n" + string.Join('\n', Gateway.Log.Split('\n').TakeLast(20)));
    }

    [Fact]
    public async Task C2_A_user_who_opens_channels_without_end_gets_as_many_as_are_allowed()
    {
        await using RawPeer peer = await RawClient.SignInAsync(Gateway.EndPoint, "alice@web", Password);
        const int Opens = 2000;
        Task flooding = FloodAsync(peer, Opens, i => new ChannelOpen("session", (uint)i, 1 << 20, 1 << 15, default).Write());

        int opened = 0;
        int refused = 0;
        while (opened + refused < Opens)
        {
            byte[] payload = await peer.ReceiveAsync();
            Assert.NotEmpty(payload);
            opened += payload[0] == MessageId.ChannelOpenConfirmation ? 1 : 0;
            refused += payload[0] == MessageId.ChannelOpenFailure ? 1 : 0;
        }

        await flooding;
        Assert.Equal(shared.Options.MaxChannels, opened);
        await GoesOnAsync();
    }

    [Fact]
    public async Task A4_A_user_who_begins_a_key_exchange_and_floods_data_loses_the_session()
    {
        await using RawPeer peer = await RawClient.SignInAsync(Gateway.EndPoint, "alice@web", Password);
        await peer.SendAsync(new ChannelOpen("session", 1, 1 << 20, 1 << 15, default).Write());
        Assert.NotEmpty(await peer.ReceiveAsync(MessageId.ChannelOpenConfirmation));
        SessionRecord live = Assert.Single(await Gateway.SessionsAsync(liveOnly: true));

        await peer.SendKexInitAsync();
        await FloodAsync(peer, 1000, _ => [MessageId.ChannelData, 0, 0, 0, 0, .. RawPeer.Text(new string('x', 1000))]);

        await Poll.UntilAsync("the session is over", async () => (await Gateway.SessionsAsync(liveOnly: true)).Count == 0);
        Assert.StartsWith("the user broke the protocol", (await Gateway.SessionsAsync()).Single(row => row.Id == live.Id).EndReason, StringComparison.Ordinal);
    }

    private static async Task<bool> FinishesAsync(RawPeer peer)
    {
        try
        {
            await peer.SendAsync(
                [MessageId.UserAuthRequest, .. RawPeer.Text("bob"), .. RawPeer.Text("ssh-connection"), .. RawPeer.Text("password"), 0, .. RawPeer.Text(Password)]);
            return (await peer.ReceiveAsync(MessageId.UserAuthSuccess)).Length > 0;
        }
        catch (Exception e) when (e is IOException or SshConnectionException)
        {
            return false;
        }
    }

    /// <summary>Ends early when the gateway ends the connection.</summary>
    private static async Task FloodAsync(RawPeer peer, int count, Func<int, byte[]> message)
    {
        try
        {
            for (int i = 0; i < count; i++)
            {
                peer.Add(message(i));
                if (i % 64 == 63)
                {
                    await peer.FlushAsync();
                }
            }

            await peer.FlushAsync();
        }
        catch (Exception e) when (e is IOException or SshConnectionException)
        {
            // Over.
        }
    }

    private static async Task EndOfAsync(TcpClient client)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (await client.GetStream().ReadAsync(buffer, TestClient.Ct) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset: ended all the same.
        }
    }

    /// <summary>How many files this process may open; the runtime has raised the soft limit to the hard one.</summary>
    private static async Task<long> OpenFilesAsync()
    {
        string line = (await File.ReadAllLinesAsync("/proc/self/limits")).Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], out long limit) ? limit : long.MaxValue;
    }

    private async Task GoesOnAsync()
    {
        await using SshTransport other = await TestClient.SignInAsync(Gateway.EndPoint, "alice", Gateway.AliceKey.PrivateBytes);
        Assert.DoesNotContain("by a fault of the gateway", Gateway.Log, StringComparison.Ordinal);
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        internal GatewayOptions Options { get; } = new();

        public async ValueTask InitializeAsync()
        {
            Gateway = await TestGateway.StartAsync(Options);
            foreach (string user in (string[])["alice", "bob"])
            {
                using Secret password = Secret.FromText(HostileClientTests.Password);
                TestGateway.Ok(await Gateway.Product.Users.SetPasswordAsync(TestGateway.Local, user, password, CancellationToken.None));
            }
        }

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
