using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PamTui.Core.Model;

namespace PamTui.Gateway.Listener;

/// <summary>
/// Accepts until it is stopped. Whatever goes wrong with one connection, or with accepting for a while (no more descriptors, no memory), does
/// not end it (A18).
/// </summary>
internal sealed class AcceptLoop(Func<CancellationToken, ValueTask<Socket>> accept, Admission admission, Func<GatewayOptions> options, TimeProvider time, ILogger log)
{
    private const int FirstPauseMs = 50;
    private const int LongestPauseMs = 1000;
    private const int TcpKeepAliveSeconds = 60;
    private static readonly TimeSpan s_lineEvery = TimeSpan.FromSeconds(10);

    private long _lastLine;
    private long _turnedAway;

    /// <param name="serve">Takes the socket and the ticket; never throws, and returns at its first wait.</param>
    public async Task RunAsync(Action<Socket, IPEndPoint, Admission.Ticket> serve, CancellationToken ct)
    {
        int pause = 0;
        while (!ct.IsCancellationRequested)
        {
            Socket? socket = null;
            try
            {
                socket = await accept(ct).ConfigureAwait(false);
                if (pause > 0)
                {
                    pause = 0;
                    Log.AcceptResumed(log);
                }

                Admit(socket, serve);
            }
            catch (SocketException e) when (socket is null)
            {
                // EMFILE, ENFILE, ENOBUFS, ECONNABORTED …: the listener is still good, so wait for better times.
                pause = Math.Clamp(pause * 2, FirstPauseMs, LongestPauseMs);
                Log.AcceptFailing(log, e.SocketErrorCode.ToString(), pause);
                await Task.Delay(TimeSpan.FromMilliseconds(pause), time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (socket is not null && e is SocketException or IOException or ObjectDisposedException)
            {
                socket!.Dispose(); // The peer was gone before we looked.
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Top of the loop: a fault of ours with one connection must not keep out all that come after it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                socket?.Dispose();
                Log.AcceptFault(log, fault);
                await Task.Delay(TimeSpan.FromMilliseconds(FirstPauseMs), time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Admit(Socket socket, Action<Socket, IPEndPoint, Admission.Ticket> serve)
    {
        IPEndPoint remote = (IPEndPoint)socket.RemoteEndPoint!;
        IPEndPoint peer = new(SourceKey.Plain(remote.Address), remote.Port);
        (Admission.Ticket? ticket, TurnedAway why) = admission.Enter(peer.Address, options());
        if (ticket is null)
        {
            socket.Dispose();
            Tell(peer, why);
            return;
        }

        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, TcpKeepAliveSeconds);
            serve(socket, peer, ticket);
        }
        catch
        {
            ticket.Dispose();
            throw;
        }
    }

    /// <summary>One line in ten seconds, with how many there were: a flood must not fill the disk.</summary>
    private void Tell(IPEndPoint peer, TurnedAway why)
    {
        _turnedAway++;
        if (_lastLine == 0 || time.GetElapsedTime(_lastLine) >= s_lineEvery)
        {
            _lastLine = time.GetTimestamp();
            Log.TurnedAway(log, Text.Escape(peer.ToString()), why, _turnedAway);
            _turnedAway = 0;
        }
    }
}
