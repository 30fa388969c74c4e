namespace PamTui.Ssh.Tests;

/// <content>Raw peers joined in memory with the engine, which has the other role.</content>
internal sealed partial class RawPeer
{
    /// <summary>A raw client at an engine server that is accepting, and the server's handshake.</summary>
    public static (RawPeer Client, Task<SshTransport> Server) AtServer(SshOptions? options = null, bool strict = true)
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        return (new(c, SshRole.Client) { Strict = strict }, SshTransport.AcceptAsync(s, options ?? new(), [SessionPair.HostKey], SessionPair.Soon()));
    }

    /// <summary>A raw server at an engine client that is connecting and takes any host key, and the client's handshake.</summary>
    public static (RawPeer Server, Task<SshTransport> Client) AtClient(SshOptions? options = null, bool strict = true)
    {
        (DuplexStream c, DuplexStream s) = DuplexStream.Pair();
        SshOptions quick = options ?? new() { Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"] } };
        return (
            new(s, SshRole.Server) { Strict = strict, HostKey = SessionPair.HostKey },
            SshTransport.ConnectAsync(c, quick, (_, _) => ValueTask.FromResult(true), SessionPair.Soon()));
    }

    /// <summary>The engine in a role, the raw peer in the other.</summary>
    public static (RawPeer Peer, Task<SshTransport> Engine) At(SshRole engine, SshOptions? options = null, bool strict = true) =>
        engine == SshRole.Server ? AtServer(options, strict) : AtClient(options, strict);

    /// <summary>The engine in a role and signed in, the raw peer at its other end.</summary>
    public static async Task<(RawPeer Peer, SshTransport Engine)> SignedInAsync(SshRole engine, SshOptions? options = null)
    {
        (RawPeer peer, Task<SshTransport> handshake) = At(engine, options);
        await peer.HandshakeAsync();
        SshTransport transport = await handshake;
        if (engine == SshRole.Server)
        {
            Task<AuthenticatedUser> signIn = ServerAuthentication.RunAsync(transport, new TestAuthenticator { Password = "x" }, new(), SessionPair.Soon());
            await peer.SignInAsync("alice", "x");
            await signIn;
        }
        else
        {
            Task<ClientAuthResult> signIn = ClientAuthentication.RunAsync(transport, "alice", new PasswordCredential("x"u8.ToArray()), SessionPair.Soon());
            await peer.LetInAsync();
            Assert.IsType<ClientAuthResult.Success>(await signIn);
        }

        return (peer, transport);
    }
}
