namespace PamTui.Core.Storage;

/// <summary>What a term asks every match to have, where the index on pairs has all who do in one place or in a few.</summary>
/// <param name="Values">One of them; null: any.</param>
/// <param name="Part">The value contains it; null: whatever it contains.</param>
internal sealed record PairRange(string Key, IReadOnlyList<string>? Values, string? Part)
{
    private const int ManyValues = 8;

    /// <summary>The only value there is; null when there are several.</summary>
    public string? Value => Values is [string one] ? one : null;

    /// <summary>Of one account it is asked of metadata: the row of pairs would be searched as often as there are values.</summary>
    public bool IsDearToAsk => Part is not null || Values?.Count > ManyValues;

    /// <summary>All who have the key must be looked through.</summary>
    public bool IsWholeKey => Values is null;
}
