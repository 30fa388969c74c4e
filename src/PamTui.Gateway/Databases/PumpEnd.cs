namespace PamTui.Gateway.Databases;

/// <summary>Why one direction ended.</summary>
/// <param name="IsNews">The client cannot know, and should be told.</param>
internal sealed record PumpEnd(string Reason, bool IsNews)
{
    /// <summary>Who was read has said all, and may still listen.</summary>
    public bool IsEndOfFile { get; init; }

    public static PumpEnd Stopped { get; } = new("gateway stopped", IsNews: true);
}
