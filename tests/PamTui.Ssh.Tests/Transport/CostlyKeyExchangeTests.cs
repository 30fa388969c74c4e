using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Transport;

/// <summary>Some exchanges cost a server far more than the packet costs the stranger who sends it.</summary>
public sealed class CostlyKeyExchangeTests
{
    private static readonly SshOptions s_costly = new() { Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["sntrup761x25519-sha512"] } };
    private static readonly SshOptions s_cheap = new() { Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"] } };

    [Theory]
    [InlineData("sntrup761x25519-sha512")]
    [InlineData("sntrup761x25519-sha512@openssh.com")]
    [InlineData("diffie-hellman-group14-sha256")]
    [InlineData("diffie-hellman-group16-sha512")]
    public async Task Costly_exchanges_wait_for_their_turn_and_cheap_ones_pass_by(string method)
    {
        CostlyKeyExchanges turns = new(1);
        SshOptions server = new() { CostlyKeyExchanges = turns };
        SshOptions client = new() { Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = [method] } };
        Task<SessionPair> waiting;
        using (await turns.EnterAsync(SessionPair.Soon()))
        {
            waiting = SessionPair.HandshakeAsync(client, server);
            await using SessionPair cheap = await SessionPair.HandshakeAsync(s_cheap, server);
            Assert.Equal("curve25519-sha256", cheap.Server.Algorithms.KeyExchange);
            Assert.False(waiting.IsCompleted);
        }

        await using SessionPair pair = await waiting;
        Assert.Equal(method, pair.Server.Algorithms.KeyExchange);
        await using SessionPair next = await SessionPair.HandshakeAsync(client, server);
        Assert.Equal(method, next.Server.Algorithms.KeyExchange);
    }

    [Fact]
    public async Task Who_runs_out_of_time_while_waiting_takes_no_turn_away()
    {
        CostlyKeyExchanges turns = new(1);
        SshOptions server = new() { CostlyKeyExchanges = turns };
        using (await turns.EnterAsync(SessionPair.Soon()))
        {
            (DuplexStream c, DuplexStream s) = DuplexStream.Pair(64 * 1024);
            using CancellationTokenSource grace = new();
            Task<SshTransport> accepting = SshTransport.AcceptAsync(s, server, [SessionPair.HostKey], grace.Token);
            Task<SshTransport> connecting = SshTransport.ConnectAsync(c, s_costly, (_, _) => ValueTask.FromResult(true), SessionPair.Soon());
            await using SessionPair cheap = await SessionPair.HandshakeAsync(s_cheap, server);
            await grace.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
            await Assert.ThrowsAnyAsync<SshException>(() => connecting);
        }

        await using SessionPair pair = await SessionPair.HandshakeAsync(s_costly, server);
        Assert.Equal(1, pair.Server.KeyExchanges);
    }

    [Fact]
    public async Task Stranger_gets_no_second_costly_exchange()
    {
        await using SessionPair pair = await SessionPair.HandshakeAsync(s_costly);

        pair.Client.BeginRekey();

        SshProtocolException refused = await Assert.ThrowsAsync<SshProtocolException>(async () => await pair.Server.ReceiveAsync(SessionPair.Soon()));
        Assert.Contains("before it is signed in", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_signed_in_renews_costly_keys_without_a_turn()
    {
        CostlyKeyExchanges turns = new(1);
        await using SessionPair pair = await SessionPair.SignedInAsync(s_costly, new() { CostlyKeyExchanges = turns });
        using CostlyKeyExchanges.Turn taken = await turns.EnterAsync(SessionPair.Soon());

        pair.Client.BeginRekey();
        Task<ReadOnlyMemory<byte>> server = pair.Server.ReceiveAsync(SessionPair.Soon()).AsTask();
        Task<ReadOnlyMemory<byte>> client = pair.Client.ReceiveAsync(SessionPair.Soon()).AsTask();
        await Servers.Poll.UntilAsync("new keys", () => pair.Server.KeyExchanges == 2 && pair.Client.KeyExchanges == 2);

        await pair.Client.DisconnectAsync(DisconnectReason.ByApplication, "done");
        await Assert.ThrowsAnyAsync<SshException>(() => server);
        await Assert.ThrowsAnyAsync<SshException>(() => client);
    }
}
