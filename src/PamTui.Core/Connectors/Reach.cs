using System.Net;
using System.Net.Sockets;
using PamTui.Core.Model;

namespace PamTui.Core.Connectors;

/// <summary>From a host name to a connection: what fails on the way, in words.</summary>
internal static class Reach
{
    public static string Name(Resource resource) => Text.Escape(resource.Host.Contains(':', StringComparison.Ordinal)
        ? $"[{resource.Host}]:{resource.Port}"
        : $"{resource.Host}:{resource.Port}");

    /// <summary>The addresses of the host; a failure when it has none.</summary>
    public static async Task<(IReadOnlyList<IPAddress> Addresses, CheckFailure? Failure)> ResolveAsync(CheckRun run, Resource resource, CancellationToken ct)
    {
        run.Enter(CheckStage.Resolve);

        // The database libraries read "a,b", "/path" and "host:port" out of a host; what is not one host never gets there.
        if (Uri.CheckHostName(resource.Host) == UriHostNameType.Unknown)
        {
            return ([], run.Fail(CheckCause.HostUnknown, $"{Text.Quote(resource.Host)} is neither a host name nor an address."));
        }

        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(resource.Host, ct).ConfigureAwait(false);
            return addresses.Length > 0 ? (addresses, null) : ([], Unknown(run, resource));
        }
        catch (SocketException)
        {
            return ([], Unknown(run, resource));
        }
    }

    /// <summary>The first address that takes a connection, which is closed again; else the failure of the last.</summary>
    public static async Task<(IPAddress? Address, CheckFailure? Failure)> ConnectAsync(
        CheckRun run, Resource resource, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        (Socket? socket, CheckFailure? failure) = await OpenAsync(run, resource, addresses, ct).ConfigureAwait(false);
        using (socket)
        {
            return ((socket?.RemoteEndPoint as IPEndPoint)?.Address, failure);
        }
    }

    /// <summary>A connection to the first address that takes one; else the failure of the last.</summary>
    public static async Task<(Socket? Socket, CheckFailure? Failure)> OpenAsync(
        CheckRun run, Resource resource, IReadOnlyList<IPAddress> addresses, CancellationToken ct)
    {
        run.Enter(CheckStage.Connect);
        SocketException? last = null;
        foreach (IPAddress address in addresses)
        {
            Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, resource.Port), ct).ConfigureAwait(false);
                return (socket, null);
            }
            catch (SocketException e)
            {
                last = e;
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        return (null, Failure(run, resource, last!));
    }

    public static CheckFailure Failure(CheckRun run, Resource resource, SocketException e)
    {
        string target = Name(resource);
        return e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => run.Fail(
                CheckCause.PortRefused, $"Nothing listens on {target} (connection refused): check the port, and that the service runs."),
            SocketError.TimedOut => run.Fail(
                CheckCause.TimedOut, $"{target} did not answer: check the address; a firewall may drop the connection."),
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => run.Fail(
                CheckCause.ConnectionLost, $"{target} broke the connection off: look at the target's log."),
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => Unknown(run, resource),
            _ => run.Fail(
                CheckCause.NoRoute, $"There is no way to {target} from this machine ({Words(e.SocketErrorCode)}): check the address, the routes and the firewall."),
        };
    }

    /// <summary>The socket's error somewhere inside what a library threw.</summary>
    public static SocketException? SocketErrorOf(Exception? e) => e switch
    {
        null => null,
        SocketException socket => socket,
        AggregateException many => many.InnerExceptions.Select(SocketErrorOf).FirstOrDefault(found => found is not null),
        _ => SocketErrorOf(e.InnerException),
    };

    private static CheckFailure Unknown(CheckRun run, Resource resource) => run.Fail(
        CheckCause.HostUnknown, $"The name server knows no address of {Text.Quote(resource.Host)}: check the spelling, or give an address.");

    private static string Words(SocketError error) => error switch
    {
        SocketError.HostUnreachable => "host unreachable",
        SocketError.NetworkUnreachable => "network unreachable",
        SocketError.HostDown => "host down",
        SocketError.NetworkDown => "network down",
        SocketError.AccessDenied => "not permitted",
        _ => error.ToString(),
    };
}
