using System.Diagnostics;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>From the start of `ssh … echo` to the first byte of its answer, one after the other: milliseconds.</summary>
internal static class ConnectFigures
{
    private const int ConnectsPerRun = 10;

    public static async IAsyncEnumerable<Figure> MeasureAsync(Rig rig, SideBySideOptions options)
    {
        foreach ((string words, Lab lab) in await LabsAsync(rig, "connect"))
        {
            yield return new Figure(
                $"connect to first byte, {words}", "ms", MoreIsBetter: false,
                await Figure.MeasureAsync(rig, options.Routes, options.Runs, route => Task.FromResult(Connect(lab, route))));
        }
    }

    /// <summary>The client's own choice (a post-quantum exchange) with a target behind the gateway that does curve25519, and curve25519 alone.</summary>
    public static async Task<IReadOnlyList<(string Words, Lab Lab)>> LabsAsync(Rig rig, string name)
    {
        const string curve = "KexAlgorithms curve25519-sha256";
        return
        [
            ("sntrup761 (gateway to target: curve25519)", await rig.LabAsync(name + "-mixed", [], [], [curve])),
            ("sntrup761 on all legs", await rig.LabAsync(name + "-pq", [], [])),
            ("curve25519 on all legs", await rig.LabAsync(name + "-curve", [curve], [curve])),
        ];
    }

    private static double Connect(Lab lab, Route route)
    {
        double[] times = new double[ConnectsPerRun];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using Process ssh = EchoFigures.Start(lab, route, "echo");
            ssh.StandardInput.Close();
            if (ssh.StandardOutput.BaseStream.ReadByte() < 0)
            {
                throw new InvalidOperationException("No answer.");
            }

            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            ssh.WaitForExit();
        }

        return Samples.MedianOf(times);
    }
}
