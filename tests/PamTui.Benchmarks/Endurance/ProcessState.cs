using System.Diagnostics;
using System.Globalization;

namespace PamTui.Benchmarks.Endurance;

/// <summary>What a process holds at a moment (proc(5)).</summary>
/// <param name="Resident">KiB.</param>
/// <param name="Handles">Open file descriptors.</param>
/// <param name="Busy">Processor time since its start.</param>
internal sealed record ProcessState(long Resident, int Threads, int Handles, TimeSpan Busy)
{
    public static ProcessState Of(int id)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        string[] status = File.ReadAllLines(folder + "/status");
        long Field(string name) => long.Parse(
            status.First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        using Process process = Process.GetProcessById(id);
        return new ProcessState(Field("VmRSS"), (int)Field("Threads"), Directory.GetFileSystemEntries(folder + "/fd").Length, process.TotalProcessorTime);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Resident / 1024.0:0.0} MiB resident, {Threads} threads, {Handles} handles");
}
