using System.Text;
using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Tests.Transport;

/// <summary>What strangers do to a server before they are signed in.</summary>
public sealed class HostileHandshakeTests
{
    [Theory]
    [InlineData(MessageId.Ignore)]
    [InlineData(MessageId.Debug)]
    [InlineData(MessageId.Unimplemented)]
    public async Task A1_Noise_between_KEXINIT_and_NEWKEYS_ends_a_strict_handshake(byte noise)
    {
        (RawPeer peer, Task<SshTransport> server) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.VersionsAsync();
            await peer.SendKexInitAsync();
            await peer.ReceiveKexInitAsync();
            await peer.SendAsync(noise, 0, 0, 0, 0);

            await Assert.ThrowsAsync<SshProtocolException>(() => server);
            await peer.IsDisconnectedAsync(DisconnectReason.ProtocolError);
        }
    }

    [Fact]
    public async Task A1_A_strict_handshake_that_does_not_begin_with_KEXINIT_is_refused()
    {
        (RawPeer peer, Task<SshTransport> server) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.VersionsAsync();
            await peer.SendAsync(MessageId.Ignore, 0, 0, 0, 0);
            await peer.SendKexInitAsync();

            await Assert.ThrowsAsync<SshProtocolException>(() => server);
            await peer.IsDisconnectedAsync(DisconnectReason.KeyExchangeFailed);
        }
    }

    [Fact]
    public async Task A1_A_peer_that_is_not_strict_may_still_send_noise_and_keeps_its_counters()
    {
        (RawPeer peer, Task<SshTransport> server) = RawPeer.AtServer(strict: false);
        await using (peer)
        {
            await peer.VersionsAsync();
            await peer.SendAsync(MessageId.Ignore, 0, 0, 0, 0);
            await peer.SendKexInitAsync();
            await peer.ReceiveKexInitAsync();
            await peer.SendAsync(MessageId.Ignore, 0, 0, 0, 0);
            await peer.SendMethodAsync();
            await peer.ReceiveAnswerAsync();
            await peer.SendNewKeysAsync();
            await peer.ReceiveNewKeysAsync();

            await using SshTransport transport = await server;
            Assert.False(transport.Algorithms.StrictKeyExchange);
        }
    }

    [Fact]
    public async Task B3_EXT_INFO_is_legal_only_right_after_the_first_NEWKEYS()
    {
        (RawPeer peer, Task<SshTransport> accepting) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.HandshakeAsync();
            await using SshTransport server = await accepting;
            Task receiving = Assert.ThrowsAsync<SshProtocolException>(async () => await server.ReceiveAsync(SessionPair.Soon()));

            await peer.SendAsync(MessageId.ExtInfo, 0, 0, 0, 0);
            await peer.SendAsync(MessageId.ExtInfo, 0, 0, 0, 0);

            await receiving;
            await peer.IsDisconnectedAsync(DisconnectReason.ProtocolError);
        }
    }

    [Fact]
    public async Task A5_Pings_before_sign_in_are_not_answered_and_soon_too_many()
    {
        (RawPeer peer, Task<SshTransport> accepting) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.HandshakeAsync();
            await using SshTransport server = await accepting;
            Task receiving = Assert.ThrowsAsync<SshProtocolException>(async () => await server.ReceiveAsync(SessionPair.Soon()));
            long said = server.BytesOut;
            Task pinging = Task.Run(async () =>
            {
                try
                {
                    for (int i = 0; i < 100_000; i++)
                    {
                        await peer.SendAsync(MessageId.Ping, 0, 0, 0, 1, 65);
                    }
                }
                catch (Exception e) when (e is SshConnectionException or ObjectDisposedException)
                {
                }
            });

            await receiving;
            Assert.True(server.BytesOut - said < 200, $"{server.BytesOut - said} bytes were sent");
            await server.DisposeAsync();
            await pinging;
        }
    }

    [Theory]
    [InlineData(300, 10)]
    [InlineData(40, 30_000)]
    public async Task A6_Who_sends_too_many_packets_or_bytes_before_sign_in_is_disconnected(int packets, int size)
    {
        (RawPeer peer, Task<SshTransport> accepting) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.HandshakeAsync();
            await using SshTransport server = await accepting;
            Task receiving = Assert.ThrowsAsync<SshProtocolException>(async () => await server.ReceiveAsync(SessionPair.Soon()));
            byte[] noise = new byte[size];
            noise[0] = MessageId.Ignore;
            Task sending = Task.Run(async () =>
            {
                try
                {
                    for (int i = 0; i < packets; i++)
                    {
                        await peer.SendAsync(noise);
                    }
                }
                catch (SshConnectionException)
                {
                    // It has heard enough.
                }
            });

            await receiving;
            await server.DisposeAsync();
            await sending;
        }
    }

    [Theory]
    [InlineData(0xFFFFFFFF)]
    [InlineData(0x7FFFFFFF)]
    [InlineData(1_000_000)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(13)]
    public async Task A7_A_packet_of_impossible_length_ends_the_connection_before_it_is_waited_for(uint length)
    {
        (RawPeer peer, Task<SshTransport> server) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.VersionsAsync();

            await peer.RawAsync([(byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, 4, 20, 0, 0]);

            await Assert.ThrowsAsync<SshProtocolException>(() => server);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("SSH-1.5-old\r\n")]
    [InlineData("SSH-2.0-\u0001\r\n")]
    [InlineData("hello\r\nSSH-2.0-late\r\n")]
    public async Task A_client_that_does_not_begin_with_a_version_is_refused(string line)
    {
        (RawPeer peer, Task<SshTransport> server) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.RawAsync(Encoding.ASCII.GetBytes(line));

            await Assert.ThrowsAsync<SshProtocolException>(() => server);
        }
    }

    [Fact]
    public async Task A_version_without_end_is_refused_at_its_limit()
    {
        (RawPeer peer, Task<SshTransport> server) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.RawAsync(Encoding.ASCII.GetBytes("SSH-2.0-" + new string('a', 3000)));

            await Assert.ThrowsAsync<SshProtocolException>(() => server);
        }
    }

    [Fact]
    public async Task A_client_reads_over_the_lines_before_a_server_s_version_but_not_for_ever()
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        Task<SshTransport> client = SshTransport.ConnectAsync(c, new(), (_, _) => ValueTask.FromResult(true), SessionPair.Soon());
        await s.WriteAsync("Welcome.\r\nBehave.\r\n"u8.ToArray());
        await using SshTransport server = await SshTransport.AcceptAsync(s, new(), [SessionPair.HostKey], SessionPair.Soon());
        await using SshTransport connected = await client;
        Assert.Equal("SSH-2.0-PamTui_0.1", connected.PeerVersion);

        (DuplexStream c2, DuplexStream s2) = DuplexStream.Pair();
        Task<SshTransport> second = SshTransport.ConnectAsync(c2, new(), (_, _) => ValueTask.FromResult(true), SessionPair.Soon());
        await s2.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("no\r\n", 100))));
        await Assert.ThrowsAsync<SshProtocolException>(() => second);
        await s2.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_guessed_packet_is_dropped_when_the_guess_is_wrong_and_taken_when_it_is_right(bool right)
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        SshOptions options = new() { Algorithms = new() { KeyExchanges = ["curve25519-sha256", "ecdh-sha2-nistp256"], HostKeys = ["ssh-ed25519"] } };
        Task<SshTransport> server = SshTransport.AcceptAsync(s, options, [SessionPair.HostKey], SessionPair.Soon());
        await using RawPeer peer = new(c, SshRole.Client)
        {
            Preferences = new() { KeyExchanges = right ? ["curve25519-sha256"] : ["ecdh-sha2-nistp256", "curve25519-sha256"], HostKeys = ["ssh-ed25519"] },
        };
        await peer.VersionsAsync();
        await peer.SendKexInitAsync(init => init with { FirstKexPacketFollows = true });
        if (!right)
        {
            await peer.SendAsync(MessageId.KexExchangeInit, 0, 0, 0, 1, 0);
        }

        await peer.ReceiveKexInitAsync();
        await peer.SendMethodAsync();
        await peer.ReceiveAnswerAsync();
        await peer.SendNewKeysAsync();
        await peer.ReceiveNewKeysAsync();

        await using SshTransport transport = await server;
        Assert.Equal(1, transport.KeyExchanges);
    }

    [Fact]
    public async Task Nothing_in_common_is_told_with_both_offers()
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        SshOptions one = new() { Algorithms = new() { Ciphers = ["aes256-ctr"] } };
        SshOptions other = new() { Algorithms = new() { Ciphers = ["aes128-ctr"] } };
        Task<SshTransport> accepting = SshTransport.AcceptAsync(s, one, [SessionPair.HostKey], SessionPair.Soon());

        SshProtocolException failed = await Assert.ThrowsAsync<SshProtocolException>(
            () => SshTransport.ConnectAsync(c, other, (_, _) => ValueTask.FromResult(true), SessionPair.Soon()));

        Assert.Equal(DisconnectReason.KeyExchangeFailed, failed.Reason);
        Assert.Contains("aes128-ctr", failed.Message, StringComparison.Ordinal);
        Assert.Contains("aes256-ctr", failed.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<SshException>(() => accepting);
    }

    [Fact]
    public async Task A3_The_marks_of_strictness_in_a_later_key_exchange_change_nothing()
    {
        (RawPeer peer, Task<SshTransport> accepting) = RawPeer.AtServer();
        await using (peer)
        {
            await peer.HandshakeAsync();
            await using SshTransport server = await accepting;
            Task<byte[]> received = Task.Run(async () => (await server.ReceiveAsync(SessionPair.Soon())).ToArray());

            // Noise before a later KEXINIT is legal, strict or not.
            await peer.SendAsync(MessageId.Ignore, 0, 0, 0, 0);
            await peer.SendKexInitAsync(init => init with { KeyExchanges = [.. init.KeyExchanges, KexInit.StrictOfClient] });
            await peer.ReceiveKexInitAsync(strict: true);
            await peer.SendMethodAsync();
            await peer.ReceiveAnswerAsync();
            await peer.SendNewKeysAsync();
            await peer.ReceiveNewKeysAsync();
            await peer.SendAsync(MessageId.ServiceRequest, 1, 2, 3);

            byte[] payload = await received;
            Assert.Equal([MessageId.ServiceRequest, 1, 2, 3], payload);
            Assert.Equal(2, server.KeyExchanges);
        }
    }
}
