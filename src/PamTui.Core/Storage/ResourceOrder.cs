using PamTui.Core.Model;

namespace PamTui.Core.Storage;

/// <summary>The order of a list of resources "r".</summary>
internal static class ResourceOrder
{
    /// <param name="visible">On accounts "a": which the caller sees; null: all.</param>
    public static async Task<string> SqlAsync(Tx tx, IReadOnlyList<SortKey<ResourceSort>> keys, string? visible, SqlArgs args)
    {
        List<string> columns = [];
        foreach (SortKey<ResourceSort> key in keys)
        {
            string column = key.By switch
            {
                ResourceSort.Name => "r.name",
                ResourceSort.Kind => "r.kind",
                ResourceSort.Host => "lower(r.host)",
                ResourceSort.Accounts => OfAccounts("count(*)"),
                ResourceSort.Check => OfAccounts("min(a.check_state)"),
                ResourceSort.LastChecked => OfAccounts("min(coalesce(a.last_checked, 0))"),
                ResourceSort.LastUsed => OfAccounts("max(a.last_used)"),
                ResourceSort.RotationDue => $"coalesce({OfAccounts($"min({await PolicyRows.DueAsync(tx, args).ConfigureAwait(false)})")}, {long.MaxValue})",
                _ => throw new ArgumentOutOfRangeException(nameof(keys), key, null),
            };
            columns.Add(column + (key.IsDescending ? " DESC" : ""));
        }

        return string.Join(", ", keys.Any(key => key.By == ResourceSort.Name) ? columns : [.. columns, "r.name"]);

        string OfAccounts(string what) => $"(SELECT {what} FROM accounts a WHERE a.resource_id = r.id AND {visible ?? "1 = 1"})";
    }
}
