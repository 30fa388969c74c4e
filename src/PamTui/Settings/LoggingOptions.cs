using System.ComponentModel.DataAnnotations;

namespace PamTui.Settings;

public enum LogLevelName
{
    Debug,
    Information,
    Warning,
    Error,
}

/// <summary>Section "Logging".</summary>
internal sealed record LoggingOptions
{
    /// <summary>The least severe kind of line that is written.</summary>
    public LogLevelName Level { get; init; } = LogLevelName.Information;

    /// <summary>A rolling file beside the console; empty: none. A relative path is below the data folder.</summary>
    [StringLength(4096)]
    public string File { get; init; } = "";

    /// <summary>The file is closed and a new one begun at this size, and every day.</summary>
    [Range(1, 1024)]
    public int FileMegabytes { get; init; } = 32;

    /// <summary>How many files are kept.</summary>
    [Range(1, 1000)]
    public int FilesKept { get; init; } = 14;
}
