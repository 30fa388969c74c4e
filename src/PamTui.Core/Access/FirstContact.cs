using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Access;

/// <summary>Trust on first use: said when the resource was made, good for the first key only, and kept in the audit.</summary>
internal static class FirstContact
{
    public static async Task PinAsync(Tx tx, AuditWriter audit, Actor actor, Resource resource, CheckReport? report, TimeProvider time)
    {
        if (report is not { Passed: true, HostKey: { } seen } || !resource.TrustOnFirstUse || resource.IsKnown)
        {
            return;
        }

        await ResourceRows.AddHostKeyAsync(tx, resource.Id, new HostKeyPin(seen.KeyType, seen.Fingerprint, "first use", time.GetUtcNow())).ConfigureAwait(false);
        string details = AuditDetails.Of(("type", seen.KeyType), ("fingerprint", seen.Fingerprint), ("trust", "first use"));
        await audit.AppendAsync(tx, actor, "resource.host-key.pin", resource.Name, details).ConfigureAwait(false);
    }
}
