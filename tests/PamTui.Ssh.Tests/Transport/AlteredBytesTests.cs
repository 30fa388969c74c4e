using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests.Transport;

public sealed class AlteredBytesTests
{
    private static readonly SshOptions s_options = new() { Algorithms = new() { KeyExchanges = ["curve25519-sha256"], HostKeys = ["ssh-ed25519"] } };

    /// <summary>Two packets, answered, are about what follows the sign-in.</summary>
    private static readonly byte[] s_message = [MessageId.GlobalRequest, .. Enumerable.Repeat((byte)7, 200)];

    [Theory]
    [InlineData(true, "aes256-gcm@openssh.com", "hmac-sha2-256")]
    [InlineData(false, "aes256-gcm@openssh.com", "hmac-sha2-256")]
    [InlineData(true, "chacha20-poly1305@openssh.com", "hmac-sha2-256")]
    [InlineData(false, "chacha20-poly1305@openssh.com", "hmac-sha2-256")]
    [InlineData(true, "aes128-ctr", "hmac-sha2-256-etm@openssh.com")]
    [InlineData(false, "aes128-ctr", "hmac-sha2-512")]
    public async Task A_byte_altered_anywhere_is_never_taken_for_a_message(bool fromClient, string cipher, string mac)
    {
        SshOptions options = s_options with { Algorithms = s_options.Algorithms with { Ciphers = [cipher], Macs = [mac] } };
        (int whole, int clear) = await MeasureAsync(options, fromClient);
        for (int position = 0; position < whole; position += position < clear ? 29 : 5)
        {
            bool passed = await SessionAsync(options, fromClient, position);
            // The padding of the first packets, in clear, is nobody's and may differ.
            Assert.False(passed && position >= clear, $"byte {position} of {whole} altered, and all went well");
        }
    }

    private static async Task<(int Whole, int Clear)> MeasureAsync(SshOptions options, bool fromClient)
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        int sent = 0;
        (fromClient ? c : s).OnWrite = bytes =>
        {
            sent += bytes.Length;
            return bytes;
        };
        await using SessionPair pair = await ConnectAsync(c, s, options, CancellationToken.None);
        // The server's EXT_INFO went with its NEWKEYS; a client has nothing to say after its own.
        int clear = sent;
        await TalkAsync(pair, SessionPair.Soon());
        return (sent, clear);
    }

    /// <summary>True when every message came as it was sent.</summary>
    private static async Task<bool> SessionAsync(SshOptions options, bool fromClient, int position)
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        int sent = 0;
        (fromClient ? c : s).OnWrite = bytes =>
        {
            byte[] copy = bytes.ToArray();
            int at = position - sent;
            if (at >= 0 && at < copy.Length)
            {
                copy[at] ^= 0x10;
            }

            sent += copy.Length;
            return copy;
        };
        // An altered length may leave the receiver waiting for more, as it must: whoever runs a session bounds its time.
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
        try
        {
            await using SessionPair pair = await ConnectAsync(c, s, options, patience.Token);
            await TalkAsync(pair, patience.Token);
            return true;
        }
        catch (Exception e) when (e is SshException or OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<SessionPair> ConnectAsync(Stream c, Stream s, SshOptions options, CancellationToken ct)
    {
        Task<SshTransport> accepting = SshTransport.AcceptAsync(s, options, [SessionPair.HostKey], ct);
        Task<SshTransport> connecting = SshTransport.ConnectAsync(c, options, (_, _) => ValueTask.FromResult(true), ct);
        try
        {
            return new(await connecting, await accepting);
        }
        catch
        {
            // The one that thinks all is well hears of it by the end of its stream.
            await c.DisposeAsync();
            await s.DisposeAsync();
            foreach (Task<SshTransport> half in (Task<SshTransport>[])[accepting, connecting])
            {
                await ((Task)half).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (half.IsCompletedSuccessfully)
                {
                    await (await half).DisposeAsync();
                }
            }

            throw;
        }
    }

    private static async Task TalkAsync(SessionPair pair, CancellationToken ct)
    {
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] both =
        [
            ServerAsync(pair.Server, key, stop.Token),
            ClientAsync(pair.Client, key, stop.Token),
        ];
        await await Task.WhenAny(both);
        await Task.WhenAll(both);
    }

    private static async Task ServerAsync(SshTransport server, SshPrivateKey key, CancellationToken ct)
    {
        try
        {
            await ServerAuthentication.RunAsync(server, new TestAuthenticator { Keys = { key.PublicKey } }, new(), ct);
            ReadOnlyMemory<byte> payload = await server.ReceiveAsync(ct);
            Assert.True(payload.Span.SequenceEqual(s_message));
            await server.SendAsync(s_message, ct);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static async Task ClientAsync(SshTransport client, SshPrivateKey key, CancellationToken ct)
    {
        try
        {
            await ClientAuthentication.RunAsync(client, "alice", new KeyCredential(key), ct);
            await client.SendAsync(s_message, ct);
            ReadOnlyMemory<byte> payload = await client.ReceiveAsync(ct);
            Assert.True(payload.Span.SequenceEqual(s_message));
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }
}
