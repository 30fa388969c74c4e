using PamTui.Ssh.Keys;
using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Tests.Transport;

/// <summary>What a server that was taken over does to our client, and what both roles do when compression is all that is offered.</summary>
public sealed class HostileServerTests
{
    [Theory]
    [InlineData(MessageId.Ignore)]
    [InlineData(MessageId.Debug)]
    [InlineData(MessageId.Unimplemented)]
    public async Task A1_Noise_before_or_within_a_strict_handshake_ends_it_at_the_client_too(byte noise)
    {
        foreach (bool before in (bool[])[true, false])
        {
            (RawPeer peer, Task<SshTransport> client) = RawPeer.AtClient();
            await using (peer)
            {
                await peer.VersionsAsync();
                if (before)
                {
                    await peer.SendAsync(noise, 0, 0, 0, 0);
                }

                await peer.SendKexInitAsync();
                await peer.ReceiveKexInitAsync();
                if (!before)
                {
                    await peer.SendAsync(noise, 0, 0, 0, 0);
                }

                await Assert.ThrowsAsync<SshProtocolException>(() => client);
            }
        }
    }

    [Theory]
    [InlineData(SshRole.Server)]
    [InlineData(SshRole.Client)]
    public async Task A1_The_counters_of_a_strict_connection_begin_anew_with_each_NEWKEYS(SshRole role)
    {
        // Under this cipher the counter is the nonce: one that goes on is noticed with the first packet.
        SshOptions options = new()
        {
            Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"], Ciphers = ["chacha20-poly1305@openssh.com"] },
        };
        (RawPeer peer, SshTransport engine) = await RawPeer.SignedInAsync(role, options);
        await using (peer)
        await using (engine)
        {
            Task<byte[]> received = Task.Run(async () => (await engine.ReceiveAsync(SessionPair.Soon())).ToArray());
            await peer.SendKexInitAsync();
            await peer.ReceiveKexInitAsync(strict: true);
            if (role == SshRole.Server)
            {
                await peer.SendMethodAsync();
                await peer.ReceiveAnswerAsync();
            }
            else
            {
                await peer.AnswerMethodAsync();
            }

            await peer.SendNewKeysAsync();
            await peer.ReceiveNewKeysAsync();
            await peer.SendAsync(MessageId.RequestFailure);

            byte[] payload = await received;
            Assert.Equal([MessageId.RequestFailure], payload);
            Assert.True(engine.Algorithms.StrictKeyExchange);
        }
    }

    [Theory]
    [InlineData(SshRole.Server)]
    [InlineData(SshRole.Client)]
    public async Task A9_Compression_is_not_offered_and_a_peer_that_offers_nothing_else_is_refused(SshRole engine)
    {
        foreach (bool delayed in (bool[])[true, false])
        {
            (RawPeer peer, Task<SshTransport> handshake) = RawPeer.At(engine);
            await using (peer)
            {
                await peer.VersionsAsync();
                string[] zlib = delayed ? ["zlib@openssh.com"] : ["zlib"];
                await peer.SendKexInitAsync(init => init with { CompressionsToClient = zlib, CompressionsToServer = zlib });
                KexInit ours = KexInit.Read(await peer.ReceiveAsync(MessageId.KexInit));

                Assert.Equal(["none", "none"], [.. ours.CompressionsToClient, .. ours.CompressionsToServer]);
                SshProtocolException refused = await Assert.ThrowsAsync<SshProtocolException>(() => handshake);
                Assert.Equal(DisconnectReason.KeyExchangeFailed, refused.Reason);
            }
        }
    }

    [Fact]
    public async Task A5_A6_A_server_that_sends_without_end_before_sign_in_is_left()
    {
        foreach (byte[] message in (byte[][])[[MessageId.Ping, 0, 0, 0, 1, 65], [MessageId.Ignore, 0, 0, 0, 0], [MessageId.UserAuthBanner, 0, 0, 0, 0, 0, 0, 0, 0]])
        {
            (RawPeer peer, Task<SshTransport> handshake) = RawPeer.AtClient();
            await using (peer)
            {
                await peer.HandshakeAsync();
                await using SshTransport client = await handshake;
                Task<ClientAuthResult> signIn = ClientAuthentication.RunAsync(client, "alice", new PasswordCredential("x"u8.ToArray()), SessionPair.Soon());
                await peer.SendAsync([MessageId.ServiceAccept, .. RawPeer.Text("ssh-userauth")]);
                Assert.NotEmpty(await peer.ReceiveAsync(MessageId.UserAuthRequest));
                long said = client.BytesOut;
                try
                {
                    for (int i = 0; i < 1000; i++)
                    {
                        await peer.SendAsync(message);
                    }
                }
                catch (SshConnectionException)
                {
                    // It has heard enough.
                }

                await Assert.ThrowsAsync<SshProtocolException>(() => signIn);
                Assert.InRange(client.BytesOut - said, 0, 200); // Its goodbye.
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { MessageId.UserAuthBanner })]
    public async Task B3_A_second_EXT_INFO_is_taken_only_right_before_success(byte[] between)
    {
        (RawPeer peer, Task<SshTransport> handshake) = RawPeer.AtClient();
        await using (peer)
        {
            await peer.HandshakeAsync();
            await using SshTransport client = await handshake;
            Task<ClientAuthResult> signIn = ClientAuthentication.RunAsync(client, "alice", new PasswordCredential("x"u8.ToArray()), SessionPair.Soon());
            await peer.SendAsync([MessageId.ServiceAccept, .. RawPeer.Text("ssh-userauth")]);
            await peer.SendAsync(MessageId.ExtInfo, 0, 0, 0, 0);
            foreach (byte id in between)
            {
                await peer.SendAsync([id, .. RawPeer.Text("hello"), .. RawPeer.Text("")]);
            }

            await peer.SendAsync(MessageId.UserAuthSuccess);

            if (between.Length == 0)
            {
                Assert.IsType<ClientAuthResult.Success>(await signIn);
            }
            else
            {
                await Assert.ThrowsAsync<SshProtocolException>(() => signIn);
            }
        }
    }

    [Fact]
    public async Task D1_A_server_that_comes_with_another_host_key_later_is_left()
    {
        (RawPeer peer, SshTransport client) = await RawPeer.SignedInAsync(SshRole.Client);
        await using (peer)
        await using (client)
        {
            Task receiving = Assert.ThrowsAsync<SshProtocolException>(async () => await client.ReceiveAsync(SessionPair.Soon()));
            using SshPrivateKey other = SshPrivateKey.GenerateEd25519();
            peer.HostKey = other;

            await peer.SendKexInitAsync();
            await peer.ReceiveKexInitAsync(strict: true);
            await peer.AnswerMethodAsync();

            await receiving;
            await peer.IsDisconnectedAsync(DisconnectReason.HostKeyNotVerifiable);
        }
    }

    [Fact]
    public async Task D1_A_client_that_does_not_accept_the_host_key_sends_its_goodbye_and_nothing_else()
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        SshOptions options = new() { Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"] } };
        Task<SshTransport> client = SshTransport.ConnectAsync(c, options, (_, _) => ValueTask.FromResult(false), SessionPair.Soon());
        await using RawPeer peer = new(s, SshRole.Server) { HostKey = SessionPair.HostKey };
        await peer.VersionsAsync();
        await peer.SendKexInitAsync();
        await peer.ReceiveKexInitAsync();
        await peer.AnswerMethodAsync();

        await Assert.ThrowsAsync<SshAuthenticationException>(() => client);

        List<byte[]> said = [];
        while (await peer.ReceiveAsync() is { Length: > 0 } payload)
        {
            said.Add(payload);
        }

        Assert.All(said, payload => Assert.Equal(MessageId.Disconnect, payload[0])); // In clear: it has not even agreed on keys.
    }
}
