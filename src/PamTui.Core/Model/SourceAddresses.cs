using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PamTui.Core.Model;

/// <summary>From where a certificate is worth anything: networks as sshd's source-address takes them, or anywhere.</summary>
public sealed record SourceAddresses
{
    private const string Anywhere = "none";
    private const int Max = 16;

    private SourceAddresses(string text) => Text = text;

    /// <summary>"none", or networks with their prefix, a comma between two: "203.0.113.7/32,2001:db8::/64".</summary>
    public string Text { get; }

    /// <summary>Null: the certificate names no address.</summary>
    public string? Networks => Text == Anywhere ? null : Text;

    /// <param name="text">"none", or addresses and networks with commas between them.</param>
    public static Result<SourceAddresses> Parse(string text)
    {
        if (text == Anywhere)
        {
            return new SourceAddresses(Anywhere);
        }

        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        List<string> networks = [];
        foreach (string part in parts)
        {
            string full = part.Contains('/', StringComparison.Ordinal) || !IPAddress.TryParse(part, out IPAddress? one)
                ? part
                : string.Create(CultureInfo.InvariantCulture, $"{part}/{(one.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}");
            if (part.Contains('%', StringComparison.Ordinal) || !IPNetwork.TryParse(full, out IPNetwork network))
            {
                return Refusal.Invalid($"{Model.Text.Quote(part)} is no network: give addresses or networks such as 203.0.113.7 or 10.0.0.0/24, with commas between them, or none.", "sourceAddress");
            }

            networks.Add(network.ToString());
        }

        return networks.Count > Max
            ? Refusal.Invalid($"There are more than {Max} networks.", "sourceAddress")
            : new SourceAddresses(string.Join(',', networks.Distinct(StringComparer.Ordinal)));
    }

    /// <summary>The same; empty: null, the gateway's own address.</summary>
    public static Result<SourceAddresses?> ParseOptional(string text) =>
        text.Length == 0
            ? (SourceAddresses?)null
            : Parse(text) switch
            {
                { Refusal: { } no } => no,
                Result<SourceAddresses> read => read.Value,
            };

    /// <summary>Exactly this address: an IPv4 address inside IPv6 as itself, no scope.</summary>
    public static SourceAddresses Only(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes());
        return new SourceAddresses(string.Create(CultureInfo.InvariantCulture, $"{plain}/{(plain.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}"));
    }

    public override string ToString() => Text;
}
