using PamTui.Core.Filters;

namespace PamTui.Core.Storage;

/// <summary>What a member may see: <see cref="Named"/>, what grants on an account or a resource reach, and what <see cref="Filters"/> do.</summary>
/// <param name="Filters">Of grants, each once, gone through <see cref="FilterMeaning"/>.</param>
internal sealed record Reach(Limit Named, IReadOnlyList<FilterNode> Filters, Limit All);

/// <summary>A condition on accounts "a" in both shapes. As a set it asks for nothing but their id.</summary>
internal sealed record Limit(string Probe, string Set);
