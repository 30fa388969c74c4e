using Microsoft.Extensions.Time.Testing;

namespace PamTui.Ssh.Tests.Transport;

public sealed class RekeyTests
{
    private static readonly AlgorithmPreferences s_quick = new() { KeyExchanges = ["curve25519-sha256"] };

    [Fact]
    public async Task Keys_are_renewed_when_their_time_has_come()
    {
        FakeTimeProvider time = new();
        await using SessionPair pair = await SessionPair.SignedInAsync(new SshOptions { Time = time });
        Task<byte[]> first = ReceiveAsync(pair.Server);
        await pair.Client.SendAsync(Message(1), SessionPair.Soon());
        await first;
        Assert.Equal(1, pair.Client.KeyExchanges);

        time.Advance(TimeSpan.FromMinutes(61));
        Task<byte[]> second = ReceiveAsync(pair.Server);
        await pair.Client.SendAsync(Message(2), SessionPair.Soon());

        byte[] received = await second;
        Assert.Equal(Message(2), received);
        Assert.Equal(2, pair.Server.KeyExchanges);
    }

    [Fact]
    public async Task A_sender_completes_a_key_exchange_though_nobody_receives_on_its_side()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();
        Task<byte[]> receiving = ReceiveAsync(pair.Server);
        await pair.Server.SendAsync(Message(7), SessionPair.Soon());
        pair.Client.BeginRekey();

        await pair.Client.SendAsync(Message(1), SessionPair.Soon());

        byte[] atServer = await receiving;
        byte[] atClient = await ReceiveAsync(pair.Client);
        Assert.Equal(Message(1), atServer);
        Assert.Equal(Message(7), atClient);
    }

    [Fact]
    public async Task Both_sides_may_begin_a_key_exchange_at_the_same_moment()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();
        pair.Client.BeginRekey();
        pair.Server.BeginRekey();
        Task<byte[]> atServer = ReceiveAsync(pair.Server);
        Task<byte[]> atClient = ReceiveAsync(pair.Client);

        await pair.Client.SendAsync(Message(1), SessionPair.Soon());
        await pair.Server.SendAsync(Message(2), SessionPair.Soon());

        byte[] one = await atServer;
        byte[] two = await atClient;
        Assert.Equal(Message(1), one);
        Assert.Equal(Message(2), two);
        Assert.Equal(2, pair.Client.KeyExchanges);
    }

    [Theory]
    [InlineData(16 * 1024, 4 * 1024)]
    [InlineData(64 * 1024, 64 * 1024)]
    public async Task C7_A_relay_under_full_load_in_both_directions_loses_nothing_while_all_four_ends_rekey(int rekeyBytes, int buffer)
    {
        const int Count = 400;
        SshOptions options = new() { RekeyBytes = rekeyBytes, Algorithms = s_quick };
        await using SessionPair user = await SessionPair.SignedInAsync(options, options, buffer);
        await using SessionPair target = await SessionPair.SignedInAsync(options, options, buffer);
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
        Task up = RelayAsync(user.Server, target.Client, stop.Token);
        Task down = RelayAsync(target.Client, user.Server, stop.Token);

        Task sending = Task.WhenAll(SendManyAsync(user.Client, Count, stop.Token), SendManyAsync(target.Server, Count, stop.Token));
        Task receiving = Task.WhenAll(ReceiveManyAsync(target.Server, Count, stop.Token), ReceiveManyAsync(user.Client, Count, stop.Token));
        await Task.WhenAll(sending, receiving);

        Assert.True(user.Server.KeyExchanges > 5, $"{user.Server.KeyExchanges} key exchanges");
        Assert.True(target.Client.KeyExchanges > 5, $"{target.Client.KeyExchanges} key exchanges");
        await stop.CancelAsync();
        await Task.WhenAll(up, down);
    }

    [Theory]
    [InlineData(SshRole.Server)]
    [InlineData(SshRole.Client)]
    public async Task A4_A_peer_that_begins_a_key_exchange_and_floods_data_is_disconnected(SshRole role)
    {
        (RawPeer peer, SshTransport engine) = await RawPeer.SignedInAsync(role);
        await using (peer)
        await using (engine)
        {
            Task receiving = Assert.ThrowsAsync<SshProtocolException>(async () => await engine.ReceiveAsync(SessionPair.Soon()));
            await peer.SendKexInitAsync();

            await peer.SendAsync(MessageId.ChannelData, 0, 0, 0, 0, 0, 0, 0, 1, 65);

            await receiving;
        }
    }

    [Theory]
    [InlineData(SshRole.Server, 16, 64)]
    [InlineData(SshRole.Client, 16, 64)]
    [InlineData(SshRole.Client, 4, 8)]
    public async Task A4_A_peer_that_never_answers_a_key_exchange_is_disconnected_and_costs_bounded_memory(SshRole role, int heldMegabytes, int megabytes)
    {
        SshOptions options = new()
        {
            Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"] },
            MaxHeldBytes = (long)heldMegabytes << 20,
            MaxBytesBeforePeerKexInit = (long)megabytes << 20,
        };
        (RawPeer peer, SshTransport engine) = await RawPeer.SignedInAsync(role, options);
        await using (peer)
        await using (engine)
        {
            engine.BeginRekey();
            byte[] data = new byte[32 * 1024];
            data[0] = MessageId.ChannelData;
            // Somebody sends and nobody receives: what comes is put aside, up to a limit, and then left where it is.
            Task sending = Assert.ThrowsAsync<SshConnectionException>(async () => await engine.SendAsync(Message(1), SessionPair.Soon()));
            Task flooding = Task.Run(async () =>
            {
                try
                {
                    for (int i = 0; i < 3000; i++)
                    {
                        await peer.SendAsync(data);
                    }
                }
                catch (SshConnectionException)
                {
                }
            });
            long limit = options.MaxHeldBytes;
            await PamTui.Servers.Poll.UntilAsync("the limit is reached", () => engine.ReceivedAhead > limit);
            long came = engine.BytesIn;
            await PamTui.Servers.Poll.UntilAsync("nothing more is read", () => engine.BytesIn == Interlocked.Exchange(ref came, engine.BytesIn));
            Assert.InRange(engine.ReceivedAhead, limit, limit + data.Length);

            // Taken by the receiver it is no weight, but there is an end to it as well.
            Exception? end = null;
            while (end is null)
            {
                try
                {
                    await engine.ReceiveAsync(SessionPair.Soon());
                }
                catch (SshException e)
                {
                    end = e;
                }
            }

            Assert.IsType<SshProtocolException>(end);
            Assert.InRange(engine.BytesIn, options.MaxBytesBeforePeerKexInit, options.MaxBytesBeforePeerKexInit + (1 << 20));
            await sending;
            await engine.DisposeAsync();
            await flooding;
        }
    }

    private static async Task RelayAsync(SshTransport from, SshTransport to, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> payload = await from.ReceiveAsync(ct);
                do
                {
                    to.Queue(payload.Span);
                }
                while (from.TryReceive(out payload));
                await to.FlushAsync(ct);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static async Task SendManyAsync(SshTransport transport, int count, CancellationToken ct)
    {
        for (int i = 0; i < count; i++)
        {
            await transport.SendAsync(Message(i), ct);
        }
    }

    private static async Task ReceiveManyAsync(SshTransport transport, int count, CancellationToken ct)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlyMemory<byte> payload = await transport.ReceiveAsync(ct);
            Assert.True(payload.Span.SequenceEqual(Message(i)), $"message {i} differs");
        }
    }

    private static async Task<byte[]> ReceiveAsync(SshTransport transport) => (await transport.ReceiveAsync(SessionPair.Soon())).ToArray();

    /// <summary>Of a length and content of its own.</summary>
    private static byte[] Message(int number)
    {
        byte[] message = new byte[64 + (number * 977 % 9000)];
        Array.Fill(message, (byte)number);
        message[0] = MessageId.ChannelData;
        return message;
    }
}
