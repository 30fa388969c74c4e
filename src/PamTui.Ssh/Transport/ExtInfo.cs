using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Transport;

/// <summary>EXT_INFO (RFC 8308). We say server-sig-algs and that we answer pings; we listen for server-sig-algs.</summary>
internal static class ExtInfo
{
    private const string ServerSignatureAlgorithms = "server-sig-algs";
    private const uint MostExtensions = 64;
    private const int LongestName = 128;
    private const int LongestValue = 8 * 1024;

    public static byte[] OfServer(IReadOnlyList<string> signatureAlgorithms) => Payload.Of((ref w) =>
    {
        w.Byte(MessageId.ExtInfo);
        w.UInt32(2);
        w.String(ServerSignatureAlgorithms);
        w.NameList(signatureAlgorithms);
        w.String("ping@openssh.com");
        w.String("0");
    });

    /// <summary>The peer's server-sig-algs, or null when it does not say.</summary>
    public static IReadOnlyList<string>? Read(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        uint count = r.UInt32();
        if (count > MostExtensions)
        {
            throw new SshProtocolException($"{count} extensions came where at most {MostExtensions} are allowed.");
        }

        IReadOnlyList<string>? algorithms = null;
        for (; count > 0; count--)
        {
            if (r.AsciiName(LongestName) == ServerSignatureAlgorithms)
            {
                algorithms = r.NameList(LongestValue);
            }
            else
            {
                r.String(LongestValue);
            }
        }

        r.End();
        return algorithms;
    }
}
