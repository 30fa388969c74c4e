namespace PamTui.Tui.Models;

/// <summary>Rows that were marked, to do something with all of them. Kept by id: they stay marked wherever the list goes.</summary>
internal sealed class Marks<T>(Func<T, long> idOf)
{
    /// <summary>More are not marked one by one, and no longer what a person has in view.</summary>
    public const int Max = 1000;

    private readonly Dictionary<long, T> _rows = [];

    public int Count => _rows.Count;

    public IReadOnlyList<T> Rows => [.. _rows.Values];

    public bool Has(T row) => _rows.ContainsKey(idOf(row));

    /// <summary>False: there are as many as can be.</summary>
    public bool Toggle(T row) => _rows.Remove(idOf(row)) || Add(row);

    public bool Add(T row) => Has(row) || (_rows.Count < Max && _rows.TryAdd(idOf(row), row));

    public void Keep(IEnumerable<T> rows)
    {
        HashSet<long> kept = [.. rows.Select(idOf)];
        foreach (long id in _rows.Keys.Where(id => !kept.Contains(id)).ToList())
        {
            _rows.Remove(id);
        }
    }

    public void Clear() => _rows.Clear();
}
