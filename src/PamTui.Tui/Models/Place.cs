namespace PamTui.Tui.Models;

/// <summary>How a list was left: kept by what its rows are called, with the row number as a hint where to look first.</summary>
internal sealed class ListMemory
{
    public string Filter { get; set; } = "";

    public string? Selected { get; set; }

    public int Row { get; set; }

    /// <summary>The metadata key of a list that is a tree; empty: it is none.</summary>
    public string GroupBy { get; set; } = "";

    /// <summary>The values of the key that are open; null stands for those that lack it.</summary>
    public IReadOnlyList<string?> Open { get; set; } = [];

    /// <summary>The value that is selected, or whose row is, when the list is a tree.</summary>
    public string? Group { get; set; }
}

/// <summary>Where a person can be: a screen, what it is about, and how it was left. It outlives the screen: coming back makes a new one from it.</summary>
internal sealed class Place(string screen, string subject = "")
{
    private readonly Dictionary<string, ListMemory> _lists = new(StringComparer.Ordinal);

    /// <summary>The name of the screen in the table of screens.</summary>
    public string Screen => screen;

    /// <summary>What it shows ("web-1/deploy"); empty for a screen of its own.</summary>
    public string Subject => subject;

    /// <summary>Which of its parts was in use.</summary>
    public string Part { get; set; } = "";

    public ListMemory List(string name = "")
    {
        if (!_lists.TryGetValue(name, out ListMemory? memory))
        {
            _lists[name] = memory = new ListMemory();
        }

        return memory;
    }

    public bool IsSame(Place other) => screen == other.Screen && subject == other.Subject;
}
