namespace PamTui.Core.Storage;

/// <summary>What a member may see, as a condition on accounts "a" in both shapes.</summary>
internal sealed record Reach(string Probe, string Set);
