using System.Security.Cryptography;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Rotation;

/// <summary>
/// A round's turn with the accounts of one resource: whatever number of processes goes round, one of them rotates there, and one account
/// at a time. It is renewed before each account; while one takes longer than that, its own lease keeps the others off.
/// </summary>
internal sealed class ResourceTurn(Database database, Ledger ledger, TimeProvider time, long resourceId)
{
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>False: another process is at it, or a person rotates one of these accounts.</summary>
    public async Task<bool> HoldAsync(CancellationToken ct)
    {
        Result<bool> held = await database.WriteAsync<bool>(
            async tx =>
            {
                DateTimeOffset now = time.GetUtcNow();
                return !await ledger.IsAtWorkAsync(tx, resourceId).ConfigureAwait(false)
                    && await TurnRows.TakeAsync(tx, resourceId, _token, now, now + Ledger.LeaseTime).ConfigureAwait(false);
            },
            ct).ConfigureAwait(false);
        return held is { IsOk: true, Value: true };
    }

    public Task ReleaseAsync() => database.WriteAsync<Done>(
        async tx =>
        {
            await TurnRows.DeleteAsync(tx, resourceId, _token).ConfigureAwait(false);
            return default(Done);
        },
        CancellationToken.None);
}
