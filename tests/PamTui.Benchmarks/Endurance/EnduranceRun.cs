using System.Globalization;

namespace PamTui.Benchmarks.Endurance;

/// <summary>The command lines <c>idle [SESSIONS]</c>, <c>stalled [SECONDS]</c>, <c>soak [SESSIONS] [MINUTES] [SEED]</c>.</summary>
internal static class EnduranceRun
{
    public static Task<int>? TryRun(IReadOnlyList<string> arguments)
    {
        CancellationToken ct = CancellationToken.None;
        int Number(int at, int otherwise) => arguments.Count > at ? int.Parse(arguments[at], NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
        return arguments.Count == 0 ? null : arguments[0] switch
        {
            "idle" => IdleRun.RunAsync(Number(1, 2000), ct),
            "stalled" => StalledRun.RunAsync(TimeSpan.FromSeconds(Number(1, 30)), ct),
            "soak" => SoakRun.RunAsync(Number(1, 200), TimeSpan.FromMinutes(Number(2, 15)), Number(3, 1), ct),
            _ => null,
        };
    }
}
