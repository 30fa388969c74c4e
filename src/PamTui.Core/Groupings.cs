using PamTui.Core.Access;
using PamTui.Core.Filters;
using PamTui.Core.Model;
using PamTui.Core.Storage;

namespace PamTui.Core;

/// <summary>Lists by the values of a metadata key, and how many rows each value has; of what the caller sees. The rows themselves are those of the list with <see cref="Filter.WithPair"/>.</summary>
public sealed class Groupings
{
    private readonly Database _database;
    private readonly TimeProvider _time;

    internal Groupings(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Accounts by their own pairs and those of their resources.</summary>
    /// <param name="filter">The filter language; empty: all.</param>
    /// <returns>Invalid: the filter does not parse.</returns>
    public Task<Result<MetadataGroups>> AccountsAsync(Actor actor, string filter, string key, CancellationToken ct) => CountAsync(
        actor,
        FavouriteTerms.Parse(filter),
        async (tx, caller, node) =>
        {
            SqlArgs args = new();
            Reach? visible = await Visibility.AccountsAsync(tx, caller, Visibility.Any, _time.GetUtcNow(), args).ConfigureAwait(false);
            AccountQuery query = await AccountQueries.FilteredAsync(tx, FavouriteTerms.Of(node, caller.Owner), visible, args).ConfigureAwait(false);
            return await ValueCounts.OfAccountsAsync(tx, query, visible is null && node is EverythingNode, key).ConfigureAwait(false);
        },
        ct);

    /// <summary>Resources by their own pairs.</summary>
    /// <param name="filter">The filter language, asked of the resources' own fields and metadata; empty: all.</param>
    /// <returns>Invalid: the filter does not parse.</returns>
    public Task<Result<MetadataGroups>> ResourcesAsync(Actor actor, string filter, string key, CancellationToken ct) => CountAsync(
        actor,
        Filter.Parse(filter),
        async (tx, caller, node) =>
        {
            SqlArgs args = new();
            string condition = await FilterSql.ForListAsync(tx, node, FilterSubject.Resource, args).ConfigureAwait(false);
            Reach? visible = await Visibility.AccountsAsync(tx, caller, Visibility.Any, _time.GetUtcNow(), args).ConfigureAwait(false);
            string seen = visible is null ? "1 = 1" : GrantRows.ResourceIsSeen(caller.User!.Id, visible.All.Probe, _time.GetUtcNow(), args);
            return await ValueCounts.OfResourcesAsync(tx, $"{condition} AND {seen}", args, key).ConfigureAwait(false);
        },
        ct);

    private async Task<Result<MetadataGroups>> CountAsync(Actor actor, Result<FilterNode> filter, Func<Tx, Caller, FilterNode, Task<MetadataGroups>> count, CancellationToken ct)
    {
        if (filter.Refusal is { } bad)
        {
            return bad;
        }

        return await _database.ReadAsync<Result<MetadataGroups>>(
            async tx =>
            {
                Result<Caller> caller = await Caller.ReadAsync(tx, actor).ConfigureAwait(false);
                return caller.Refusal is { } no ? no : await count(tx, caller.Value, filter.Value).ConfigureAwait(false);
            },
            ct).ConfigureAwait(false);
    }
}
