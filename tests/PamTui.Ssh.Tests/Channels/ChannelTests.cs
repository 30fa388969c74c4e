using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using PamTui.Servers;
using PamTui.Ssh.Channels;

namespace PamTui.Ssh.Tests.Channels;

public sealed class ChannelTests
{
    [Fact]
    public async Task Data_stderr_status_end_of_file_and_close_arrive_in_order()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync();
        (SshChannel client, SshChannel server) = await pair.SessionAsync();

        await client.WriteAsync("question"u8.ToArray(), SessionPair.Soon());
        await client.SendEofAsync(SessionPair.Soon());
        byte[] question = await ReadAllAsync(server.ReadAsync);
        await server.WriteAsync("answer"u8.ToArray(), SessionPair.Soon());
        await server.WriteStderrAsync("warning"u8.ToArray(), SessionPair.Soon());
        await server.SendEofAsync(SessionPair.Soon());
        await server.SendExitStatusAsync(7, SessionPair.Soon());
        await server.CloseAsync(SessionPair.Soon());

        Assert.Equal("question"u8.ToArray(), question);
        await client.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        byte[] answer = await ReadAllAsync(client.ReadAsync);
        byte[] warning = await ReadAllAsync(client.ReadStderrAsync);
        Assert.Equal("answer"u8.ToArray(), answer);
        Assert.Equal("warning"u8.ToArray(), warning);
        ChannelRequest status = await pair.ClientSide.Requests.Reader.ReadAsync(SessionPair.Soon());
        Assert.Equal(("exit-status", false, 7u), (status.Type, status.WantReply, ExitStatus.Read(status.Extra.Span).Status));
        await server.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((0, 0), (pair.Client.ChannelCount, pair.Server.ChannelCount));
    }

    [Fact]
    public async Task C5_A_reader_who_does_not_read_stops_the_writer_at_the_window()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync(new SshConnectionOptions { WindowSize = 256 * 1024 });
        (SshChannel client, SshChannel server) = await pair.SessionAsync();
        byte[] data = RandomNumberGenerator.GetBytes(2 * 1024 * 1024);
        Task writing = server.WriteAsync(data, SessionPair.Soon()).AsTask();
        await Poll.UntilAsync("the window is used up", () => pair.Client.Transport.BytesIn > 256 * 1024);
        // A request travels behind the data: when it is answered, all that could come has come.
        await server.RequestAsync("x", default, wantReply: true, SessionPair.Soon());

        Assert.False(writing.IsCompleted);
        Assert.True(pair.Client.Transport.BytesIn < 300 * 1024, $"{pair.Client.Transport.BytesIn} bytes came");
        byte[] read = new byte[data.Length];
        await client.AsStream().ReadExactlyAsync(read, SessionPair.Soon());
        await writing;
        Assert.True(read.AsSpan().SequenceEqual(data));
    }

    [Fact]
    public async Task Over_a_socket_whoever_is_asked_has_a_thread_of_the_pool_though_data_is_taken_on_the_sockets_own()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient dialled = new();
        await dialled.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient taken = await listener.AcceptTcpClientAsync();
        await using ChannelPair pair = await ChannelPair.OpenAsync(dialled.GetStream(), taken.GetStream());
        List<bool> onPool = [];
        pair.ServerSide.OnOpen = _ => Noted(onPool, ChannelOpenReply.Accept);
        pair.ServerSide.OnRequest = _ => Noted(onPool, true);

        (SshChannel client, SshChannel server) = await pair.SessionAsync();
        InlineCompletions.Prefer(server.AsStream(), true);
        bool dataOnPool = true;
        // The thread of the request before may still be there to take what comes at once.
        for (int i = 0; dataOnPool && i < 1000; i++)
        {
            Task<bool> reading = OnPoolAsync(server.ReadAsync(new byte[1], SessionPair.Soon()));
            await client.WriteAsync("x"u8.ToArray(), SessionPair.Soon());
            dataOnPool = await reading;
        }

        await client.RequestAsync("x", default, wantReply: true, SessionPair.Soon());
        await pair.Client.GlobalRequestAsync("x", default, wantReply: true, SessionPair.Soon());

        Assert.False(dataOnPool);
        Assert.Equal([true, true, true], onPool);

        static async Task<bool> OnPoolAsync(ValueTask<int> reading)
        {
            await reading.ConfigureAwait(false);
            return Thread.CurrentThread.IsThreadPoolThread;
        }

        static T Noted<T>(List<bool> onPool, T answer)
        {
            onPool.Add(Thread.CurrentThread.IsThreadPoolThread);
            return answer;
        }
    }

    [Fact]
    public async Task C7_Many_channels_echo_through_key_exchanges_without_loss()
    {
        const int Channels = 8;
        await using ChannelPair pair = await ChannelPair.OpenAsync(
            new SshConnectionOptions { WindowSize = 128 * 1024 },
            new SshOptions { RekeyBytes = 128 * 1024, Algorithms = new() { KeyExchanges = ["curve25519-sha256"] } });
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        List<Task> work = [];
        for (int i = 0; i < Channels; i++)
        {
            (SshChannel client, SshChannel server) = await pair.SessionAsync();
            work.Add(EchoAsync(server, limit.Token));
            work.Add(TalkAsync(client, limit.Token));
        }

        await Task.WhenAll(work);
        Assert.True(pair.Client.Transport.KeyExchanges > 10, $"{pair.Client.Transport.KeyExchanges} key exchanges");
    }

    [Fact]
    public async Task Replies_come_in_the_order_of_the_requests()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync();
        pair.ServerSide.OnRequest = name => name.StartsWith("yes", StringComparison.Ordinal);
        (SshChannel client, _) = await pair.SessionAsync();

        Task<bool>[] replies =
        [
            client.RequestAsync("yes-1", default, true, SessionPair.Soon()).AsTask(),
            client.RequestAsync("no-1", default, true, SessionPair.Soon()).AsTask(),
            client.RequestAsync("yes-2", default, true, SessionPair.Soon()).AsTask(),
        ];
        Task<bool>[] global =
        [
            pair.Client.GlobalRequestAsync("no", default, true, SessionPair.Soon()),
            pair.Client.GlobalRequestAsync("yes", default, true, SessionPair.Soon()),
        ];

        bool[] channelReplies = await Task.WhenAll(replies);
        bool[] globalReplies = await Task.WhenAll(global);
        Assert.Equal([true, false, true], channelReplies);
        Assert.Equal([false, true], globalReplies);
    }

    [Fact]
    public async Task C1_A_flood_of_unsolicited_replies_is_dropped_and_the_connection_serves_on()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();
        SshConnection server = new(pair.Server, new ChannelPair.Recorder(), new());
        Task run = server.RunAsync(CancellationToken.None);
        await pair.Client.SendAsync(new ChannelOpen("session", 5, 1 << 20, 1 << 15, default).Write(), SessionPair.Soon());
        Assert.Equal(0u, ChannelOpenConfirmation.Read((await pair.Client.ReceiveAsync(SessionPair.Soon())).Span).Sender);

        for (int i = 0; i < 20_000; i++)
        {
            pair.Client.Queue([MessageId.ChannelSuccess, 0, 0, 0, 0]);
            pair.Client.Queue([MessageId.ChannelFailure, 0, 0, 0, 9]);
            pair.Client.Queue([MessageId.RequestSuccess]);
            pair.Client.Queue([MessageId.RequestFailure]);
        }

        await pair.Client.SendAsync(new ChannelRequest(0, "x", true, default).Write(), SessionPair.Soon());
        Assert.Equal(MessageId.ChannelSuccess, (await pair.Client.ReceiveAsync(SessionPair.Soon())).Span[0]);
        await server.DisposeAsync();
        await run;
    }

    [Fact]
    public async Task C2_Refused_channels_leave_no_trace()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync();
        pair.ServerSide.OnOpen = _ => ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "not \u001bhere");

        for (int i = 0; i < 2000; i++)
        {
            SshChannelException refused = await Assert.ThrowsAsync<SshChannelException>(() => pair.Client.OpenAsync("direct-tcpip", default, SessionPair.Soon()));
            Assert.Equal(ChannelOpenFailureReason.AdministrativelyProhibited, refused.Reason);
            Assert.Contains("not \\u{1b}here", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal((0, 0), (pair.Client.ChannelCount, pair.Server.ChannelCount));
    }

    [Fact]
    public async Task C2_Channels_beyond_the_cap_are_refused_and_a_closed_one_makes_room()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync(new SshConnectionOptions { MaxChannels = 3 });
        SshChannel first = (await pair.SessionAsync()).Client;
        await pair.SessionAsync();
        await pair.SessionAsync();
        Assert.Equal(
            ChannelOpenFailureReason.ResourceShortage,
            (await Assert.ThrowsAsync<SshChannelException>(() => pair.Client.OpenAsync("session", default, SessionPair.Soon()))).Reason);

        await first.CloseAsync(SessionPair.Soon());
        await first.Closed.WaitAsync(TimeSpan.FromSeconds(10));
        await pair.SessionAsync();

        Assert.Equal(3, pair.Server.ChannelCount);
    }

    [Fact]
    public async Task The_server_s_own_cap_refuses_without_asking_anyone()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();
        int asked = 0;
        ChannelPair.Recorder recorder = new()
        {
            OnOpen = _ =>
            {
                asked++;
                return ChannelOpenReply.Accept;
            },
        };
        SshConnection server = new(pair.Server, recorder, new() { MaxChannels = 1 });
        Task run = server.RunAsync(CancellationToken.None);

        await pair.Client.SendAsync(new ChannelOpen("session", 1, 1, 1, default).Write(), SessionPair.Soon());
        await pair.Client.SendAsync(new ChannelOpen("session", 2, 1, 1, default).Write(), SessionPair.Soon());

        Assert.Equal(MessageId.ChannelOpenConfirmation, (await pair.Client.ReceiveAsync(SessionPair.Soon())).Span[0]);
        ChannelOpenFailure failure = ChannelOpenFailure.Read((await pair.Client.ReceiveAsync(SessionPair.Soon())).Span);
        Assert.Equal((2u, ChannelOpenFailureReason.ResourceShortage, 1), (failure.Recipient, failure.Reason, asked));
        await server.DisposeAsync();
        await run;
    }

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task C5_A_peer_that_breaks_the_rules_of_a_channel_is_disconnected(string rule)
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();
        SshConnection server = new(pair.Server, new ChannelPair.Recorder(), new() { WindowSize = 40_000, MaxPacket = 32_768 });
        Task run = server.RunAsync(CancellationToken.None);
        await pair.Client.SendAsync(new ChannelOpen("session", 5, 100, 1 << 15, default).Write(), SessionPair.Soon());
        await pair.Client.ReceiveAsync(SessionPair.Soon());

        foreach (byte[] message in s_violations[rule])
        {
            await pair.Client.SendAsync(message, SessionPair.Soon());
        }

        await Assert.ThrowsAsync<SshProtocolException>(() => run);
        SshConnectionException told = await Assert.ThrowsAsync<SshConnectionException>(async () =>
        {
            while (true)
            {
                await pair.Client.ReceiveAsync(SessionPair.Soon());
            }
        });
        Assert.Equal(DisconnectReason.ProtocolError, told.Reason);
    }

    public static TheoryData<string> Violations => [.. s_violations.Keys];

    private static readonly Dictionary<string, byte[][]> s_violations = new()
    {
        ["more than the window"] = [Data(0, 30_000), Data(0, 30_000)],
        ["more than the largest packet"] = [Data(0, 32_769)],
        ["data for no channel"] = [Data(1, 1)],
        ["end of file for no channel"] = [[MessageId.ChannelEof, 0, 0, 0, 1]],
        ["a request for no channel"] = [new ChannelRequest(3, "x", true, default).Write()],
        ["data after the end of file"] = [[MessageId.ChannelEof, 0, 0, 0, 0], Data(0, 1)],
        ["data after the close"] = [[MessageId.ChannelClose, 0, 0, 0, 0], Data(0, 1)],
        ["a window beyond its size"] = [[MessageId.ChannelWindowAdjust, 0, 0, 0, 0, 255, 255, 255, 255]],
        ["a confirmation nobody asked for"] = [new ChannelOpenConfirmation(0, 1, 1, 1, default).Write()],
        ["a refusal nobody asked for"] = [new ChannelOpenFailure(7, ChannelOpenFailureReason.ConnectFailed, "").Write()],
        ["a channel of packets of no size"] = [new ChannelOpen("session", 9, 1, 0, default).Write()],
        ["bytes behind the data"] = [[.. Data(0, 1), 0]],
        ["data that is not there"] = [[MessageId.ChannelData, 0, 0, 0, 0, 0, 0, 0, 200, 1]],
    };

    [Fact]
    public async Task Both_sides_may_close_at_the_same_moment()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync();
        for (int i = 0; i < 200; i++)
        {
            (SshChannel client, SshChannel server) = await pair.SessionAsync();
            await Task.WhenAll(client.CloseAsync(SessionPair.Soon()).AsTask(), server.CloseAsync(SessionPair.Soon()).AsTask());
            await Task.WhenAll(client.Closed, server.Closed).WaitAsync(TimeSpan.FromSeconds(10));
        }

        Assert.Equal((0, 0), (pair.Client.ChannelCount, pair.Server.ChannelCount));
    }

    [Fact]
    public async Task Whatever_waits_ends_when_the_connection_does()
    {
        ChannelPair pair = await ChannelPair.OpenAsync(new SshConnectionOptions { WindowSize = 64 * 1024 });
        (SshChannel client, SshChannel server) = await pair.SessionAsync();
        Task[] waiting =
        [
            Assert.ThrowsAsync<SshConnectionException>(async () => await client.ReadAsync(new byte[1], CancellationToken.None)),
            Assert.ThrowsAsync<SshConnectionException>(async () => await client.ReadStderrAsync(new byte[1], CancellationToken.None)),
            Assert.ThrowsAsync<SshConnectionException>(async () => await client.WriteAsync(new byte[1 << 20], CancellationToken.None)),
            Assert.ThrowsAsync<SshConnectionException>(async () => await server.ReadStderrAsync(new byte[1], CancellationToken.None)),
        ];

        await pair.Server.Transport.DisconnectAsync(DisconnectReason.ByApplication, "bye");

        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(10));
        await Task.WhenAll(client.Closed, server.Closed).WaitAsync(TimeSpan.FromSeconds(10));
        await pair.DisposeAsync();
        await Assert.ThrowsAsync<SshConnectionException>(() => pair.Client.OpenAsync("session", default, SessionPair.Soon()));
    }

    [Fact]
    public async Task C7_The_last_words_of_a_peer_that_is_gone_are_heard_though_nothing_can_be_sent_to_it()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync(buffer: 1 << 20);
        ChannelPair.Recorder recorder = new();
        SshConnection client = new(pair.Client, recorder, new());
        Task<SshChannel> opening = client.OpenAsync("session", default, SessionPair.Soon());
        ChannelOpen open = ChannelOpen.Read((await pair.Server.ReceiveAsync(SessionPair.Soon())).Span);
        await pair.Server.SendAsync(new ChannelOpenConfirmation(open.Sender, 3, 1 << 20, 1 << 15, default).Write(), SessionPair.Soon());
        for (int i = 0; i < 20; i++)
        {
            await pair.Server.SendAsync(new ChannelRequest(open.Sender, "asks-" + i, true, default).Write(), SessionPair.Soon());
        }

        await pair.Server.SendAsync(Data(open.Sender, 1000), SessionPair.Soon());
        await pair.Server.SendAsync(new ChannelRequest(open.Sender, "exit-status", false, new ExitStatus(7).Write()).Write(), SessionPair.Soon());
        await pair.Server.DisposeAsync();
        await Assert.ThrowsAsync<SshConnectionException>(async () =>
        {
            while (true)
            {
                await pair.Client.SendAsync(new GlobalRequest("anyone", false, default).Write(), SessionPair.Soon());
            }
        });

        await client.RunAsync(SessionPair.Soon());

        SshChannel channel = await opening;
        Assert.Equal(1000, await channel.ReadAsync(new byte[2000], SessionPair.Soon()));
        ChannelRequest last = default;
        while (recorder.Requests.Reader.TryRead(out ChannelRequest request))
        {
            last = request;
        }

        Assert.Equal("exit-status", last.Type);
    }

    [Fact]
    public async Task A_channel_that_is_given_up_while_it_opens_is_closed()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();
        SshConnection client = new(pair.Client, new ChannelPair.Recorder(), new());
        Task run = client.RunAsync(CancellationToken.None);
        using CancellationTokenSource impatience = new();
        Task<SshChannel> opening = client.OpenAsync("session", default, impatience.Token);
        ChannelOpen open = ChannelOpen.Read((await pair.Server.ReceiveAsync(SessionPair.Soon())).Span);

        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await pair.Server.SendAsync(new ChannelOpenConfirmation(open.Sender, 3, 1, 1, default).Write(), SessionPair.Soon());

        byte[] close = (await pair.Server.ReceiveAsync(SessionPair.Soon())).ToArray();
        Assert.Equal([MessageId.ChannelClose, 0, 0, 0, 3], close);
        await client.DisposeAsync();
        await run;
    }

    [Fact]
    public async Task A_window_is_opened_as_far_as_was_read_and_never_for_what_was_dropped_unread()
    {
        await using ChannelPair pair = await ChannelPair.OpenAsync(new SshConnectionOptions { WindowSize = 64 * 1024 });
        (SshChannel client, SshChannel server) = await pair.SessionAsync();
        Task writing = server.WriteAsync(new byte[200 * 1024], SessionPair.Soon()).AsTask();
        byte[] buffer = new byte[1000];
        int total = 0;
        while (total < 200 * 1024)
        {
            total += await client.ReadAsync(buffer, SessionPair.Soon());
        }

        await writing;
        Assert.Equal(200 * 1024, total);
    }

    [Fact]
    public async Task A5_Pings_of_who_is_signed_in_are_answered_with_their_data()
    {
        (RawPeer peer, Task<SshTransport> accepting) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.HandshakeAsync();
            await using SshTransport server = await accepting;
            Task<AuthenticatedUser> signIn = ServerAuthentication.RunAsync(server, new TestAuthenticator { Password = "x" }, new(), SessionPair.Soon());
            await peer.SendAsync([MessageId.ServiceRequest, 0, 0, 0, 12, .. "ssh-userauth"u8]);
            await peer.SendAsync([MessageId.UserAuthRequest, 0, 0, 0, 1, 97, 0, 0, 0, 14, .. "ssh-connection"u8, 0, 0, 0, 8, .. "password"u8, 0, 0, 0, 0, 1, 120]);
            await signIn;
            SshConnection connection = new(server, new ChannelPair.Recorder(), new());
            Task run = connection.RunAsync(CancellationToken.None);

            await peer.SendAsync([MessageId.Ping, 0, 0, 0, 3, 1, 2, 3]);

            byte[] pong = await peer.ReceiveAsync(MessageId.Pong);
            Assert.Equal([MessageId.Pong, 0, 0, 0, 3, 1, 2, 3], pong);
            await connection.DisposeAsync();
            await run;
        }
    }

    private static byte[] Data(uint channel, int count) =>
        [MessageId.ChannelData, 0, 0, 0, (byte)channel, (byte)(count >> 24), (byte)(count >> 16), (byte)(count >> 8), (byte)count, .. new byte[count]];

    private static async Task EchoAsync(SshChannel channel, CancellationToken ct)
    {
        byte[] buffer = new byte[10_000];
        while (await channel.ReadAsync(buffer, ct) is > 0 and int count)
        {
            await channel.WriteAsync(buffer.AsMemory(0, count), ct);
        }

        await channel.SendEofAsync(ct);
        await channel.CloseAsync(ct);
    }

    private static async Task TalkAsync(SshChannel channel, CancellationToken ct)
    {
        byte[] data = RandomNumberGenerator.GetBytes(700_000);
        Task<byte[]> reading = ReadAllAsync(channel.ReadAsync);
        await channel.WriteAsync(data, ct);
        await channel.SendEofAsync(ct);
        Assert.True((await reading).AsSpan().SequenceEqual(data));
        await channel.Closed.WaitAsync(ct);
    }

    private static async Task<byte[]> ReadAllAsync(Func<Memory<byte>, CancellationToken, ValueTask<int>> read)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[8000];
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (await read(buffer, limit.Token) is > 0 and int count)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
