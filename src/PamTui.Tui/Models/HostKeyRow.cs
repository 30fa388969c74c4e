using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>A key that a host may show, or would like to.</summary>
/// <param name="Kind">Its type, with "CA" before that of one who certifies.</param>
/// <param name="IsTrusted">False: the target offers it, and nobody has accepted it.</param>
internal sealed record HostKeyRow(int Number, string Kind, HostKeyPin Pin, bool IsTrusted)
{
    /// <summary>Where the trust comes from, in words.</summary>
    public string Trust => !IsTrusted ? "offered, not trusted" : Pin.TrustSource switch
    {
        "option" => "given by an admin",
        "first use" => "the first key seen",
        { } source => Text.Escape(source),
    };

    public static IReadOnlyList<HostKeyRow> Of(Resource resource)
    {
        List<(string Kind, HostKeyPin Pin, bool IsTrusted)> keys =
        [
            .. resource.HostKeys.Select(pin => (Text.Escape(pin.KeyType.Length == 0 ? "any type" : pin.KeyType), pin, true)),
            .. resource.HostAuthorities.Select(pin => ("CA " + Text.Escape(pin.KeyType), pin, true)),
            .. resource.OfferedHostKeys.Select(pin => (Text.Escape(pin.KeyType), pin, false)),
        ];
        return [.. keys.Select((key, number) => new HostKeyRow(number, key.Kind, key.Pin, key.IsTrusted))];
    }
}
