namespace PamTui.Core.Model;

/// <summary>A filter that a person keeps under a name: "@prod" in place of its text.</summary>
public sealed record SavedFilter(string Name, string Filter, DateTimeOffset Saved)
{
    /// <summary>What a saved filter's name begins with where a filter is asked for.</summary>
    public const char Mark = '@';
}
