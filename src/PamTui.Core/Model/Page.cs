namespace PamTui.Core.Model;

/// <summary>Which part of a list, after permissions; each list says in which order it is.</summary>
public sealed record PageRequest(int Offset = 0, int Limit = 100)
{
    public const int MaxLimit = 1000;
}

/// <param name="Total">How many there are after the filter and the permissions.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, int Offset, int Total);
