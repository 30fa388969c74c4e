using System.Text;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Transport;

/// <summary>The identification strings (RFC 4253 §4.2): one line of ours, one of theirs, before any packet.</summary>
internal static class VersionExchange
{
    /// <summary>RFC 4253 §4.2: 255 characters with CR LF.</summary>
    private const int LongestVersion = 255;
    private const int LongestLine = 1024;

    /// <summary>Lines a server may send before its version. OpenSSH reads up to 1024; nobody honest sends so many.</summary>
    private const int MostLines = 64;

    public static string Ours(string softwareVersion)
    {
        if (softwareVersion.Length is 0 or > 200 || softwareVersion.AsSpan().ContainsAnyExceptInRange('!', '~') || softwareVersion.Contains('-', StringComparison.Ordinal))
        {
            throw new ArgumentException("A software version is printable US-ASCII without space and minus.", nameof(softwareVersion));
        }

        return "SSH-2.0-" + softwareVersion;
    }

    /// <summary>The peer's version, without its line end.</summary>
    public static async ValueTask<string> ReadAsync(PacketReader reader, SshRole role, CancellationToken ct)
    {
        for (int lines = 0; lines <= MostLines; lines++)
        {
            byte[] line = await reader.ReadLineAsync(LongestLine, ct).ConfigureAwait(false);
            if (line.AsSpan().StartsWith("SSH-"u8))
            {
                return Check(line);
            }

            if (role == SshRole.Server)
            {
                // Only a server may say something before its version; a web browser or a scanner ends here.
                throw new SshProtocolException("The peer does not speak SSH.");
            }
        }

        throw new SshProtocolException("The server sends too many lines before its version.");
    }

    private static string Check(byte[] line)
    {
        if (line.Length > LongestVersion - 2 || line.AsSpan().ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            throw new SshProtocolException("The peer's version is too long or holds what is not printable US-ASCII.");
        }

        string version = Encoding.ASCII.GetString(line);
        return version.StartsWith("SSH-2.0-", StringComparison.Ordinal) || version.StartsWith("SSH-1.99-", StringComparison.Ordinal)
            ? version
            : throw new SshProtocolException(
                $"The peer speaks another version of the protocol: {PeerText.Show(version)}.", DisconnectReason.ProtocolVersionNotSupported);
    }
}
