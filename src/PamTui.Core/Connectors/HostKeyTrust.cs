using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;
using Renci.SshNet.Security;

namespace PamTui.Core.Connectors;

/// <summary>Whether a shown host key is one of the pinned; decided before anything of the user's leaves (D1, D3).</summary>
internal static class HostKeyTrust
{
    /// <summary>The type that the key itself declares (RFC 4253 §6.6) and its fingerprint as OpenSSH prints it.</summary>
    public static SeenHostKey Describe(ReadOnlySpan<byte> blob)
    {
        int length = blob.Length >= 4 ? (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(blob), 64) : 0;
        string type = Encoding.ASCII.GetString(blob.Slice(Math.Min(4, blob.Length), Math.Min(length, Math.Max(blob.Length - 4, 0))));
        return new SeenHostKey(Text.Escape(type), "SHA256:" + Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('='));
    }

    /// <param name="certificate">That the key came with, if it did.</param>
    public static CheckFailure? WhyNot(CheckRun run, Resource resource, SeenHostKey shown, Certificate? certificate, DateTimeOffset now)
    {
        // A certificate that does not stand is no worse than none: its plain key may be pinned.
        if (certificate is not null && HostCertificateTrust.Stands(resource, certificate, now))
        {
            return null;
        }

        string target = Reach.Name(resource);
        if (resource is { HostKeys.Count: 0, HostAuthorities.Count: > 0 })
        {
            return run.Fail(
                CheckCause.HostKeyDiffers,
                $"{target} shows a host key ({shown.KeyType} {shown.Fingerprint}) that no CA of the resource certifies for {Text.Quote(resource.Host)} now: sign it anew, or pin the key. Nothing was sent.");
        }

        if (resource.HostKeys.Count == 0)
        {
            return resource.TrustOnFirstUse
                ? null
                : run.Fail(
                    CheckCause.HostKeyUnknown,
                    $"The host key of {target} is not known yet: {shown.KeyType} {shown.Fingerprint}. Compare it with the server's own (ssh-keygen -l -f on its public host key), then accept it. Nothing was sent.");
        }

        if (resource.HostKeys.Any(pin => pin.Fingerprint == shown.Fingerprint && (pin.KeyType.Length == 0 || pin.KeyType == shown.KeyType)))
        {
            return null;
        }

        string old = resource.HostKeys.FirstOrDefault(pin => pin.KeyType == shown.KeyType, resource.HostKeys[0]).Fingerprint;
        return resource.HostKeys.All(pin => pin.KeyType.Length > 0 && pin.KeyType != shown.KeyType)
            ? run.Fail(
                CheckCause.HostKeyTypeDiffers,
                $"{target} shows a host key of another type ({shown.KeyType}) than is pinned ({string.Join(", ", resource.HostKeys.Select(pin => Text.Escape(pin.KeyType)).Distinct())}): someone may stand between. If the server changed, pin its {shown.KeyType} key. Nothing was sent.")
            : run.Fail(
                CheckCause.HostKeyDiffers,
                $"{target} shows another host key than is pinned ({shown.KeyType} {shown.Fingerprint}): someone may stand between. If the server was set up anew: `pamtui resource host-key remove {resource.Name} {old}`, then `host-key accept {resource.Name}`. Nothing was sent.");
    }
}
