using System.Net;
using System.Net.Sockets;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Tests.GatewayTests;

/// <summary>The engine's client side on a socket, for what OpenSSH's client would not send.</summary>
internal static class TestClient
{
    // Of the cheapest key exchange: what the tests are about comes after it.
    private static readonly SshOptions s_quick = new() { Algorithms = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"] } };

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SshTransport> ConnectAsync(IPEndPoint gateway, SshOptions? options = null)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(gateway, Ct);
        return await SshTransport.ConnectAsync(new NetworkStream(socket, ownsSocket: true), options ?? s_quick, (_, _) => ValueTask.FromResult(true), Ct);
    }

    public static async Task<ClientAuthResult> PasswordAsync(IPEndPoint gateway, string login, string password)
    {
        await using SshTransport transport = await ConnectAsync(gateway);
        return await ClientAuthentication.RunAsync(transport, login, new PasswordCredential(System.Text.Encoding.UTF8.GetBytes(password)), Ct);
    }

    public static async Task<SshTransport> SignInAsync(IPEndPoint gateway, string login, byte[] privateKey)
    {
        SshTransport transport = await ConnectAsync(gateway);
        using SshPrivateKey key = SshPrivateKey.Parse(privateKey);
        Assert.IsType<ClientAuthResult.Success>(await ClientAuthentication.RunAsync(transport, login, new KeyCredential(key), Ct));
        return transport;
    }
}
