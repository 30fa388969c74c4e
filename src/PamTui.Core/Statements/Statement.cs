namespace PamTui.Core.Statements;

/// <summary>One statement as it ran.</summary>
/// <param name="At">When the database was given it.</param>
/// <param name="Duration">Until the database had done with it.</param>
/// <param name="Text">As the client sent it; the first <see cref="MaxText"/> characters, in which literals of passwords are replaced.</param>
/// <param name="Values">Those bound to it, in their order; empty: none were.</param>
/// <param name="Rows">How many it returned or changed; null: the database did not say.</param>
/// <param name="ErrorCode">The database's own (SQLSTATE, or MySQL's number); null: it went well.</param>
/// <param name="Truncated">Not all of the text is kept.</param>
public sealed record Statement(
    DateTimeOffset At,
    TimeSpan Duration,
    string Text,
    IReadOnlyList<StatementValue> Values,
    long? Rows,
    string? ErrorCode,
    bool Truncated)
{
    /// <summary>The longest text kept; what is longer is cut, by the log at the latest.</summary>
    public const int MaxText = 64 * 1024;

    /// <summary>The most that is kept of all values together, in bytes; those after it are kept as their kind and length.</summary>
    public const int MaxValues = 256 * 1024;

    /// <summary>In the literals of <see cref="Text"/>, as the server read it. Not kept.</summary>
    public Backslash Backslash { get; init; }
}
