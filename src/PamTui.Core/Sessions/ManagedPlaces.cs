using System.Net;

namespace PamTui.Core.Sessions;

/// <summary>What the vault has at one port, to which no forwarding may lead.</summary>
/// <param name="Hosts">Of resources: names and addresses.</param>
/// <param name="Gateways">Where gateways of this vault listen, by their own word.</param>
public sealed record ManagedPlaces(IReadOnlyList<string> Hosts, IReadOnlyList<IPAddress> Gateways);
