using System.Globalization;
using PamTui.Core.Audit;
using PamTui.Core.Model;

namespace PamTui.Core.Resources;

/// <summary>What the audit says about a resource: every field that changed.</summary>
internal static class ResourceAudit
{
    public static string Added(Resource resource) => AuditDetails.Of(
        ("kind", Words.Of(resource.Kind)),
        ("host", resource.Host),
        ("port", resource.Port.ToString(CultureInfo.InvariantCulture)),
        ("database", resource.Database),
        ("tls", resource.Kind != ResourceKind.Linux ? Words.Of(resource.TlsMode) : null),
        ("hostKeys", resource.HostKeys.Count == 0 ? null : string.Join(' ', resource.HostKeys.Select(pin => pin.Fingerprint))),
        ("hostCas", resource.HostAuthorities.Count == 0 ? null : string.Join(' ', resource.HostAuthorities.Select(pin => pin.Fingerprint))),
        ("trustOnFirstUse", resource.TrustOnFirstUse ? "yes" : null),
        ("sourceAddress", resource.SourceAddress?.Text),
        ("metadata", Shown(resource.Metadata)));

    /// <param name="unverified">How many accounts are so by the change.</param>
    public static string Edited(Resource old, Resource edited, int unverified) => AuditDetails.Of(
        ("host", old.Host == edited.Host ? null : edited.Host),
        ("port", old.Port == edited.Port ? null : edited.Port.ToString(CultureInfo.InvariantCulture)),
        ("database", old.Database == edited.Database ? null : edited.Database ?? ""),
        ("tls", old.TlsMode == edited.TlsMode ? null : Words.Of(edited.TlsMode)),
        ("tlsCa", old.TlsCa == edited.TlsCa ? null : edited.TlsCa is null ? "removed" : "changed"),
        ("trustOnFirstUse", old.TrustOnFirstUse == edited.TrustOnFirstUse ? null : edited.TrustOnFirstUse ? "yes" : "no"),
        ("description", old.Description == edited.Description ? null : "changed"),
        ("metadata", old.Metadata.Equals(edited.Metadata) ? null : Shown(edited.Metadata) ?? ""),
        ("passwords", old.Passwords == edited.Passwords ? null : "changed"),
        ("sourceAddress", old.SourceAddress == edited.SourceAddress ? null : edited.SourceAddress?.Text ?? ""),
        ("rotationAccount", old.RotationAccount == edited.RotationAccount ? null : edited.RotationAccount ?? ""),
        ("unverified", Some(unverified)));

    /// <summary>Null for none.</summary>
    public static string? Some(int count) => count == 0 ? null : count.ToString(CultureInfo.InvariantCulture);

    private static string? Shown(Metadata metadata) => metadata.Count == 0 ? null : string.Join(' ', metadata.Select(pair => pair.Key + "=" + pair.Value));
}
