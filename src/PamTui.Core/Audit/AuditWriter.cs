using PamTui.Core.Model;
using PamTui.Core.Storage;
using PamTui.Core.Vault;

namespace PamTui.Core.Audit;

/// <summary>Adds rows to the chain, each in the transaction of what it tells: no change without its row, no row without its change.</summary>
internal sealed class AuditWriter(Secret headKey, TimeProvider time)
{
    private const int MaxName = 256;

    /// <param name="details">Of <see cref="AuditDetails.Of"/>.</param>
    /// <exception cref="VaultException">The head of the chain was changed outside the vault; nothing may be done that cannot be told.</exception>
    public Task AppendAsync(Tx tx, Actor actor, string action, string target, string details = "") => AppendNumberedAsync(tx, actor, action, target, details);

    /// <inheritdoc cref="AppendAsync"/>
    /// <returns>The row's place in the chain.</returns>
    public async Task<long> AppendNumberedAsync(Tx tx, Actor actor, string action, string target, string details)
    {
        string head = await VaultRow.HeadAsync(tx).ConfigureAwait(false) ?? "";
        if (AuditChain.TryReadHead(head, headKey) is not { } last)
        {
            throw new VaultException("The head of the audit chain was changed outside the vault: run `pamtui audit verify`, and restore a backup.");
        }

        AuditRow row = new(
            last.Sequence + 1,
            StoredTime.From(StoredTime.Of(time.GetUtcNow())),
            Text.Escape(actor.Name, MaxName),
            Text.Escape(actor.Source, MaxName),
            action,
            Text.Escape(target, MaxName),
            details,
            []);
        row = row with { Hash = AuditChain.Hash(last.Hash, row) };
        await AuditRows.InsertAsync(tx, row).ConfigureAwait(false);
        await VaultRow.SetHeadAsync(tx, AuditChain.Head(headKey, row.Sequence, row.Hash)).ConfigureAwait(false);
        return row.Sequence;
    }
}
