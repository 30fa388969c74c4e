using PamTui.Core.Access;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Accounts;

/// <summary>What metadata the vault has already, so that a person who adds a pair writes it as others did. Members learn only of what they see.</summary>
public sealed class KnownPairs
{
    private const int MaxValuesListed = 200;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal KnownPairs(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>The values that a key has on accounts (their resources' included) which the caller sees, in order; at most 200, never the empty one.</summary>
    public Task<Result<IReadOnlyList<string>>> ValuesAsync(Actor actor, string key, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<string>>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            SqlArgs args = new();
            Reach? visible = await Visibility.AccountsAsync(tx, caller.Value, Visibility.Any, _time.GetUtcNow(), args).ConfigureAwait(false);
            return Result.Ok(await MetadataRows.ValuesAsync(tx, key, visible?.All.Set, args, MaxValuesListed).ConfigureAwait(false));
        },
        ct);
}
