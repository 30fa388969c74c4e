using System.ComponentModel.DataAnnotations;

namespace PamTui.Core.Statements;

/// <summary>What is kept of the values bound to statements.</summary>
public enum StatementValues
{
    Keep,

    /// <summary>Each one's kind and length.</summary>
    Mask,
}

/// <summary>Section "Statements": the log of what was asked of databases.</summary>
public sealed record StatementOptions
{
    public StatementValues Values { get; init; }

    /// <summary>As much is kept of one session, as it is stored; it ends when there is more.</summary>
    [Range(1, 65536)]
    public int SessionMegabytes { get; init; } = 256;

    /// <summary>As much is kept of all sessions; the oldest that are over lose theirs when there is more.</summary>
    [Range(1, 1048576)]
    public int TotalMegabytes { get; init; } = 4096;
}
