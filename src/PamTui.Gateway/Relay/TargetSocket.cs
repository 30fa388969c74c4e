using System.Net.Sockets;
using PamTui.Core.Model;

namespace PamTui.Gateway.Relay;

/// <summary>A connection to a target, before it speaks anything.</summary>
internal static class TargetSocket
{
    private const int KeepAliveSeconds = 60;

    public static async Task<Socket> ConnectAsync(Resource resource, CancellationToken ct)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
            await socket.ConnectAsync(resource.Host, resource.Port, ct).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
