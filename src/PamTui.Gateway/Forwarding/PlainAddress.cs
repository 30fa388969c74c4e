using System.Net;
using System.Net.Sockets;

namespace PamTui.Gateway.Forwarding;

/// <summary>One spelling for each address, so that two that lead to the same machine are the same.</summary>
internal static class PlainAddress
{
    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Where clouds tell a machine its secrets, and other addresses that a name of the network has no business with.</summary>
    private static readonly IPNetwork[] s_special =
    [
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fd00:ec2::254/128"),
        IPNetwork.Parse("100.100.100.200/32"),
        IPNetwork.Parse("168.63.129.16/32"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("255.255.255.255/32"),
        IPNetwork.Parse("ff00::/8"),
    ];

    /// <summary>
    /// An IPv4 address out of the IPv6 forms that hold one, without a scope; <see cref="IPAddress.Loopback"/> for all that mean this machine: whatever
    /// listens here mostly listens on all of them.
    /// </summary>
    /// <param name="own">The addresses of this machine.</param>
    public static IPAddress Of(IPAddress address, HashSet<IPAddress> own)
    {
        IPAddress plain = address.AddressFamily == AddressFamily.InterNetworkV6 ? PlainV6(address) : address;
        return IPAddress.IsLoopback(plain) || plain.Equals(IPAddress.Any) || plain.Equals(IPAddress.IPv6Any) || own.Contains(plain) ? IPAddress.Loopback : plain;
    }

    /// <summary>No name may lead here: a grant must say the address itself.</summary>
    /// <param name="plain">Of <see cref="Of"/>.</param>
    public static bool IsSpecial(IPAddress plain) => IPAddress.IsLoopback(plain) || Array.Exists(s_special, network => network.Contains(plain));

    private static IPAddress PlainV6(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 || s_nat64.Contains(new IPAddress(bytes)) ? new IPAddress(bytes.AsSpan(12)) : new IPAddress(bytes);
    }
}
