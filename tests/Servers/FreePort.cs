using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace PamTui.Servers;

/// <summary>A loopback port that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>Below the range the system hands to outgoing connections, so that none takes it before the server does.</summary>
    public static int Next()
    {
        while (true)
        {
            int port = RandomNumberGenerator.GetInt32(20000, 32000);
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another.
            }
        }
    }
}
