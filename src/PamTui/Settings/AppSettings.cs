using PamTui.Core.Statements;
using PamTui.Gateway;

namespace PamTui.Settings;

/// <summary>Everything an operator can set; docs/operating.md describes each key.</summary>
internal sealed record AppSettings
{
    public GatewayOptions Gateway { get; init; } = new();

    public RotationOptions Rotation { get; init; } = new();

    public HealthOptions Health { get; init; } = new();

    public StatementOptions Statements { get; init; } = new();

    public LoggingOptions Logging { get; init; } = new();

    public TuiOptions Tui { get; init; } = new();
}
