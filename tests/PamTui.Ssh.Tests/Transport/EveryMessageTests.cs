using PamTui.Ssh.Channels;
using PamTui.Ssh.Tests.Channels;

namespace PamTui.Ssh.Tests.Transport;

/// <summary>
/// A2, B1, B2: each of the 256 message numbers, sent where it is not due, by a hostile client to our server and by a hostile server to our
/// client. What is due is written down here a second time, apart from the engine's own table.
/// </summary>
public sealed class EveryMessageTests
{
    private static readonly int[] s_noise = [1, 2, 3, 4];
    private static readonly int[] s_auth = [.. s_noise, 7, 20, 192];
    private static readonly int[] s_open = [.. s_noise, 20, 80, 81, 82, .. Enumerable.Range(90, 11), 192, 193];

    /// <summary>Where the engine stands when the message comes, and what may come then at a server and at a client.</summary>
    private static readonly Dictionary<string, (int[] AtServer, int[] AtClient)> s_due = new()
    {
        ["before KEXINIT"] = ([.. s_noise, 20], [.. s_noise, 20]), // Noise is found out by KEXINIT: A1.
        ["strict, method due"] = ([1, 30], [1, 31]),
        ["strict, NEWKEYS due"] = ([1, 21], [1, 21]),
        ["method due"] = ([.. s_noise, 30], [.. s_noise, 31]),
        ["NEWKEYS due"] = ([.. s_noise, 21], [.. s_noise, 21]),
        ["service due"] = ([.. s_auth, 5], [.. s_auth, 6, 51, 52, 53, 60]),
        ["service agreed"] = ([.. s_auth, 50], [.. s_auth, 51, 52, 53, 60]),
        ["questions asked"] = ([.. s_auth, 50, 61], [.. s_auth, 51, 52, 53, 60]),
        ["rekey before sign-in, method due"] = ([.. s_noise, 30], [.. s_noise, 31]),
        ["rekey before sign-in, NEWKEYS due"] = ([.. s_noise, 21], [.. s_noise, 21]),
        ["signed in"] = ([.. s_open, 50], s_open),
    };

    public static TheoryData<SshRole, string> Places => [.. from place in s_due.Keys from role in Enum.GetValues<SshRole>() select (role, place)];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A2_B1_B2_Every_message_number_that_is_not_due_ends_the_connection(SshRole engine, string place)
    {
        int[] due = engine == SshRole.Server ? s_due[place].AtServer : s_due[place].AtClient;

        await Parallel.ForEachAsync(
            Enumerable.Range(0, 256).Except(due),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (message, _) => await EndsAsync(engine, place, (byte)message));
    }

    private static async Task EndsAsync(SshRole engine, string place, byte message)
    {
        (RawPeer peer, Task<SshTransport> handshake) = RawPeer.At(engine, strict: place is not ("method due" or "NEWKEYS due"));
        TestAuthenticator authenticator = new() { Password = "x", Interactive = _ => new InteractiveStep.Ask("", "", [new("?", true)]) };
        Task work = WorkAsync(engine, handshake, authenticator);
        await using (peer)
        {
            await ArriveAsync(peer, engine, place);
            int asked = authenticator.Asked.Count;

            await peer.SendAsync(message, 0, 0, 0, 0, 0, 0, 0, 0);

            Exception? end = await Record.ExceptionAsync(() => work);
            Assert.True(end is SshProtocolException, $"message {message} at our {engine}, {place}: {end}");
            if (!place.Contains("NEWKEYS due", StringComparison.Ordinal))
            {
                // There its last words are under keys that the peer does not have yet.
                await peer.IsDisconnectedAsync();
            }

            Assert.Equal(asked, authenticator.Asked.Count);
        }
    }

    /// <summary>What a program does with the engine, up to a running connection.</summary>
    private static async Task WorkAsync(SshRole role, Task<SshTransport> handshake, TestAuthenticator authenticator)
    {
        await using SshTransport transport = await handshake;
        if (role == SshRole.Server)
        {
            await ServerAuthentication.RunAsync(transport, authenticator, new(), SessionPair.Soon());
        }
        else
        {
            await ClientAuthentication.RunAsync(transport, "alice", new PasswordCredential("x"u8.ToArray()), SessionPair.Soon());
        }

        await using SshConnection connection = new(transport, new ChannelPair.Recorder(), new());
        await connection.RunAsync(SessionPair.Soon());
    }

    private static async Task ArriveAsync(RawPeer peer, SshRole engine, string place)
    {
        bool atServer = engine == SshRole.Server;
        switch (place)
        {
            case "before KEXINIT":
                await peer.VersionsAsync();
                return;
            case "strict, method due" or "method due":
                await BeginAsync(peer);
                return;
            case "strict, NEWKEYS due" or "NEWKEYS due":
                await BeginAsync(peer);
                await MethodAsync(peer, atServer);
                return;
        }

        await peer.HandshakeAsync();
        switch (place)
        {
            case "service agreed":
                await peer.SendAsync([atServer ? MessageId.ServiceRequest : MessageId.ServiceAccept, .. RawPeer.Text("ssh-userauth")]);
                break;
            case "questions asked" when atServer:
                await peer.SendAsync([MessageId.ServiceRequest, .. RawPeer.Text("ssh-userauth")]);
                await peer.SendAsync(
                    [MessageId.UserAuthRequest, .. RawPeer.Text("a"), .. RawPeer.Text("ssh-connection"), .. RawPeer.Text("keyboard-interactive"), .. RawPeer.Text(""), .. RawPeer.Text("")]);
                Assert.NotEmpty(await peer.ReceiveAsync(MessageId.UserAuthInfoRequest));
                break;
            case "questions asked":
                await peer.SendAsync([MessageId.ServiceAccept, .. RawPeer.Text("ssh-userauth")]);
                await peer.SendAsync([MessageId.UserAuthFailure, .. RawPeer.Text("keyboard-interactive"), 0]);
                break;
            case "rekey before sign-in, method due" or "rekey before sign-in, NEWKEYS due":
                await peer.SendKexInitAsync();
                await peer.ReceiveKexInitAsync(strict: true);
                if (place.EndsWith("NEWKEYS due", StringComparison.Ordinal))
                {
                    await MethodAsync(peer, atServer);
                }

                break;
            case "signed in" when atServer:
                await peer.SignInAsync("alice", "x");
                break;
            case "signed in":
                await peer.LetInAsync();
                break;
        }
    }

    private static async Task BeginAsync(RawPeer peer)
    {
        await peer.VersionsAsync();
        await peer.SendKexInitAsync();
        await peer.ReceiveKexInitAsync();
    }

    private static Task MethodAsync(RawPeer peer, bool atServer) => atServer ? peer.SendMethodAsync() : peer.AnswerMethodAsync();
}
