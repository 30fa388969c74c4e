using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace PamTui.Core.Model;

/// <summary>
/// A place of the network as a grant names it and a client asks for it: a DNS name or an address, and a port. Two of them are the same place only
/// when they are spelled the same; of names the case does not count, and an IPv6 address has one spelling.
/// </summary>
public sealed partial record HostPort
{
    private const int MaxHost = 253;

    private HostPort(string host, int port) => (Host, Port) = (host, port);

    /// <summary>In small letters; an IPv6 address without brackets.</summary>
    public string Host { get; }

    /// <summary>1 to 65535.</summary>
    public int Port { get; }

    /// <summary>The host is no name but this address; null: a name.</summary>
    public IPAddress? Address => AddressOf(Host);

    /// <summary>"wiki.corp:443", "10.0.0.5:80", "[2001:db8::5]:80".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? "[" + Host + "]" : Host)}:{Port}");

    /// <param name="text">As <see cref="ToString"/> writes it.</param>
    public static Result<HostPort> Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon];
        bool inBrackets = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        if ((host.Contains(':', StringComparison.Ordinal) && !inBrackets)
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || Of(inBrackets ? host[1..^1] : host, (uint)port) is not { } place
            || inBrackets != place.Host.Contains(':', StringComparison.Ordinal))
        {
            return Refusal.Invalid(
                $"{Text.Quote(text)} is no HOST:PORT: write a full name (wiki.corp:443), an IPv4 address with its four numbers (10.0.0.5:80), or an IPv6 address in brackets ([2001:db8::5]:80).",
                "to");
        }

        return place;
    }

    /// <summary>As a client says it. Null: nothing that a grant could name.</summary>
    public static HostPort? Of(string host, uint port)
    {
        if (host.Length is 0 or > MaxHost || port is 0 or > IPEndPoint.MaxPort)
        {
            return null;
        }

        string plain = host.ToLowerInvariant();
        if (AddressOf(plain) is { } address)
        {
            // 127.1, 0x7f000001 and 2130706433 are spellings of an address that nobody has to understand.
            return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && address.ToString() != plain
                ? null
                : new HostPort(address.ToString(), (int)port);
        }

        return Name().IsMatch(plain) ? new HostPort(plain, (int)port) : null;
    }

    private static IPAddress? AddressOf(string host) => IPAddress.TryParse(host, out IPAddress? address) ? address : null;

    // Labels as DNS has them, and '_', which is met; the last one is not a number, or some resolver would read an address.
    [GeneratedRegex(@"\A(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*(?![0-9]+\z)(?!0x)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
