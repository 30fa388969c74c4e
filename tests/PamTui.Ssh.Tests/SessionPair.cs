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
        return await HandshakeAsync(c, s, clientOptions, serverOptions, hostKeys);
    }

    /// <summary>With the handshake done and somebody signed in.</summary>
    public static async Task<SessionPair> SignedInAsync(SshOptions? clientOptions = null, SshOptions? serverOptions = null, int buffer = 64 * 1024)
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair(buffer);
        return await SignedInAsync(c, s, clientOptions, serverOptions);
    }

    /// <summary>Over streams that a test has joined.</summary>
    public static async Task<SessionPair> SignedInAsync(Stream client, Stream server, SshOptions? clientOptions = null, SshOptions? serverOptions = null)
    {
        SessionPair pair = await HandshakeAsync(client, server, clientOptions, serverOptions, null);
        using SshPrivateKey key = SshPrivateKey.GenerateEd25519();
        Task<AuthenticatedUser> signingIn = ServerAuthentication.RunAsync(pair.Server, new TestAuthenticator { Keys = { key.PublicKey } }, new(), Soon());
        ClientAuthResult result = await ClientAuthentication.RunAsync(pair.Client, "alice", new KeyCredential(key), Soon());
        Assert.IsType<ClientAuthResult.Success>(result);
        await signingIn;
        return pair;
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await server.DisposeAsync();
    }

    private static async Task<SessionPair> HandshakeAsync(Stream client, Stream server, SshOptions? clientOptions, SshOptions? serverOptions, IReadOnlyList<SshPrivateKey>? hostKeys)
    {
        Task<SshTransport> accepting = SshTransport.AcceptAsync(server, serverOptions ?? new(), hostKeys ?? [HostKey], Soon());
        Task<SshTransport> connecting = SshTransport.ConnectAsync(client, clientOptions ?? new(), (_, _) => ValueTask.FromResult(true), Soon());
        return new(await connecting, await accepting);
    }
}
