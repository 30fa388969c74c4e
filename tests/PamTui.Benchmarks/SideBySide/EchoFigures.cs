using System.Diagnostics;
using PamTui.Servers;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>One byte there and back through `ssh … cat`, again and again: the median round trip in microseconds.</summary>
internal static class EchoFigures
{
    private const int RoundTrips = 2000;
    private const int WarmUp = 200;

    public static async IAsyncEnumerable<Figure> MeasureAsync(Rig rig, SideBySideOptions options)
    {
        foreach (CipherChoice choice in CipherChoice.All.Where(choice => options.Ciphers.Contains(choice.Name)))
        {
            Lab lab = await BulkFigures.LabAsync(rig, choice, "echo-" + choice.Name);
            yield return new Figure(
                $"echo of 1 byte, {choice.Words}", "µs", MoreIsBetter: false,
                await Figure.MeasureAsync(rig, options.Routes, options.Runs, route => Task.FromResult(RoundTrip(lab, route))));
        }
    }

    private static double RoundTrip(Lab lab, Route route)
    {
        using Process ssh = Start(lab, route, "cat");
        Stream there = ssh.StandardInput.BaseStream;
        Stream back = ssh.StandardOutput.BaseStream;
        double[] times = new double[RoundTrips];
        byte[] one = [(byte)'x'];
        for (int i = -WarmUp; i < RoundTrips; i++)
        {
            long start = Stopwatch.GetTimestamp();
            there.Write(one);
            there.Flush();
            back.ReadExactly(one);
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        there.Close();
        ssh.WaitForExit();
        return Samples.MedianOf(times);
    }

    public static Process Start(Lab lab, Route route, string command)
    {
        ProcessStartInfo start = new(Tools.Need("ssh"), lab.Arguments(route, command)) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return Process.Start(start) ?? throw new InvalidOperationException("ssh did not start.");
    }
}
