using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Transport;

public sealed class HandshakeTests
{
    [Fact]
    public async Task Both_roles_agree_on_keys_and_messages_pass_both_ways()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();

        Assert.True(pair.Client.Algorithms.StrictKeyExchange);
        Assert.Equal(pair.Client.Algorithms, pair.Server.Algorithms);
        Assert.Equal(pair.Client.SessionId.ToArray(), pair.Server.SessionId.ToArray());
        Assert.Equal(SessionPair.HostKey.PublicKey, pair.Client.HostKey);
        await pair.Client.SendAsync(new byte[] { MessageId.GlobalRequest, 1, 2, 3 }, SessionPair.Soon());
        byte[] asked = (await pair.Server.ReceiveAsync(SessionPair.Soon())).ToArray();
        Assert.Equal([MessageId.GlobalRequest, 1, 2, 3], asked);
        await pair.Server.SendAsync(new byte[] { MessageId.RequestFailure }, SessionPair.Soon());
        byte[] answered = (await pair.Client.ReceiveAsync(SessionPair.Soon())).ToArray();
        Assert.Equal([MessageId.RequestFailure], answered);
    }

    [Fact]
    public async Task The_client_learns_which_signatures_the_server_takes()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();

        Assert.Equal(AlgorithmPreferences.Compatible.UserKeySignatures, pair.Client.PeerSignatureAlgorithms);
    }

    [Fact]
    public async Task D1_A_host_key_that_is_not_accepted_ends_the_connection_before_anything_else_is_sent()
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        Task<SshTransport> accepting = SshTransport.AcceptAsync(s, new(), [SessionPair.HostKey], SessionPair.Soon());
        SshPublicKey? seen = null;

        SshAuthenticationException refused = await Assert.ThrowsAsync<SshAuthenticationException>(() => SshTransport.ConnectAsync(
            c,
            new(),
            (key, _) =>
            {
                seen = key.Key;
                return ValueTask.FromResult(false);
            },
            SessionPair.Soon()));

        Assert.Equal(SessionPair.HostKey.PublicKey, seen);
        Assert.Contains(seen!.Fingerprint, refused.Message, StringComparison.Ordinal);
        SshConnectionException lost = await Assert.ThrowsAsync<SshConnectionException>(() => accepting);
        Assert.Equal("The peer closed the connection.", lost.Message);
    }

    [Fact]
    public async Task Who_ends_the_connection_says_why_and_the_other_side_hears_it()
    {
        await using SessionPair pair = await SessionPair.SignedInAsync();
        Task<SshConnectionException> own = Assert.ThrowsAsync<SshConnectionException>(async () => await pair.Client.ReceiveAsync(SessionPair.Soon()));

        await pair.Client.DisconnectAsync(DisconnectReason.ByApplication, "enough\u001b[2J");

        SshConnectionException heard = await Assert.ThrowsAsync<SshConnectionException>(async () => await pair.Server.ReceiveAsync(SessionPair.Soon()));
        Assert.Equal(DisconnectReason.ByApplication, heard.Reason);
        Assert.Equal("The peer disconnected: enough\\u{1b}[2J", heard.Message);
        Assert.Contains("enough", (await own).Message, StringComparison.Ordinal);
    }
}
