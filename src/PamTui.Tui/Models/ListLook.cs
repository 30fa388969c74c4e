namespace PamTui.Tui.Models;

/// <summary>How a person wants a list: its columns and its order. Kept for the rest of his stay, for every place with that list.</summary>
internal sealed class ListLook
{
    /// <summary>Names of columns; null: the usual ones.</summary>
    public IReadOnlyList<string>? Columns { get; set; }

    /// <summary>The word of an order; empty: by name.</summary>
    public string Sort { get; set; } = "";

    public bool IsDescending { get; set; }

    public bool Shows<T>(ListColumn<T> column) => column.IsFixed || (Columns?.Contains(column.Name) ?? column.IsUsual);

    /// <summary>Shows a column that was hidden, or hides it.</summary>
    public void Toggle<T>(IReadOnlyList<ListColumn<T>> all, string name) =>
        Columns = [.. all.Where(column => Shows(column) != (column.Name == name)).Select(column => column.Name)];

    /// <summary>Another order begins at its start; the same once more goes the other way.</summary>
    public void SortBy(string word) => (Sort, IsDescending) = (word, word == Sort && !IsDescending);
}
