using PamTui.Core.Access;
using PamTui.Core.Model;

namespace PamTui.Core.Resources;

/// <summary>What somebody has written down about a resource, as it is kept.</summary>
internal static class ResourceBuilder
{
    /// <summary>The resource as it would be stored, if it keeps every rule.</summary>
    public static Result<Resource> Build(ResourceDraft draft, DateTimeOffset now)
    {
        Result<IReadOnlyList<HostKeyPin>> authorities = Authorities(draft.HostAuthorities, now);
        Result<SourceAddresses?> from = SourceAddresses.ParseOptional(draft.SourceAddress);
        if ((authorities.Refusal ?? from.Refusal) is { } bad)
        {
            return bad;
        }

        bool database = draft.Kind != ResourceKind.Linux;
        Resource resource = new(
            0,
            draft.Name,
            draft.Kind,
            draft.Host,
            draft.Port ?? Fields.DefaultPort(draft.Kind),
            Filled(draft.Database),
            database ? draft.TlsMode : TlsMode.Verify,
            Filled(draft.TlsCa),
            [.. draft.HostKeys.DistinctBy(pin => pin.Fingerprint)],
            draft.TrustOnFirstUse,
            draft.Description,
            draft.Metadata,
            null,
            0,
            now,
            now)
        { HostAuthorities = authorities.Value, SourceAddress = from.Value };
        return ResourceRules.Check(resource) is { } broken ? broken : resource;
    }

    /// <summary>The keys of CAs, each once; Invalid for a line that is no key.</summary>
    public static Result<IReadOnlyList<HostKeyPin>> Authorities(IReadOnlyList<HostAuthority> authorities, DateTimeOffset now)
    {
        List<HostKeyPin> pins = [];
        foreach (HostAuthority authority in authorities)
        {
            Result<AuthorizedKey> key = AuthorizedKey.Parse(authority.KeyLine);
            if (key.Refusal is { } bad)
            {
                return Refusal.Invalid("The CA of host keys: " + bad.Message, "hostCa");
            }

            pins.Add(new HostKeyPin(key.Value.KeyType, key.Value.Fingerprint, authority.TrustSource, now));
        }

        return Result.Ok<IReadOnlyList<HostKeyPin>>([.. pins.DistinctBy(pin => pin.Fingerprint)]);
    }

    /// <summary>Nothing where nothing was written.</summary>
    public static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
