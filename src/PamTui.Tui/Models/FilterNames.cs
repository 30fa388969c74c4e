using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>A filter as it is typed: "@name" at its start stands for a saved one, and more terms may follow.</summary>
internal static class FilterNames
{
    /// <summary>What is typed as a filter that searches for it: quoted, so that no sign in it is taken for the language.</summary>
    public static string AsText(string query) => "\"" + query.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <returns>A refusal: the person has no filter of that name.</returns>
    public static async Task<Result<string>> ExpandAsync(Workplace work, string filter, CancellationToken ct)
    {
        if (!filter.StartsWith(SavedFilter.Mark))
        {
            return filter;
        }

        int end = filter.IndexOf(' ', StringComparison.Ordinal) is var blank && blank < 0 ? filter.Length : blank;
        string name = filter[1..end];
        Result<SavedFilter> saved = await work.Product.SavedFilters.FindAsync(work.Actor, name, ct);
        if (saved.Refusal is { } no)
        {
            return no.Kind == RefusalKind.NotFound ? Refusal.NotFound($"You have no saved filter {Text.Quote(name)}: F shows those you have.") : no;
        }

        string rest = filter[end..].Trim();
        return rest.Length == 0 ? saved.Value.Filter
            : saved.Value.Filter.Length == 0 ? rest
            : $"({saved.Value.Filter}) ({rest})";
    }
}
