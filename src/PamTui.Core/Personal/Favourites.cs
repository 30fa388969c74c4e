using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Personal;

/// <summary>An account and when the caller's own last session of it began.</summary>
public sealed record RecentAccount(Account Account, DateTimeOffset LastUsed);

/// <summary>
/// The accounts that a person marked and those he used last. Both are his alone, and hold what he may still see: what a grant no
/// longer reaches comes back with the next one. Whoever works at the machine itself has one list; his sessions are those of the user
/// that he is at the gateway.
/// </summary>
public sealed class Favourites
{
    public const int Max = 500;

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly TimeProvider _time;

    internal Favourites(Database database, AuditWriter audit, TimeProvider time) => (_database, _audit, _time) = (database, audit, time);

    /// <summary>Marks an account that the caller sees. One that is marked already stays so.</summary>
    public Task<Result<Done>> AddAsync(Actor actor, AccountRef reference, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            Result<Account> account = await Visibility.AccountAsync(tx, caller.Value, reference, Visibility.Any, _time.GetUtcNow()).ConfigureAwait(false);
            if (account.Refusal is { } none)
            {
                return none;
            }

            if (await FavouriteRows.CountAsync(tx, caller.Value.Owner).ConfigureAwait(false) >= Max)
            {
                return Refusal.Failed($"You have {Max} favourites already: remove one first.");
            }

            if (await FavouriteRows.InsertAsync(tx, caller.Value.Owner, account.Value.Id, _time.GetUtcNow()).ConfigureAwait(false))
            {
                await _audit.AppendAsync(tx, actor, "favourite.add", reference.ToString()).ConfigureAwait(false);
            }

            return default(Done);
        },
        ct);

    /// <returns>NotFound: it is no favourite of the caller's.</returns>
    public Task<Result<Done>> RemoveAsync(Actor actor, AccountRef reference, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            if (!await FavouriteRows.DeleteAsync(tx, caller.Value.Owner, reference).ConfigureAwait(false))
            {
                return Refusal.NotFound($"{Text.Quote(reference.ToString())} is not among your favourites.");
            }

            await _audit.AppendAsync(tx, actor, "favourite.remove", reference.ToString()).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    /// <summary>In the order of resource and name; the page and the count hold only what the caller may see.</summary>
    public Task<Result<Page<Account>>> ListAsync(Actor actor, PageRequest page, CancellationToken ct) => SeenAsync(
        actor,
        (tx, caller, visible, args) => FavouriteRows.PageAsync(tx, caller.Owner, visible, args, FieldCheck.Bounded(page)),
        ct);

    /// <summary>What the caller had sessions of, the latest first; after permissions.</summary>
    /// <param name="gatewayUser">Who the owner of the data folder is at the gateway; empty, or there is none of the name: nobody. Of a user it says nothing.</param>
    public Task<Result<Page<RecentAccount>>> RecentAsync(Actor actor, string gatewayUser, PageRequest page, CancellationToken ct) => SeenAsync(
        actor,
        async (tx, caller, visible, args) =>
        {
            long user = (caller.User ?? await UserRows.FindAsync(tx, gatewayUser).ConfigureAwait(false))?.Id ?? 0;
            Page<(Account Account, DateTimeOffset Used)> used = await FavouriteRows.RecentAsync(tx, user, visible, args, FieldCheck.Bounded(page)).ConfigureAwait(false);
            return new Page<RecentAccount>([.. used.Items.Select(one => new RecentAccount(one.Account, one.Used))], used.Offset, used.Total);
        },
        ct);

    private Task<Result<T>> SeenAsync<T>(Actor actor, Func<Tx, Caller, string?, SqlArgs, Task<T>> read, CancellationToken ct) => _database.ReadAsync<Result<T>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            SqlArgs args = new();
            Reach? visible = await Visibility.AccountsAsync(tx, caller.Value, Visibility.Any, _time.GetUtcNow(), args).ConfigureAwait(false);
            return await read(tx, caller.Value, visible?.All.Probe, args).ConfigureAwait(false);
        },
        ct);
}
