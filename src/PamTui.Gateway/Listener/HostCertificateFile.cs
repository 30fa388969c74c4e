using PamTui.Core.Model;
using PamTui.Ssh;
using PamTui.Ssh.Keys;

namespace PamTui.Gateway.Listener;

/// <summary>NAME-cert.pub beside a host key, as ssh-keygen writes it: shown to clients that trust its CA.</summary>
internal static class HostCertificateFile
{
    private const string Suffix = "-cert.pub";
    private const int MaxFile = 64 * 1024;

    /// <returns>Null where there is none.</returns>
    public static Result<SshCertificate?> Read(string keyFile, SshPublicKey key)
    {
        string file = keyFile + Suffix;
        if (!File.Exists(file))
        {
            return (SshCertificate?)null;
        }

        string[] parts = new FileInfo(file).Length > MaxFile ? [] : File.ReadAllText(file).Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        byte[] blob = new byte[SshCertificate.MaxBlob];
        if (parts.Length < 2 || !Convert.TryFromBase64String(parts[1], blob, out int length))
        {
            return Refused(file, "it is not `TYPE BASE64 COMMENT`");
        }

        try
        {
            SshCertificate certificate = SshCertificate.Parse(blob.AsSpan(0, length), [parts[0]]);
            return certificate.Kind != CertificateKind.Host ? Refused(file, "it is for a user: sign the key with `ssh-keygen -h`")
                : !certificate.Key.Equals(key) ? Refused(file, "it certifies another key than the one beside it")
                : certificate;
        }
        catch (SshProtocolException e)
        {
            return Refused(file, Text.Escape(e.Message));
        }
    }

    private static Refusal Refused(string file, string why) => Refusal.Invalid($"The host certificate {Text.Quote(file)} cannot be used: {why}.");
}
