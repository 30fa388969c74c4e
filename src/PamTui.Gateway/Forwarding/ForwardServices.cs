using System.Net;
using Microsoft.Extensions.Logging;
using PamTui.Core.Sessions;
using PamTui.Gateway.Relay;

namespace PamTui.Gateway.Forwarding;

/// <summary>The addresses of a name now.</summary>
/// <exception cref="System.Net.Sockets.SocketException">It has none, or nobody knows.</exception>
internal delegate Task<IPAddress[]> ResolveName(string name, CancellationToken ct);

/// <summary>What the forwarded connections of one gateway share.</summary>
/// <param name="OwnPort">On which this gateway listens.</param>
internal sealed record ForwardServices(
    Forwards Forwards, LiveSessions Live, Func<GatewayOptions> OptionsNow, Func<int> OwnPort, ResolveName Resolve, TimeProvider Time, ILogger Log);
