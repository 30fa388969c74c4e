using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

internal static class AccountQueries
{
    /// <param name="visible">A condition on "a" from the permissions; null: all.</param>
    public static async Task<AccountQuery> FilteredAsync(Tx tx, FilterNode filter, string? visible, SqlArgs args)
    {
        string condition = await FilterSql.ForListAsync(tx, filter, FilterSubject.Account, args).ConfigureAwait(false);
        if (visible is not null)
        {
            condition = $"{condition} AND {visible}";
        }

        return new AccountQuery($"SELECT count(*) FROM accounts a WHERE {condition}", condition, condition, args);
    }
}
