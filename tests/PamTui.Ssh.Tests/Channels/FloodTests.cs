using PamTui.Servers;
using PamTui.Ssh.Channels;

namespace PamTui.Ssh.Tests.Channels;

/// <summary>What somebody who is signed in, or a target, sends without end: memory stays what it was, and the connection serves on or ends.</summary>
[Collection(Heap.Alone)]
public sealed class FloodTests
{
    /// <summary>What pooled buffers may come to; far less than what any of the floods is, kept.</summary>
    private const long Little = 4L << 20;

    public static TheoryData<SshRole> Roles => [SshRole.Server, SshRole.Client];

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A4_Ignored_packets_without_end_cost_no_memory_and_the_connection_serves_on(SshRole role)
    {
        await using Flooded at = await Flooded.BeginAsync(role);
        byte[] ignore = [MessageId.Ignore, .. RawPeer.Text(new string('x', 100))];

        await at.SendManyAsync(100_000, _ => ignore);

        await at.ServesAsync();
        Assert.InRange(at.Grown(), long.MinValue, Little);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A5_Pings_without_end_are_answered_as_fast_as_the_answers_are_taken(SshRole role)
    {
        await using Flooded at = await Flooded.BeginAsync(role);
        Task<int> pongs = at.CountAsync(MessageId.Pong, 100_000);

        await at.SendManyAsync(100_000, _ => [MessageId.Ping, .. RawPeer.Text("p")]);

        Assert.Equal(100_000, await pongs);
        await at.ServesAsync();
        Assert.InRange(at.Grown(), long.MinValue, Little);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A5_Pings_whose_answers_nobody_takes_end_the_connection(SshRole role)
    {
        await using Flooded at = await Flooded.BeginAsync(role);
        byte[] ping = [MessageId.Ping, .. RawPeer.Text(new string('p', 4000))];

        Task flooding = at.SendManyAsync(10_000, _ => ping);

        await Assert.ThrowsAsync<SshProtocolException>(() => at.Run);
        Assert.InRange(at.Transport.BytesOut, 0, 2 << 20);
        await at.Transport.DisposeAsync();
        await flooding;
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task C2_100_000_refused_channels_leave_no_memory_behind(SshRole role)
    {
        await using Flooded at = await Flooded.BeginAsync(role);
        at.Handler.OnOpen = _ => ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, "no");
        Task<int> refusals = at.CountAsync(MessageId.ChannelOpenFailure, 100_000);

        await at.SendManyAsync(100_000, i => new ChannelOpen("direct-tcpip", (uint)i, 1 << 20, 1 << 15, default).Write());

        Assert.Equal(100_000, await refusals);
        Assert.Equal(0, at.Connection.ChannelCount);
        at.Handler.OnOpen = _ => ChannelOpenReply.Accept;
        await at.ServesAsync();
        Assert.InRange(at.Grown(), long.MinValue, Little);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task C2_Channels_are_opened_up_to_the_cap_and_the_rest_is_refused_unasked(SshRole role)
    {
        await using Flooded at = await Flooded.BeginAsync(role);
        int asked = 0;
        at.Handler.OnOpen = _ =>
        {
            asked++;
            return ChannelOpenReply.Accept;
        };
        Task<int> refusals = at.CountAsync(MessageId.ChannelOpenFailure, 19_936);

        await at.SendManyAsync(20_000, i => new ChannelOpen("session", (uint)i, 1 << 20, 1 << 15, default).Write());

        Assert.Equal(19_936, await refusals);
        Assert.Equal((64, 64), (asked, at.Connection.ChannelCount));
        Assert.InRange(at.Grown(), long.MinValue, Little);
    }

    [Theory]
    [InlineData(SshRole.Server, MessageId.ChannelOpen)]
    [InlineData(SshRole.Client, MessageId.ChannelOpen)]
    [InlineData(SshRole.Server, MessageId.GlobalRequest)]
    [InlineData(SshRole.Client, MessageId.GlobalRequest)]
    public async Task C5_Who_does_not_take_the_answers_is_not_asked_for_more(SshRole role, byte kind)
    {
        await using Flooded at = await Flooded.BeginAsync(role);
        at.Handler.OnOpen = _ => ChannelOpenReply.Refuse(ChannelOpenFailureReason.AdministrativelyProhibited, new string('n', 200));
        byte[] question = kind == MessageId.ChannelOpen
            ? new ChannelOpen("x11", 1, 1, 1, default).Write()
            : new GlobalRequest("x", true, default).Write();
        Task flooding = at.SendManyAsync(1_000_000, _ => question);
        long came = -1;
        await Poll.UntilAsync("it reads no more", () => at.Transport.Waiting > 1 << 20 && at.Transport.BytesIn == Interlocked.Exchange(ref came, at.Transport.BytesIn));

        Assert.False(flooding.IsCompleted);
        Assert.InRange(at.Transport.Waiting, 1 << 20, 4 << 20);
        await at.Transport.DisposeAsync();
        await flooding;
        await at.Run;
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A4_Who_begins_a_key_exchange_and_stops_holds_back_the_writer_not_the_memory(SshRole role)
    {
        await using Flooded at = await Flooded.BeginAsync(role);
        SshChannel channel = await at.ServesAsync();
        await at.Peer.SendKexInitAsync();
        await at.Peer.ReceiveKexInitAsync(strict: true);
        using CancellationTokenSource stop = new();
        Task[] writing = [.. Enumerable.Range(0, 8).Select(_ => channel.WriteAsync(new byte[1 << 20], stop.Token).AsTask())];
        await Poll.UntilAsync("something waits", () => at.Transport.Waiting > 0);

        Assert.InRange(at.Transport.Waiting, 1, 2 << 20);
        Assert.All(writing, write => Assert.False(write.IsCompleted));
        await at.Transport.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(writing));
        await at.Run;
    }

    /// <summary>An engine with a running connection, signed in, and the raw peer that floods it.</summary>
    private sealed class Flooded : IAsyncDisposable
    {
        private const int Batch = 64;

        private readonly long _before;
        private readonly SshRole _role;

        private Flooded(RawPeer peer, SshTransport transport, SshRole role)
        {
            (Peer, Transport, _role) = (peer, transport, role);
            Connection = new(transport, Handler, new());
            Run = Connection.RunAsync(CancellationToken.None);
            _before = Heap.InUse();
        }

        public RawPeer Peer { get; }

        public SshTransport Transport { get; }

        public ChannelPair.Recorder Handler { get; } = new();

        public SshConnection Connection { get; }

        public Task Run { get; }

        public static async Task<Flooded> BeginAsync(SshRole role)
        {
            (RawPeer peer, SshTransport transport) = await RawPeer.SignedInAsync(role);
            return new(peer, transport, role);
        }

        public long Grown() => Heap.InUse() - _before;

        /// <summary>Ends early when the engine has ended the connection.</summary>
        public async Task SendManyAsync(int count, Func<int, byte[]> message)
        {
            // The tests' own loop must not run in the engine's.
            await Task.Yield();
            try
            {
                for (int i = 0; i < count; i++)
                {
                    Peer.Add(message(i));
                    if (i % Batch == Batch - 1)
                    {
                        await Peer.FlushAsync();
                    }
                }

                await Peer.FlushAsync();
            }
            catch (Exception e) when (e is SshConnectionException or OperationCanceledException or IOException)
            {
                // Over.
            }
        }

        public async Task<int> CountAsync(byte id, int until)
        {
            await Task.Yield();
            int seen = 0;
            while (seen < until && await Peer.ReceiveAsync() is { Length: > 0 } payload)
            {
                seen += payload[0] == id ? 1 : 0;
            }

            return seen;
        }

        /// <summary>A channel opens, whoever asks for it.</summary>
        public async Task<SshChannel> ServesAsync()
        {
            if (_role == SshRole.Server)
            {
                await Peer.SendAsync(new ChannelOpen("session", 999_999, 1 << 30, 1 << 15, default).Write());
                Assert.NotEmpty(await Peer.ReceiveAsync(MessageId.ChannelOpenConfirmation));
                return await Handler.Started.Reader.ReadAsync(SessionPair.Soon());
            }

            Task<SshChannel> opening = Connection.OpenAsync("session", default, SessionPair.Soon());
            ChannelOpen open = ChannelOpen.Read(await Peer.ReceiveAsync(MessageId.ChannelOpen));
            await Peer.SendAsync(new ChannelOpenConfirmation(open.Sender, 999_999, 1 << 30, 1 << 15, default).Write());
            return await opening;
        }

        public async ValueTask DisposeAsync()
        {
            await Transport.DisposeAsync();
            await Peer.DisposeAsync();
            await Run.ContinueWith(ended => ended.Exception, TaskScheduler.Default);
        }
    }
}
