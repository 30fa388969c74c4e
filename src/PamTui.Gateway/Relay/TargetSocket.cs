using System.Net;
using System.Net.Sockets;
using PamTui.Core.Model;

namespace PamTui.Gateway.Relay;

/// <summary>A connection to a target, before it speaks anything.</summary>
internal static class TargetSocket
{
    private const int KeepAliveSeconds = 60;

    public static Task<Socket> ConnectAsync(Resource resource, CancellationToken ct) =>
        ConnectAsync((socket, inner) => socket.ConnectAsync(resource.Host, resource.Port, inner), ct);

    /// <summary>The first of the addresses that answers.</summary>
    public static Task<Socket> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct) =>
        ConnectAsync((socket, inner) => socket.ConnectAsync(addresses, port, inner), ct);

    private static async Task<Socket> ConnectAsync(Func<Socket, CancellationToken, ValueTask> connect, CancellationToken ct)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            await connect(socket, ct).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
