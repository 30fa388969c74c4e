namespace PamTui.Ssh;

/// <summary>Limits of sign-in on the server's side.</summary>
public sealed record ServerAuthOptions
{
    /// <summary>Failures until the connection ends; the first "none" is free.</summary>
    public int MaxAttempts { get; init; } = 6;

    /// <summary>Shown by clients before sign-in; null for none.</summary>
    public string? Banner { get; init; }

    /// <summary>A key under another signature algorithm is refused before it is parsed (A14).</summary>
    public IReadOnlyList<string> SignatureAlgorithms { get; init; } = AlgorithmPreferences.Compatible.UserKeySignatures;

    /// <summary>Whether certificates may be shown for keys; false: none reaches its parser.</summary>
    public bool Certificates { get; init; }

    /// <summary>A failure is told no sooner than this after its request, so that its cause does not show in time (B13).</summary>
    public TimeSpan FailureDelayFloor { get; init; }
}
