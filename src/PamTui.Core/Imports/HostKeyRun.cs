using PamTui.Core.Model;
using PamTui.Core.Resources;

namespace PamTui.Core.Imports;

/// <summary>Does what a <see cref="HostKeyPlan"/> says, each step by the use case of one key.</summary>
internal sealed class HostKeyRun(Resources.Resources resources, Actor actor, OnClash onClash)
{
    public async Task GoAsync(IReadOnlyList<HostKeyStep> steps, Action<ImportOutcome> tell, CancellationToken ct)
    {
        foreach (HostKeyStep step in steps)
        {
            (int line, string subject) = (step.Item.Line, step.Item.Subject);
            if (ct.IsCancellationRequested)
            {
                tell(Imports.NotReached(line, subject));
                continue;
            }

            tell(step.Item.Action switch
            {
                ImportAction.Add => Outcome(step, ImportResult.Added, await TrustAsync(step.Resource!, step.Key).ConfigureAwait(false)),
                ImportAction.Clash when onClash == OnClash.Update => Outcome(step, ImportResult.Updated, await UpdateAsync(step.Resource!, step).ConfigureAwait(false)),
                ImportAction.Clash => new ImportOutcome(line, subject, ImportResult.Skipped, "It stays as it is. " + step.Item.Message),
                _ => new ImportOutcome(line, subject, ImportResult.Skipped, step.Item.Message ?? "It is there already."),
            });
        }
    }

    private static ImportOutcome Outcome(HostKeyStep step, ImportResult done, Refusal? no) =>
        new(step.Item.Line, step.Item.Subject, no is null ? done : ImportResult.Failed, no?.Message);

    private async Task<Refusal?> TrustAsync(string resource, HostKeyRow key)
    {
        Result<Resource> trusted = key.Line.Marker == KnownHostsLine.Authority
            ? await resources.PinHostAuthorityAsync(actor, resource, new HostAuthority(key.Line.KeyLine, KnownHostsLine.Source), CancellationToken.None).ConfigureAwait(false)
            : await resources.PinHostKeyAsync(actor, resource, new SeenHostKey(key.Line.KeyType, key.Fingerprint), KnownHostsLine.Source, CancellationToken.None).ConfigureAwait(false);
        return trusted.Refusal;
    }

    // The new key comes first: a resource that loses its last pin may take the first key it sees.
    private async Task<Refusal?> UpdateAsync(string resource, HostKeyStep step)
    {
        Refusal? no = step.Key.Line.Marker == KnownHostsLine.Revoked
            ? (await resources.EditAsync(actor, resource, new ResourceChange { TrustOnFirstUse = false }, CancellationToken.None).ConfigureAwait(false)).Refusal
            : await TrustAsync(resource, step.Key).ConfigureAwait(false);
        foreach (string old in step.Replaced)
        {
            no ??= await RemoveAsync(resource, old).ConfigureAwait(false);
        }

        return no;
    }

    // What an earlier line has replaced is gone already.
    private async Task<Refusal?> RemoveAsync(string resource, string fingerprint) =>
        (await resources.RemoveHostKeyAsync(actor, resource, fingerprint, CancellationToken.None).ConfigureAwait(false)).Refusal is { Kind: not RefusalKind.NotFound } no ? no : null;
}
