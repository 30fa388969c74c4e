using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PamTui.Gateway.Listener;

/// <summary>Where a connection comes from, for limits: an IPv4 address, or an IPv6 /64, which is what one household or host is given. From the socket alone (A19, B10).</summary>
internal readonly record struct SourceKey(ulong Prefix, bool IsIPv6)
{
    public static SourceKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address = Plain(address);
        address.TryWriteBytes(bytes, out int length);
        return length == 4
            ? new SourceKey(BinaryPrimitives.ReadUInt32BigEndian(bytes), false)
            : new SourceKey(BinaryPrimitives.ReadUInt64BigEndian(bytes), true);
    }

    /// <summary>An IPv4 address that a dual-mode socket shows as IPv6 is an IPv4 address.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
