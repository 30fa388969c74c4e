namespace PamTui.Core.Filters;

/// <summary>A filter as a tree. Two filters that mean the same by their form are equal.</summary>
public abstract record FilterNode
{
    public sealed override string ToString() => FilterText.Print(this);
}

/// <summary>The empty filter: everything.</summary>
public sealed record EverythingNode : FilterNode;

/// <param name="Terms">Two or more, none of them an <see cref="AndNode"/>.</param>
public sealed record AndNode(IReadOnlyList<FilterNode> Terms) : FilterNode
{
    public bool Equals(AndNode? other) => other is not null && Terms.SequenceEqual(other.Terms);

    public override int GetHashCode() => Terms.Aggregate(1, HashCode.Combine);
}

/// <param name="Terms">Two or more, none of them an <see cref="OrNode"/>.</param>
public sealed record OrNode(IReadOnlyList<FilterNode> Terms) : FilterNode
{
    public bool Equals(OrNode? other) => other is not null && Terms.SequenceEqual(other.Terms);

    public override int GetHashCode() => Terms.Aggregate(2, HashCode.Combine);
}

public sealed record NotNode(FilterNode Term) : FilterNode;

public enum FilterOperator
{
    Equal,

    /// <summary>Also what has no such key.</summary>
    NotEqual,

    /// <summary>Case of a–z ignored.</summary>
    Contains,
}

/// <param name="Key">A field's name, else a metadata key; a quoted one is always a metadata key.</param>
public sealed record CompareNode(string Key, bool IsQuoted, FilterOperator Operator, string Value) : FilterNode;

/// <summary>A bare word: has that metadata key, or, when nothing in the vault has it, a text search.</summary>
public sealed record WordNode(string Word) : FilterNode;

/// <summary>What the person who asks has marked: "favourite=yes" of a list of accounts, once it is known who asks.</summary>
/// <param name="Owner">A user's number, 0 for whoever owns the data folder.</param>
public sealed record FavouriteNode(long Owner) : FilterNode;

/// <summary>Quoted text: searched in names, alias, resource, username and description.</summary>
public sealed record SearchNode(string Text) : FilterNode;
