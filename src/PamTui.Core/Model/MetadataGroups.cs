namespace PamTui.Core.Model;

/// <summary>How many rows of a list have one value of a metadata key.</summary>
/// <param name="Value">Null: those that lack the key.</param>
public sealed record MetadataGroup(string? Value, int Count);

/// <summary>A list by the values of a metadata key.</summary>
/// <param name="Groups">In the order of values, each with a row at least; those that lack the key last.</param>
/// <param name="AreAll">False: there are more values than <see cref="Max"/>, and these are the first.</param>
public sealed record MetadataGroups(IReadOnlyList<MetadataGroup> Groups, bool AreAll)
{
    public const int Max = 1000;
}
