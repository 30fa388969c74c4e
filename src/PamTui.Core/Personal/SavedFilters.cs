using PamTui.Core.Access;
using PamTui.Core.Audit;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core.Personal;

/// <summary>Filters that a person keeps under names of his own, for lists of accounts and of resources.</summary>
public sealed class SavedFilters
{
    public const int Max = 100;

    private readonly Database _database;
    private readonly AuditWriter _audit;
    private readonly TimeProvider _time;

    internal SavedFilters(Database database, AuditWriter audit, TimeProvider time) => (_database, _audit, _time) = (database, audit, time);

    /// <summary>Keeps a filter; a name that is there already gets this one.</summary>
    /// <returns>Invalid: the name is none, or the filter does not parse.</returns>
    public async Task<Result<SavedFilter>> SaveAsync(Actor actor, string name, string filter, CancellationToken ct)
    {
        if ((Names.Check(name, "filter", "name") ?? Filter.Parse(filter).Refusal) is { } bad)
        {
            return bad;
        }

        SavedFilter saved = new(name, filter, StoredTime.From(StoredTime.Of(_time.GetUtcNow())));
        return await _database.WriteAsync<SavedFilter>(
            async tx =>
            {
                Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
                if (caller.Refusal is { } no)
                {
                    return no;
                }

                long owner = caller.Value.Owner;
                if (await SavedFilterRows.FindAsync(tx, owner, name).ConfigureAwait(false) is null && await SavedFilterRows.CountAsync(tx, owner).ConfigureAwait(false) >= Max)
                {
                    return Refusal.Failed($"You have {Max} saved filters already: remove one first.");
                }

                await SavedFilterRows.PutAsync(tx, owner, saved).ConfigureAwait(false);
                await _audit.AppendAsync(tx, actor, "filter.save", name, AuditDetails.Of(("filter", filter))).ConfigureAwait(false);
                return saved;
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Gives a filter another name; the filter itself stays.</summary>
    /// <returns>NotFound: the caller has no such filter. Failed: he has another one of the new name.</returns>
    public async Task<Result<Done>> RenameAsync(Actor actor, string name, string newName, CancellationToken ct)
    {
        if (Names.Check(newName, "filter", "name") is { } bad)
        {
            return bad;
        }

        return await _database.WriteAsync<Done>(
            async tx =>
            {
                Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
                if (caller.Refusal is { } no)
                {
                    return no;
                }

                long owner = caller.Value.Owner;
                if (await SavedFilterRows.FindAsync(tx, owner, name).ConfigureAwait(false) is null)
                {
                    return None(name);
                }

                if (await SavedFilterRows.FindAsync(tx, owner, newName).ConfigureAwait(false) is not null)
                {
                    return Refusal.Failed($"You have a saved filter {Text.Quote(newName)} already: choose another name, or remove that one first.");
                }

                await SavedFilterRows.RenameAsync(tx, owner, name, newName).ConfigureAwait(false);
                await _audit.AppendAsync(tx, actor, "filter.rename", name, AuditDetails.Of(("name", newName))).ConfigureAwait(false);
                return default(Done);
            },
            ct).ConfigureAwait(false);
    }

    public Task<Result<Done>> RemoveAsync(Actor actor, string name, CancellationToken ct) => _database.WriteAsync<Done>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            if (caller.Refusal is { } no)
            {
                return no;
            }

            if (!await SavedFilterRows.DeleteAsync(tx, caller.Value.Owner, name).ConfigureAwait(false))
            {
                return None(name);
            }

            await _audit.AppendAsync(tx, actor, "filter.remove", name).ConfigureAwait(false);
            return default(Done);
        },
        ct);

    public Task<Result<SavedFilter>> FindAsync(Actor actor, string name, CancellationToken ct) => _database.ReadAsync<Result<SavedFilter>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            return caller.Refusal is { } no ? no : await SavedFilterRows.FindAsync(tx, caller.Value.Owner, name).ConfigureAwait(false) is { } found ? found : None(name);
        },
        ct);

    /// <summary>The caller's own, in the order of names.</summary>
    public Task<Result<IReadOnlyList<SavedFilter>>> ListAsync(Actor actor, CancellationToken ct) => _database.ReadAsync<Result<IReadOnlyList<SavedFilter>>>(
        async tx =>
        {
            Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
            return caller.Refusal is { } no ? no : Result.Ok(await SavedFilterRows.AllAsync(tx, caller.Value.Owner).ConfigureAwait(false));
        },
        ct);

    private static Refusal None(string name) => Refusal.NotFound($"You have no saved filter {Text.Quote(name)}: `pamtui filter list` shows those you have.");
}
