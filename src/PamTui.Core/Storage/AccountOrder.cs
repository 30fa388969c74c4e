using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>The order of a list of accounts "a".</summary>
internal static class AccountOrder
{
    public const string Usual = "a.resource, a.name";

    /// <param name="owner">Whose favourites.</param>
    public static async Task<string> SqlAsync(Tx tx, IReadOnlyList<SortKey<AccountSort>> keys, long owner, SqlArgs args)
    {
        if (keys.Count == 0)
        {
            return Usual;
        }

        List<string> columns = [];
        foreach (SortKey<AccountSort> key in keys)
        {
            string column = key.By switch
            {
                AccountSort.RotationDue => await PolicyRows.DueAsync(tx, args).ConfigureAwait(false),
                AccountSort.Favourite => $"(NOT {FavouriteRows.Condition(owner, args)})",
                _ => Column(key.By),
            };
            columns.Add(column + (key.IsDescending ? " DESC" : ""));
        }

        columns.AddRange(new[] { AccountSort.Resource, AccountSort.Name }.Where(by => !keys.Any(key => key.By == by)).Select(Column));
        return string.Join(", ", columns);
    }

    // NULL comes first, as SQLite has it; to PostgreSQL it would have to be said.
    private static string Column(AccountSort by) => by switch
    {
        AccountSort.Resource => "a.resource",
        AccountSort.Name => "a.name",
        AccountSort.Kind => "a.kind",
        AccountSort.Username => "a.username",
        AccountSort.Check => "a.check_state",
        AccountSort.LastChecked => "a.last_checked",
        AccountSort.LastUsed => "a.last_used",
        _ => throw new ArgumentOutOfRangeException(nameof(by), by, null),
    };
}
