using System.ComponentModel.DataAnnotations;

namespace PamTui.Settings;

/// <summary>Section "Health": scheduled sign-ins with the credentials of the vault.</summary>
internal sealed record HealthOptions
{
    /// <summary>Each account once in so many hours; 0: never by itself.</summary>
    [Range(0, 8784)]
    public int IntervalHours { get; init; } = 24;

    /// <summary>Targets at once; of one target never more than one sign-in.</summary>
    [Range(1, 64)]
    public int AtOnce { get; init; } = 4;
}
