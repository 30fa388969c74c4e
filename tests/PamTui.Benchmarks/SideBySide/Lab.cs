using System.Globalization;
using PamTui.Servers;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>One client configuration in which each <see cref="Route"/> is a host, and what it needs on the way.</summary>
/// <param name="Config">Path of the ssh_config.</param>
internal sealed record Lab(string Config)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    /// <summary>The client's command line for a command on the target; quoted for bash.</summary>
    public string Ssh(Route route, string command) => route switch
    {
        Route.Nested => $"ssh -F {Config} jump \"ssh -F {Config} direct '{command}'\"",
        _ => $"ssh -F {Config} {Host(route)} '{command}'",
    };

    /// <summary>The same for a program started without a shell.</summary>
    public IReadOnlyList<string> Arguments(Route route, string command) => route == Route.Nested
        ? ["-F", Config, "jump", $"ssh -F {Config} direct '{command}'"]
        : ["-F", Config, Host(route), command];

    /// <summary>Runs a line of bash; seconds.</summary>
    public static async Task<double> TimeAsync(string line, params string[] before)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        RunResult result = await Run.ProgramAsync(before.Length > 0 ? before[0] : "bash", [.. before.Skip(1), .. before.Length > 0 ? ["bash"] : Array.Empty<string>(), "-o", "pipefail", "-c", line], null, limit: s_limit);
        double seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        result.Succeeded();
        return seconds;
    }

    /// <summary>"jump" is the host to jump over.</summary>
    private static string Host(Route route) => route switch
    {
        Route.Direct => "direct",
        Route.Jump => "via-jump",
        Route.Gateway => "gateway",
        _ => throw new ArgumentOutOfRangeException(nameof(route)),
    };

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
