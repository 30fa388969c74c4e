namespace PamTui.Sql.Prompt;

/// <summary>What was typed in this run of the prompt, in memory alone. Statements that may hold a password are not kept.</summary>
internal sealed class History
{
    private const int Most = 500;
    private const int MaxLength = 64 * 1024;

    private readonly List<string> _entries = [];

    public int Count => _entries.Count;

    public string this[int index] => _entries[index];

    public void Add(string entry)
    {
        if (entry.Length is 0 or > MaxLength || MayHoldSecret(entry) || (Count > 0 && _entries[^1] == entry))
        {
            return;
        }

        _entries.Add(entry);
        if (Count > Most)
        {
            _entries.RemoveAt(0);
        }
    }

    /// <summary>The newest older than <paramref name="before"/> that holds the text; null: none.</summary>
    public int? Find(string text, int before)
    {
        int found = before <= 0 ? -1 : _entries.FindLastIndex(Math.Min(before, Count) - 1, entry => entry.Contains(text, StringComparison.OrdinalIgnoreCase));
        return found < 0 ? null : found;
    }

    private static bool MayHoldSecret(string entry) =>
        entry.Contains("password", StringComparison.OrdinalIgnoreCase) || entry.Contains("identified", StringComparison.OrdinalIgnoreCase);
}
