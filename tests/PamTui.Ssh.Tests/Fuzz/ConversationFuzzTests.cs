using CsCheck;
using PamTui.Servers;
using PamTui.Ssh.Auth;
using PamTui.Ssh.Channels;
using PamTui.Ssh.Tests.Channels;
using PamTui.Ssh.Transport;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Tests.Fuzz;

/// <summary>
/// Whole conversations with a live engine, in both roles, before and after sign-in: sequences of messages that are valid by themselves, a little
/// off, or in no order at all. It serves on or ends, never hangs, throws nothing but what it says, and keeps nothing.
/// </summary>
[Collection(Heap.Alone)]
public sealed class ConversationFuzzTests
{
    private static readonly byte[][] s_messages = Messages();

    public static TheoryData<SshRole, bool> Places => new() { { SshRole.Server, false }, { SshRole.Server, true }, { SshRole.Client, false }, { SshRole.Client, true } };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Any_sequence_of_messages_ends_in_service_or_in_a_disconnect(SshRole engine, bool signedIn)
    {
        await ConverseAsync(engine, signedIn, []); // What is loaded once.
        long before = Heap.InUse();

        await Mutations.Of(s_messages).Array[1, 12].SampleAsync(
            messages => ConverseAsync(engine, signedIn, messages),
            iter: FuzzRun.Seconds > 0 ? -1 : 500,
            time: FuzzRun.Seconds > 0 ? FuzzRun.Seconds : -1,
            threads: 1,
            print: messages => string.Join('\n', messages.Select(Convert.ToHexString)));

        Assert.InRange(Heap.InUse() - before, long.MinValue, 4 << 20);
    }

    [Theory]
    [InlineData(SshRole.Server)]
    [InlineData(SshRole.Client)]
    public Task Any_bytes_on_the_wire_end_in_a_disconnect_or_wait_for_more(SshRole engine) =>
        Mutations.Of(["SSH-2.0-x\r\n"u8.ToArray(), [.. "SSH-2.0-x\r\n"u8, 0, 0, 0, 12, 10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]).Array[1, 4].SampleAsync(
            chunks => BytesAsync(engine, chunks),
            iter: FuzzRun.Seconds > 0 ? -1 : 300,
            time: FuzzRun.Seconds > 0 ? FuzzRun.Seconds : -1,
            threads: 1,
            print: chunks => string.Join('\n', chunks.Select(Convert.ToHexString)));

    private static async Task ConverseAsync(SshRole role, bool signedIn, byte[][] messages)
    {
        (RawPeer peer, Task<SshTransport> handshake) = RawPeer.At(role);
        Task work = WorkAsync(role, handshake);
        try
        {
            await peer.HandshakeAsync();
            if (signedIn)
            {
                await (role == SshRole.Server ? peer.SignInAsync("alice", "x") : peer.LetInAsync());
            }

            Task reading = DrainAsync(peer);
            try
            {
                foreach (byte[] message in messages.Where(message => message.Length > 0))
                {
                    await peer.SendAsync(message);
                }
            }
            catch (Exception e) when (e is SshConnectionException or IOException)
            {
                // It has ended.
            }

            await peer.HangUpAsync();
            await reading;
        }
        finally
        {
            await peer.DisposeAsync();
        }

        await work.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task BytesAsync(SshRole role, byte[][] chunks)
    {
        (DuplexStream engine, DuplexStream peer) = DuplexStream.Pair();
        Task<SshTransport> handshake = role == SshRole.Server
            ? SshTransport.AcceptAsync(engine, new(), [SessionPair.HostKey], SessionPair.Soon())
            : SshTransport.ConnectAsync(engine, new(), (_, _) => ValueTask.FromResult(true), SessionPair.Soon());
        foreach (byte[] chunk in chunks.Where(chunk => chunk.Length > 0))
        {
            try
            {
                await peer.WriteAsync(chunk);
            }
            catch (IOException)
            {
                break;
            }
        }

        await peer.DisposeAsync();
        await WorkAsync(role, handshake).WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>What a program does with the engine; ends like it, unless in a way that it does not announce.</summary>
    private static async Task WorkAsync(SshRole role, Task<SshTransport> handshake)
    {
        try
        {
            await using SshTransport transport = await handshake;
            if (role == SshRole.Server)
            {
                TestAuthenticator authenticator = new() { Password = "x", Interactive = _ => new InteractiveStep.Ask("", "", [new("?", true)]) };
                await ServerAuthentication.RunAsync(transport, authenticator, new() { Banner = "Hello." }, SessionPair.Soon());
            }
            else if (await ClientAuthentication.RunAsync(transport, "alice", new PasswordCredential("x"u8.ToArray()), SessionPair.Soon()) is not ClientAuthResult.Success)
            {
                return;
            }

            ChannelPair.Recorder handler = new() { OnRequest = type => type.Length % 2 == 0 };
            await using SshConnection connection = new(transport, handler, new() { MaxChannels = 4 });
            await connection.RunAsync(SessionPair.Soon());
        }
        catch (SshException)
        {
            // As it says.
        }
    }

    private static async Task DrainAsync(RawPeer peer)
    {
        try
        {
            while (await peer.ReceiveAsync() is { Length: > 0 })
            {
            }
        }
        catch (Exception e) when (e is SshException or IOException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The end, or keys that it has agreed on and the raw peer has not.
        }
    }

    private static byte[][] Messages()
    {
        byte[] password = Payload.Of((ref w) =>
        {
            AuthRequest.Write(ref w, "alice", "password");
            w.Boolean(false);
            w.String("x");
        });
        byte[] interactive = Payload.Of((ref w) =>
        {
            AuthRequest.Write(ref w, "alice", "keyboard-interactive");
            w.String("");
            w.String("");
        });
        return
        [
            [MessageId.Ignore, .. RawPeer.Text("x")],
            [MessageId.Debug, 1, .. RawPeer.Text("x"), .. RawPeer.Text("")],
            [MessageId.Unimplemented, 0, 0, 0, 1],
            [MessageId.ServiceRequest, .. RawPeer.Text("ssh-userauth")],
            [MessageId.ServiceAccept, .. RawPeer.Text("ssh-userauth")],
            [MessageId.ExtInfo, 0, 0, 0, 1, .. RawPeer.Text("server-sig-algs"), .. RawPeer.Text("ssh-ed25519")],
            KexInit.Offer(AlgorithmPreferences.Compatible, ["ssh-ed25519"], SshRole.Client, first: false).Write(),
            [MessageId.KexExchangeInit, .. RawPeer.Text(new string('k', 32))],
            [MessageId.KexExchangeReply, .. RawPeer.Text("k"), .. RawPeer.Text("v"), .. RawPeer.Text("s")],
            [MessageId.NewKeys],
            password,
            interactive,
            InteractiveMessages.WriteResponse([new byte[3]]),
            InteractiveMessages.WriteRequest(new("", "", [new("Password: ", false)])),
            [MessageId.UserAuthFailure, .. RawPeer.Text("publickey,keyboard-interactive"), 0],
            [MessageId.UserAuthBanner, .. RawPeer.Text("hello"), .. RawPeer.Text("")],
            [MessageId.UserAuthSuccess],
            new GlobalRequest("keepalive@openssh.com", true, default).Write(),
            [MessageId.RequestSuccess],
            [MessageId.RequestFailure],
            new ChannelOpen("session", 0, 1 << 20, 1 << 15, default).Write(),
            new ChannelOpenConfirmation(0, 0, 1 << 20, 1 << 15, default).Write(),
            new ChannelOpenFailure(0, ChannelOpenFailureReason.ConnectFailed, "no").Write(),
            [MessageId.ChannelWindowAdjust, 0, 0, 0, 0, 0, 1, 0, 0],
            [MessageId.ChannelData, 0, 0, 0, 0, .. RawPeer.Text("data")],
            [MessageId.ChannelExtendedData, 0, 0, 0, 0, 0, 0, 0, 1, .. RawPeer.Text("err")],
            [MessageId.ChannelEof, 0, 0, 0, 0],
            [MessageId.ChannelClose, 0, 0, 0, 0],
            new ChannelRequest(0, ExecRequest.Type, true, new ExecRequest("true"u8.ToArray()).Write()).Write(),
            new ChannelRequest(0, PtyRequest.Type, true, new PtyRequest("xterm", 80, 24, 0, 0, default).Write()).Write(),
            new ChannelRequest(0, ExitStatus.Type, false, new ExitStatus(0).Write()).Write(),
            [MessageId.ChannelSuccess, 0, 0, 0, 0],
            [MessageId.ChannelFailure, 0, 0, 0, 0],
            [MessageId.Ping, .. RawPeer.Text("p")],
            [MessageId.Pong, .. RawPeer.Text("p")],
            [MessageId.Disconnect, 0, 0, 0, 11, .. RawPeer.Text("bye"), .. RawPeer.Text("")],
            [200, 1, 2, 3],
        ];
    }
}
