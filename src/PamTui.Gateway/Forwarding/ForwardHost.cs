using System.Net;
using System.Net.Sockets;
using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Gateway.Relay;

namespace PamTui.Gateway.Forwarding;

/// <summary>Raw TCP for those who show a grant to forward: looked at, dialled, and a session from its first byte to its last.</summary>
internal sealed class ForwardHost(ForwardServices services)
{
    /// <summary>Dials and writes the row; nothing passes yet.</summary>
    /// <param name="source">The user's address.</param>
    /// <returns>NotAllowed: the grant is not enough. Failed: it cannot be reached now.</returns>
    public async Task<Result<ForwardConnection>> OpenAsync(ForwardGrant grant, string source, CancellationToken ct)
    {
        if (services.Live.WhyNoMore() is { } stopping)
        {
            return stopping;
        }

        Result<Socket> dialled = await DialAsync(grant.To, ct).ConfigureAwait(false);
        if (dialled.Refusal is { } refusal)
        {
            Log.ForwardFailed(services.Log, grant.Who.Name, source, grant.To.ToString(), refusal.Message);
            return refusal;
        }

        Socket? socket = dialled.Value;
        try
        {
            Result<LiveSession> started = await services.Live.StartAsync(grant, source, Dialled(socket), ct).ConfigureAwait(false);
            if (started.Refusal is { } gone)
            {
                return gone;
            }

            ForwardConnection connection = new(new NetworkStream(socket, ownsSocket: true), started.Value, services);
            socket = null;
            return connection;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static string Dialled(Socket socket)
    {
        IPEndPoint end = (IPEndPoint)socket.RemoteEndPoint!;
        return new IPEndPoint(end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address, end.Port).ToString();
    }

    private async Task<Result<Socket>> DialAsync(HostPort to, CancellationToken ct)
    {
        int seconds = services.OptionsNow().TargetTimeoutSeconds;
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(seconds), services.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            Result<IPAddress[]> addresses = await services.Check.AddressesAsync(to, either.Token).ConfigureAwait(false);
            return addresses.Refusal is { } refusal ? refusal : await TargetSocket.ConnectAsync(addresses.Value, to.Port, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Refusal.Failed($"{to} did not answer within {seconds} s.");
        }
        catch (SocketException e)
        {
            return Refusal.Failed(e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => $"nothing listens at {to}.",
                SocketError.NetworkUnreachable or SocketError.HostUnreachable => $"there is no route to {to} from the gateway.",
                SocketError.TimedOut => $"{to} did not answer.",
                _ => $"{to} cannot be reached from the gateway.",
            });
        }
    }
}
