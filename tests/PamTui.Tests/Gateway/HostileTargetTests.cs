using System.Collections.Concurrent;
using System.Text;
using PamTui.Core.Model;
using PamTui.Servers;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Tests;
using PamTui.Ssh.Wire;

namespace PamTui.Tests.GatewayTests;

/// <summary>Targets that were taken over, or pose as one: what they get, and what they can do to the gateway and to others.</summary>
[Collection(Heap.Alone)]
public sealed class HostileTargetTests(HostileTargetTests.Shared shared) : IClassFixture<HostileTargetTests.Shared>
{
    private const string Planted = "n0t-for-impostors";

    private TestGateway Gateway => shared.Gateway;

    [Theory]
    [InlineData(CredentialType.Password)]
    [InlineData(CredentialType.PrivateKey)]
    public async Task D1_An_impostor_hears_neither_a_name_nor_a_credential(CredentialType type)
    {
        ConcurrentQueue<byte[]> heard = [];
        await using RawTarget target = new(async peer =>
        {
            await peer.VersionsAsync();
            await peer.SendKexInitAsync();
            await peer.ReceiveKexInitAsync();
            await peer.AnswerMethodAsync();
            while (await peer.ReceiveAsync() is { Length: > 0 } payload)
            {
                heard.Enqueue(payload);
            }
        });
        string account = await AddAsync(target, type, pinned: Gateway.Target.HostKey.Fingerprint);

        RunResult result = await Gateway.SshAsync("alice@" + account, "true");

        Assert.Contains("the host key it shows is not the one that is pinned", result.Ended(255).Error, StringComparison.Ordinal);
        await target.Done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.All(heard, payload => Assert.Equal(MessageId.Disconnect, payload[0])); // Not even NEWKEYS.
    }

    [Theory]
    [InlineData(CredentialType.PrivateKey, "publickey")]
    [InlineData(CredentialType.Password, "password")]
    public async Task D5_A_target_that_refuses_and_names_other_methods_is_shown_one_credential_once(CredentialType type, string method)
    {
        ConcurrentQueue<string> tried = [];
        await using RawTarget target = new(async peer =>
        {
            await peer.HandshakeAsync();
            Assert.NotEmpty(await peer.ReceiveAsync(MessageId.ServiceRequest));
            await peer.SendAsync([MessageId.ServiceAccept, .. RawPeer.Text("ssh-userauth")]);
            while (await peer.ReceiveAsync(MessageId.UserAuthRequest) is { Length: > 0 } request)
            {
                tried.Enqueue(MethodOf(request));
                await peer.SendAsync([MessageId.UserAuthFailure, .. RawPeer.Text("publickey,password,keyboard-interactive,hostbased,none"), 0]);
            }
        });
        string account = await AddAsync(target, type);

        RunResult result = await Gateway.SshAsync("alice@" + account, "true");

        Assert.Contains("it did not accept the stored", result.Ended(255).Error, StringComparison.Ordinal);
        await target.Done.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal([method], tried);
    }

    [Fact]
    public async Task D6_What_a_target_says_back_of_a_credential_is_shown_to_nobody()
    {
        await using RawTarget target = new(async peer =>
        {
            await peer.HandshakeAsync();
            Assert.NotEmpty(await peer.ReceiveAsync(MessageId.ServiceRequest));
            await peer.SendAsync([MessageId.ServiceAccept, .. RawPeer.Text("ssh-userauth")]);
            Assert.NotEmpty(await peer.ReceiveAsync(MessageId.UserAuthRequest));
            await peer.SendAsync([MessageId.UserAuthBanner, .. RawPeer.Text($"your password is {Planted}\r\n"), .. RawPeer.Text("")]);
            await peer.SendAsync([MessageId.Disconnect, 0, 0, 0, 2, .. RawPeer.Text($"'{Planted}' is wrong"), .. RawPeer.Text("")]);
            await peer.ReceiveAsync();
        });
        string account = await AddAsync(target, CredentialType.Password);

        RunResult result = await Gateway.SshAsync("alice@" + account, "true");

        Assert.DoesNotContain(Planted, result.Ended(255).Error, StringComparison.Ordinal);
        Assert.Contains("it ended the connection", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, Gateway.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ignored packets")]
    [InlineData("pings")]
    [InlineData("channels")]
    [InlineData("global requests")]
    public async Task A4_C2_C10_A_target_that_floods_costs_no_memory_opens_nothing_and_others_are_served(string what)
    {
        TaskCompletionSource<long> before = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using RawTarget target = new(async peer =>
        {
            await peer.HandshakeAsync();
            await peer.LetInAsync();
            await AcceptChannelAsync(peer);
            Task<int> reading = Task.Run(async () =>
            {
                int answers = 0;
                while (await peer.ReceiveAsync() is { Length: > 0 } payload && payload[0] != MessageId.ChannelClose)
                {
                    answers += payload[0] is MessageId.ChannelOpenConfirmation ? 1 : 0;
                }

                return answers;
            });
            before.SetResult(Heap.InUse());
            for (int i = 0; i < 20_000; i++)
            {
                peer.Add(what switch
                {
                    "ignored packets" => [MessageId.Ignore, .. RawPeer.Text("noise")],
                    "pings" => [MessageId.Ping, .. RawPeer.Text("x")],
                    "channels" => new ChannelOpen(i % 2 == 0 ? "auth-agent@openssh.com" : "forwarded-tcpip", (uint)i, 1 << 20, 1 << 15, default).Write(),
                    _ => new GlobalRequest("hostkeys-00@openssh.com", false, default).Write(),
                });
                if (i % 64 == 0)
                {
                    await peer.FlushAsync();
                }
            }

            // Out of breath: it does its work after all.
            await peer.SendAsync([MessageId.ChannelData, .. Number(0), .. RawPeer.Text("still here\n")]);
            await FinishAsync(peer);
            Assert.Equal(0, await reading);
        });
        string account = await AddAsync(target, CredentialType.Password);

        Task<RunResult> session = Gateway.SshAsync("alice@" + account, "true");
        long heap = await before.Task.WaitAsync(TimeSpan.FromSeconds(20));
        (await Gateway.SshAsync("alice@web", "true")).Succeeded();
        RunResult result = await session;

        Assert.Equal("still here\n", result.Succeeded().Text);
        Assert.InRange(Heap.InUse() - heap, long.MinValue, 4 << 20);
        await target.Done.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(52)]
    [InlineData(50)]
    [InlineData(0)]
    public async Task A2_A_target_that_sends_what_is_no_message_of_a_session_ends_it_in_words(byte message)
    {
        await using RawTarget target = new(async peer =>
        {
            await peer.HandshakeAsync();
            await peer.LetInAsync();
            await AcceptChannelAsync(peer);
            await peer.SendAsync(message, 0, 0, 0, 0);
            await peer.ReceiveAsync(MessageId.Disconnect);
        });
        string account = await AddAsync(target, CredentialType.Password);

        RunResult result = await Gateway.SshAsync("alice@" + account, "true");

        Assert.Contains("the target broke the protocol", result.Ended(255).Error, StringComparison.Ordinal);
        await Poll.UntilAsync("the row is closed", async () => (await Gateway.SessionsAsync(liveOnly: true)).Count == 0);
        Assert.StartsWith("the target broke the protocol", (await Gateway.SessionsAsync())[^1].EndReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A4_A_target_whose_key_exchange_never_ends_while_data_floods_loses_the_session(bool itBegins)
    {
        await using TestGateway gateway = await TestGateway.StartAsync(new PamTui.Gateway.GatewayOptions { RekeyMegabytes = 1 });
        await using RawTarget target = new(async peer =>
        {
            await peer.HandshakeAsync();
            await peer.LetInAsync();
            await AcceptChannelAsync(peer);
            if (itBegins)
            {
                await peer.SendKexInitAsync();
            }

            // The gateway asks for new keys after 1 MiB, and never gets its answer.
            byte[] data = [MessageId.ChannelData, .. Number(0), .. RawPeer.Text(new string('x', 30_000))];
            for (int i = 0; i < 5000; i++)
            {
                await peer.SendAsync(data);
            }
        });
        await AddAsync(gateway, target, CredentialType.Password, null);
        long heap = Heap.InUse();

        // The user takes all there is: nothing but the exchange holds the target back.
        await using SshTransport user = await TestClient.SignInAsync(gateway.EndPoint, "alice@hostile-" + target.Port, gateway.AliceKey.PrivateBytes);
        await user.SendAsync(new ChannelOpen("session", 0, uint.MaxValue, 1 << 15, default).Write(), TestClient.Ct);
        ChannelOpenConfirmation.Read((await user.ReceiveAsync(TestClient.Ct)).Span);
        await user.SendAsync(new ChannelRequest(7, ExecRequest.Type, true, new ExecRequest("true"u8.ToArray()).Write()).Write(), TestClient.Ct);
        await Assert.ThrowsAsync<SshConnectionException>(async () =>
        {
            while (true)
            {
                await user.ReceiveAsync(TestClient.Ct);
            }
        });

        await Poll.UntilAsync("the row is closed", async () => (await gateway.SessionsAsync(liveOnly: true)).Count == 0);
        Assert.StartsWith("the target broke the protocol", (await gateway.SessionsAsync())[^1].EndReason, StringComparison.Ordinal);
        Assert.InRange(Heap.InUse() - heap, long.MinValue, 8 << 20);
    }

    /// <summary>The gateway's own user opens a session and runs a command; channel 0 at both ends.</summary>
    private static async Task AcceptChannelAsync(RawPeer peer)
    {
        ChannelOpen open = ChannelOpen.Read(await peer.ReceiveAsync(MessageId.ChannelOpen));
        await peer.SendAsync(new ChannelOpenConfirmation(open.Sender, 7, 1 << 20, 1 << 15, default).Write());
        while (true)
        {
            ChannelRequest request = ChannelRequest.Read(await peer.ReceiveAsync(MessageId.ChannelRequest));
            if (request.WantReply)
            {
                await peer.SendAsync([MessageId.ChannelSuccess, .. Number(open.Sender)]);
            }

            if (request.Type == ExecRequest.Type)
            {
                return;
            }
        }
    }

    private static async Task FinishAsync(RawPeer peer)
    {
        await peer.SendAsync(new ChannelRequest(0, ExitStatus.Type, false, new ExitStatus(0).Write()).Write());
        await peer.SendAsync([MessageId.ChannelEof, .. Number(0)]);
        await peer.SendAsync([MessageId.ChannelClose, .. Number(0)]);
    }

    private static byte[] Number(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static string MethodOf(byte[] request)
    {
        SshReader reader = new(request.AsSpan(1));
        reader.Utf8(255);
        reader.AsciiName(64);
        return reader.AsciiName(64);
    }

    /// <summary>An account on the hostile target; its alias.</summary>
    private Task<string> AddAsync(RawTarget target, CredentialType type, string? pinned = null) => AddAsync(Gateway, target, type, pinned);

    private static async Task<string> AddAsync(TestGateway gateway, RawTarget target, CredentialType type, string? pinned)
    {
        string name = "hostile-" + target.Port;
        await gateway.AddResourceAsync(name, target.Port, pinned ?? target.HostKey.PublicKey.Fingerprint);
        byte[] secret = type == CredentialType.Password ? Encoding.UTF8.GetBytes(Planted) : gateway.TargetKey.PrivateBytes;
        await gateway.AddAccountAsync(name + "/victim", type, secret, name, "victim");
        return name;
    }

    public sealed class Shared : IAsyncLifetime
    {
        internal TestGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await TestGateway.StartAsync();

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
