using System.ComponentModel.DataAnnotations;

namespace PamTui.Settings;

/// <summary>Section "Rotation": what the gateway does by itself.</summary>
internal sealed record RotationOptions
{
    /// <summary>Whether the gateway rotates what is due; false leaves it to `pamtui rotation run`.</summary>
    public bool Scheduler { get; init; } = true;

    /// <summary>How long from one look at what is due to the next.</summary>
    [Range(1, 3600)]
    public int EverySeconds { get; init; } = 30;

    /// <summary>Accounts at once; of one resource never more than one.</summary>
    [Range(1, 64)]
    public int AtOnce { get; init; } = 4;

    /// <summary>Whether an admin who came in over SSH may set the hook of a policy, which is a program that the gateway runs.</summary>
    public bool HooksOverSsh { get; init; }
}
