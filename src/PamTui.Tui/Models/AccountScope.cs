using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>The accounts of one resource, or of all, that a filter leaves.</summary>
internal static class AccountScope
{
    /// <summary>The filter of the accounts of one resource.</summary>
    /// <param name="resource">Empty: of all.</param>
    public static string Filter(string filter, string resource) => resource.Length == 0 ? filter
        : filter.Length == 0 ? "resource=" + resource
        : $"resource={resource} ({filter})";

    /// <param name="resource">Empty: of all.</param>
    /// <param name="list">Asks for the list with a filter.</param>
    public static async Task<Result<Page<Account>>> ListAsync(string filter, string resource, Func<string, Task<Result<Page<Account>>>> list)
    {
        if (resource.Length == 0)
        {
            return await list(filter);
        }

        Result<Page<Account>> answer = await list(Filter(filter, resource));
        if (answer.IsOk || filter.Length == 0)
        {
            return answer;
        }

        // The refusal of a filter that does not parse names a place in it: it must be the place in what was typed.
        Result<Page<Account>> alone = await list(filter);
        return alone.Refusal is { } why ? why : answer;
    }
}
