using PamTui.Core.Model;

namespace PamTui.Tui.Models;

/// <summary>What takes more than a key to change.</summary>
internal static class Danger
{
    /// <summary>Marked as production: `env=prod` or `env=production`.</summary>
    public static bool IsProduction(Metadata metadata) => metadata.Any(pair => pair.Key == "env" && pair.Value is "prod" or "production");
}
