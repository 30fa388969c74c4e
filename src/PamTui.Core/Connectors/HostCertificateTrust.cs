using System.Buffers.Binary;
using System.Text;
using PamTui.Core.Model;
using Renci.SshNet.Security;

namespace PamTui.Core.Connectors;

/// <summary>
/// Whether a host certificate stands for a pinned key (OpenSSH's PROTOCOL.certkeys). The library has verified what the server signed and what the
/// CA signed, and offers no SHA-1 for either; whose certificate it is, is asked here.
/// </summary>
internal static class HostCertificateTrust
{
    private const string Mark = "-cert-v01@openssh.com";

    public static bool Stands(Resource resource, Certificate certificate, DateTimeOffset now)
    {
        ulong second = (ulong)Math.Max(0, now.ToUnixTimeSeconds());
        return certificate.Type == Certificate.CertificateType.Host
            && resource.HostAuthorities.Any(pin => pin.Fingerprint == "SHA256:" + certificate.CertificateAuthorityKeyFingerPrint)
            && second >= certificate.ValidAfterUnixSeconds && second < certificate.ValidBeforeUnixSeconds
            && certificate.ValidPrincipals.Contains(resource.Host, StringComparer.Ordinal)
            && certificate.CriticalOptions.Count == 0;
    }

    /// <summary>The blob of the plain key, where <paramref name="shown"/> is a certificate: after type and nonce that has the fields of the key, in the key's order.</summary>
    public static byte[] PlainKey(byte[] shown)
    {
        ReadOnlySpan<byte> rest = shown;
        string declared = Encoding.ASCII.GetString(TakeString(ref rest));
        if (!declared.EndsWith(Mark, StringComparison.Ordinal))
        {
            return shown;
        }

        TakeString(ref rest);
        ReadOnlySpan<byte> fields = rest;
        for (int count = declared.StartsWith("ssh-ed25519", StringComparison.Ordinal) ? 1 : 2; count > 0; count--)
        {
            TakeString(ref rest);
        }

        byte[] type = Encoding.ASCII.GetBytes(declared[..^Mark.Length]);
        byte[] length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(length, (uint)type.Length);
        return [.. length, .. type, .. fields[..^rest.Length]];
    }

    /// <summary>The library has read it already; what is cut short all the same ends where it ends.</summary>
    private static ReadOnlySpan<byte> TakeString(ref ReadOnlySpan<byte> rest)
    {
        uint length = rest.Length < sizeof(uint) ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > (uint)Math.Max(0, rest.Length - sizeof(uint)))
        {
            return rest = [];
        }

        ReadOnlySpan<byte> taken = rest.Slice(sizeof(uint), (int)length);
        rest = rest[(sizeof(uint) + (int)length)..];
        return taken;
    }
}
