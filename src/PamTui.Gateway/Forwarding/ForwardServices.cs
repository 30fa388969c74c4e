using System.Net;
using Microsoft.Extensions.Logging;
using PamTui.Gateway.Relay;

namespace PamTui.Gateway.Forwarding;

/// <summary>The addresses of a name now.</summary>
/// <exception cref="System.Net.Sockets.SocketException">It has none, or nobody knows.</exception>
internal delegate Task<IPAddress[]> ResolveName(string name, CancellationToken ct);

/// <summary>What the forwarded connections of one gateway share.</summary>
internal sealed record ForwardServices(ForwardCheck Check, LiveSessions Live, Func<GatewayOptions> OptionsNow, TimeProvider Time, ILogger Log);
