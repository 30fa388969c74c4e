using System.Net;
using System.Net.NetworkInformation;

namespace PamTui.Gateway.Listener;

/// <summary>The addresses that this machine has.</summary>
internal static class MachineAddresses
{
    /// <summary>Without scopes. They are read from the system: once for many comparisons.</summary>
    public static HashSet<IPAddress> Now() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(own => new IPAddress(own.Address.GetAddressBytes()))];

    /// <summary>Where others reach what listens there.</summary>
    public static IReadOnlyList<IPEndPoint> Of(IPEndPoint listener) => listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any)
        ? [.. Now().Select(address => new IPEndPoint(address, listener.Port))]
        : [listener];
}
