using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Tests;

/// <summary>Both roles of the engine, joined in memory.</summary>
internal sealed class SessionPair(SshTransport client, SshTransport server) : IAsyncDisposable
{
    public SshTransport Client => client;

    public SshTransport Server => server;

    public static SshPrivateKey HostKey { get; } = SshPrivateKey.GenerateEd25519();

    public static CancellationToken Soon() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    public static async Task<SessionPair> HandshakeAsync(
        SshOptions? clientOptions = null, SshOptions? serverOptions = null, IReadOnlyList<SshPrivateKey>? hostKeys = null, int buffer = 64 * 1024)
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair(buffer);
        Task<SshTransport> accepting = SshTransport.AcceptAsync(s, serverOptions ?? new(), hostKeys ?? [HostKey], Soon());
        Task<SshTransport> connecting = SshTransport.ConnectAsync(c, clientOptions ?? new(), (_, _) => ValueTask.FromResult(true), Soon());
        return new(await connecting, await accepting);
    }

    /// <summary>With the handshake done and somebody signed in.</summary>
    public static async Task<SessionPair> SignedInAsync(SshOptions? clientOptions = null, SshOptions? serverOptions = null, int buffer = 64 * 1024)
    {
        SessionPair pair = await HandshakeAsync(clientOptions, serverOptions, buffer: buffer);
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();
        Task<AuthenticatedUser> server = ServerAuthentication.RunAsync(pair.Server, new TestAuthenticator { Keys = { key.PublicKey } }, new(), Soon());
        ClientAuthResult result = await ClientAuthentication.RunAsync(pair.Client, "alice", new KeyCredential(key), Soon());
        Assert.IsType<ClientAuthResult.Success>(result);
        await server;
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }
}
