using System.Security.Cryptography;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Transport;

/// <summary>KEXINIT (RFC 4253 §7.1). The languages are sent empty and read over.</summary>
internal sealed record KexInit(
    IReadOnlyList<string> KeyExchanges,
    IReadOnlyList<string> HostKeys,
    IReadOnlyList<string> CiphersToServer,
    IReadOnlyList<string> CiphersToClient,
    IReadOnlyList<string> MacsToServer,
    IReadOnlyList<string> MacsToClient,
    IReadOnlyList<string> CompressionsToServer,
    IReadOnlyList<string> CompressionsToClient,
    bool FirstKexPacketFollows)
{
    public const string ExtInfoOfClient = "ext-info-c";
    public const string ExtInfoOfServer = "ext-info-s";
    public const string StrictOfClient = "kex-strict-c-v00@openssh.com";
    public const string StrictOfServer = "kex-strict-s-v00@openssh.com";

    private const int CookieLength = 16;

    public static KexInit Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        r.Raw(CookieLength);
        KexInit init = new(
            r.NameList(), r.NameList(), r.NameList(), r.NameList(), r.NameList(), r.NameList(), r.NameList(), r.NameList(),
            AfterLanguages(ref r));
        r.UInt32();
        r.End();
        return init;
    }

    public byte[] Write() => Payload.Of((ref w) =>
    {
        w.Byte(MessageId.KexInit);
        w.Raw(RandomNumberGenerator.GetBytes(CookieLength));
        foreach (IReadOnlyList<string> names in (ReadOnlySpan<IReadOnlyList<string>>)
            [KeyExchanges, HostKeys, CiphersToServer, CiphersToClient, MacsToServer, MacsToClient, CompressionsToServer, CompressionsToClient, [], []])
        {
            w.NameList(names);
        }

        w.Boolean(FirstKexPacketFollows);
        w.UInt32(0);
    });

    /// <summary>Ours. Strictness and extensions are offered in the first exchange only; the peer must not take them from a later one.</summary>
    public static KexInit Offer(AlgorithmPreferences preferences, IReadOnlyList<string> hostKeys, SshRole role, bool first)
    {
        IReadOnlyList<string> marks = (first, role) switch
        {
            (false, _) => [],
            (true, SshRole.Client) => [ExtInfoOfClient, StrictOfClient],
            _ => [ExtInfoOfServer, StrictOfServer],
        };
        return new(
            [.. preferences.KeyExchanges, .. marks], hostKeys, preferences.Ciphers, preferences.Ciphers, preferences.Macs, preferences.Macs,
            ["none"], ["none"], FirstKexPacketFollows: false);
    }

    private static bool AfterLanguages(ref SshReader r)
    {
        r.NameList();
        r.NameList();
        return r.Boolean();
    }
}
