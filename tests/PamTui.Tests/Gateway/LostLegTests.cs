using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway;
using PamTui.Gateway.Login;
using PamTui.Gateway.Relay;
using PamTui.Ssh;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Tests;

namespace PamTui.Tests.GatewayTests;

/// <summary>Which end a session's row blames, when raw peers at both ends say what a test tells them.</summary>
public sealed class LostLegTests
{
    private static readonly SshOptions s_quick = new() { Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"], HostKeys = ["ssh-ed25519"] } };

    [Theory]
    [InlineData(SshRole.Server, "connection to the user lost")]
    [InlineData(SshRole.Client, "connection to the target lost")]
    public async Task Leg_that_does_not_take_an_answer_of_the_gateway_s_own_is_the_one_that_is_lost(SshRole lost, string reason)
    {
        await using TestGateway gateway = await TestGateway.StartAsync();
        AccessGrant? grant = await gateway.Product.Authorizer.AuthorizeAsync(gateway.Alice.Id, new AccountRef("web-1", "deploy"), Capability.Connect, TestClient.Ct);
        using SshPrivateKey hostKey = SshPrivateKey.GenerateEd25519();
        await using Leg user = await Leg.OpenAsync(SshRole.Server, hostKey);
        await using Leg target = await Leg.OpenAsync(SshRole.Client, hostKey);
        RefusedForwards refused = new(gateway.Product.Forwards, grant!.Who, "192.0.2.1", NullLogger.Instance);
        PacketRelay relay = new(
            user.Engine, new SshSession(new LiveSession(1), grant, target.Engine), gateway.Product.Authorizer, refused, SessionRights.All, new GatewayOptions(), TimeProvider.System, NullLogger.Instance);
        Task<string> running = relay.RunAsync(TestClient.Ct);
        await user.Peer.SendAsync(new ChannelOpen("session", 3, 1 << 20, 1 << 15, default).Write());
        await target.Peer.ReceiveAsync(MessageId.ChannelOpen);
        await target.Peer.SendAsync(new ChannelOpenConfirmation(3, 7, 1 << 20, 1 << 15, default).Write());
        await user.Peer.ReceiveAsync(MessageId.ChannelOpenConfirmation);
        Leg broken = lost == SshRole.Server ? user : target;

        // A pong that does not go out is missed by nobody; a refusal is the relay's own answer.
        broken.Stream.TakesNothing = true;
        await broken.Peer.SendAsync([MessageId.Ping, .. RawPeer.Text("x")]);
        await PamTui.Servers.Poll.UntilAsync("the pong is stuck", () => !broken.Engine.CanSend);
        await broken.Peer.SendAsync(new GlobalRequest("tcpip-forward", true, default).Write());

        Assert.Equal(reason, await running.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    /// <summary>The engine in a role, signed in, and a raw peer at its other end.</summary>
    private sealed class Leg(RawPeer peer, SshTransport engine, BreakableStream stream) : IAsyncDisposable
    {
        public RawPeer Peer => peer;

        public SshTransport Engine => engine;

        public BreakableStream Stream => stream;

        public static async Task<Leg> OpenAsync(SshRole role, SshPrivateKey hostKey)
        {
            using TcpListener listener = new(IPAddress.Loopback, 0);
            listener.Start();
            Socket far = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await far.ConnectAsync(listener.LocalEndpoint, TestClient.Ct);
            BreakableStream stream = new(await listener.AcceptSocketAsync(TestClient.Ct));
            RawPeer peer = new(new NetworkStream(far, ownsSocket: true), role == SshRole.Server ? SshRole.Client : SshRole.Server) { HostKey = hostKey };
            Task<SshTransport> connecting = role == SshRole.Server
                ? SshTransport.AcceptAsync(stream, s_quick, [hostKey], TestClient.Ct)
                : SshTransport.ConnectAsync(stream, s_quick, (_, _) => ValueTask.FromResult(true), TestClient.Ct);
            await peer.HandshakeAsync();
            SshTransport engine = await connecting;
            if (role == SshRole.Server)
            {
                Task<AuthenticatedUser> signIn = ServerAuthentication.RunAsync(engine, new OnePassword(), new ServerAuthOptions(), TestClient.Ct);
                await peer.SignInAsync("alice", "x");
                await signIn;
            }
            else
            {
                Task<ClientAuthResult> signIn = ClientAuthentication.RunAsync(engine, "deploy", new PasswordCredential("x"u8.ToArray()), TestClient.Ct);
                await peer.LetInAsync();
                await signIn;
            }

            return new Leg(peer, engine, stream);
        }

        public async ValueTask DisposeAsync()
        {
            await engine.DisposeAsync();
            await peer.DisposeAsync();
        }
    }

    /// <summary>A socket on which one day nothing can be sent any more, while what was sent before still comes.</summary>
    private sealed class BreakableStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public bool TakesNothing { get; set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            TakesNothing ? ValueTask.FromException(new IOException("Broken pipe.")) : base.WriteAsync(buffer, cancellationToken);
    }

    private sealed class OnePassword : IServerAuthenticator
    {
        public ValueTask<IReadOnlyList<string>> MethodsAsync(string user, CancellationToken ct) => new(["password"]);

        public ValueTask<bool> OfferKeyAsync(string user, SshPublicKey key, CancellationToken ct) => new(false);

        public ValueTask<AuthVerdict> KeyProvenAsync(string user, SshPublicKey key, CancellationToken ct) => new(AuthVerdict.Failure);

        public ValueTask<AuthVerdict> PasswordAsync(string user, ReadOnlyMemory<byte> utf8Password, CancellationToken ct) => new(AuthVerdict.Success);

        public ValueTask<InteractiveStep> InteractiveAsync(string user, IReadOnlyList<ReadOnlyMemory<byte>>? responses, CancellationToken ct) =>
            new(new InteractiveStep.Verdict(AuthVerdict.Failure));
    }
}
