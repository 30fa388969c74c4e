namespace PamTui.Core.Storage;

/// <summary>One selection of accounts "a" in the shapes that are quick for different sizes.</summary>
/// <param name="Count">The whole statement that counts it.</param>
/// <param name="Selective">A condition whose indexes find few rows quickly.</param>
/// <param name="Ordered">The same condition, asked row by row along the name index.</param>
internal sealed record AccountQuery(string Count, string Selective, string Ordered, SqlArgs Args);
