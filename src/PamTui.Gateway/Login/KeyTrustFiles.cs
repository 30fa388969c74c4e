using System.Buffers;
using PamTui.Core;
using PamTui.Core.Model;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Login;

/// <summary>
/// Gateway:TrustedUserCaKeys and Gateway:RevokedKeys: files of public key lines, as sshd's TrustedUserCAKeys and RevokedKeys in their plain form.
/// A file that is not there, is writable by others or has one bad line is refused as a whole.
/// </summary>
public static class KeyTrustFiles
{
    private const int MaxFile = 4 * 1024 * 1024;
    private const int MaxAuthorities = 64;
    private const int MaxRevoked = 10_000;
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static readonly SearchValues<char> s_base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    public static Result<KeyTrust> Load(GatewayOptions options, DataFolder folder)
    {
        Result<List<string>> authorityLines = Lines(options.TrustedUserCaKeys, folder, nameof(options.TrustedUserCaKeys), MaxAuthorities);
        Result<List<string>> revokedLines = Lines(options.RevokedKeys, folder, nameof(options.RevokedKeys), MaxRevoked);
        if ((authorityLines.Refusal ?? revokedLines.Refusal) is { } unread)
        {
            return unread;
        }

        List<SshPublicKey> authorities = [];
        foreach (string line in authorityLines.Value)
        {
            Result<SshPublicKey> key = Parse(line);
            if (key.Refusal is { } bad)
            {
                return Refused(nameof(options.TrustedUserCaKeys), bad.Message);
            }

            authorities.Add(key.Value);
        }

        List<string> revoked = [];
        foreach (string line in revokedLines.Value)
        {
            if (IsFingerprint(line))
            {
                revoked.Add(line);
                continue;
            }

            Result<SshPublicKey> key = Parse(line);
            if (key.Refusal is { } bad)
            {
                return Refused(nameof(options.RevokedKeys), bad.Message);
            }

            revoked.Add(key.Value.Fingerprint);
        }

        return new KeyTrust(authorities, revoked);
    }

    private static Result<List<string>> Lines(string file, DataFolder folder, string setting, int most)
    {
        if (file.Length == 0)
        {
            return new List<string>();
        }

        string path = Path.Combine(folder.Path, file);
        try
        {
            return LinesOf(path, setting, most);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refused(setting, $"{Text.Quote(path)} cannot be read: {Text.Escape(e.Message)}");
        }
    }

    private static Result<List<string>> LinesOf(string path, string setting, int most)
    {
        if (!File.Exists(path))
        {
            return Refused(setting, $"there is no file {Text.Quote(path)}.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
        {
            return Refused(setting, $"{Text.Quote(path)} can be written by others: run `chmod go-w` on it, after a look at what it holds.");
        }

        if (new FileInfo(path).Length > MaxFile)
        {
            return Refused(setting, $"{Text.Quote(path)} has more than {MaxFile} bytes.");
        }

        List<string> lines = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];
        return lines.Count > most ? Refused(setting, $"{Text.Quote(path)} has more than {most} keys.") : lines;
    }

    /// <summary>"type base64 comment". Options before the type would restrict, and are not understood: such a line is no key (A15).</summary>
    private static Result<SshPublicKey> Parse(string line)
    {
        string[] parts = line.Split([' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
        byte[] blob = new byte[SshPublicKey.MaxBlob];
        if (parts.Length < 2 || !Convert.TryFromBase64String(parts[1], blob, out int length))
        {
            return Refusal.Invalid($"the line {Text.Quote(Shortened(line))} is not `TYPE BASE64 COMMENT`.");
        }

        try
        {
            return SshPublicKey.Parse(blob.AsSpan(0, length), [parts[0]]);
        }
        catch (SshProtocolException e)
        {
            return Refusal.Invalid($"the line {Text.Quote(Shortened(line))} holds no plain public key of that type: {e.Message}");
        }
    }

    private static bool IsFingerprint(string line) =>
        line.Length == 50 && line.StartsWith("SHA256:", StringComparison.Ordinal)
        && line.AsSpan(7).IndexOfAnyExcept(s_base64) < 0;

    private static string Shortened(string line) => line.Length > 48 ? line[..48] + "…" : line;

    private static Refusal Refused(string setting, string why) => Refusal.Invalid($"Gateway:{setting}: {why}", setting);
}
