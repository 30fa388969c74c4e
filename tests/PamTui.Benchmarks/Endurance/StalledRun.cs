using System.Diagnostics;
using System.Globalization;
using PamTui.Benchmarks.SideBySide;

namespace PamTui.Benchmarks.Endurance;

/// <summary>A reader who stops in the middle of a flood: how much the gateway comes to hold meanwhile.</summary>
internal static class StalledRun
{
    public static async Task<int> RunAsync(TimeSpan time, CancellationToken ct)
    {
        await using Rig rig = await Rig.StartAsync();
        Lab lab = await BulkFigures.LabAsync(rig, CipherChoice.All[0], "stalled");

        // What the first bytes cost (compiled code, buffers) is no growth.
        await Lab.TimeAsync($"{lab.Ssh(Route.Gateway, "head -c 2G /dev/zero")} > /dev/null");
        using Process ssh = EchoFigures.Start(lab, Route.Gateway, "head -c 8G /dev/zero");
        byte[] some = new byte[1 << 20];
        await ssh.StandardOutput.BaseStream.ReadExactlyAsync(some, ct);
        ProcessState before = ProcessState.Of(rig.GatewayProcess);
        long most = before.Resident;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < time;)
        {
            await Task.Delay(100, ct);
            most = Math.Max(most, ProcessState.Of(rig.GatewayProcess).Resident);
        }

        ssh.Kill();
        await ssh.WaitForExitAsync(ct);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            before: {before}
            growth while the reader stands still for {time.TotalSeconds:0} s: {(most - before.Resident) / 1024.0:0.0} MiB
            """));
        return 0;
    }
}
