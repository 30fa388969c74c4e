using System.Net;
using System.Net.Sockets;
using PamTui.Ssh;
using PamTui.Ssh.Tests;

namespace PamTui.Tests.GatewayTests;

/// <summary>Raw peers on sockets: hostile clients of a gateway.</summary>
internal static class RawClient
{
    /// <summary>Connected; nothing is said yet.</summary>
    /// <param name="source">A loopback address to come from.</param>
    public static async Task<RawPeer> ConnectAsync(IPEndPoint gateway, string source = "127.0.0.1")
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(source), 0));
        await socket.ConnectAsync(gateway, TestClient.Ct);
        return new RawPeer(new NetworkStream(socket, ownsSocket: true), SshRole.Client)
        {
            Preferences = AlgorithmPreferences.Compatible with { KeyExchanges = ["curve25519-sha256"], HostKeys = ["ssh-ed25519"] },
        };
    }

    /// <summary>Signed in with a password.</summary>
    public static async Task<RawPeer> SignInAsync(IPEndPoint gateway, string login, string password)
    {
        RawPeer peer = await ConnectAsync(gateway);
        await peer.HandshakeAsync();
        await peer.SignInAsync(login, password);
        return peer;
    }

    /// <summary>Reads until the gateway has ended the connection, however a socket tells it.</summary>
    public static async Task EndsAsync(this RawPeer peer)
    {
        try
        {
            while (await peer.ReceiveAsync() is { Length: > 0 })
            {
            }
        }
        catch (IOException)
        {
            // Reset: it went with bytes of ours unread.
        }
    }
}
