using System.Globalization;
using PamTui.Core.Storage;

namespace PamTui.Core.Rotation;

/// <summary>
/// This process, as a lease names it. A lease whose process is gone is free at once; that a process is gone can only be told within
/// the same boot of the same machine and the same namespace of processes.
/// </summary>
/// <param name="Node">The machine's name, for people.</param>
/// <param name="Started">In ticks since the boot: a number that comes again belongs to another process.</param>
internal sealed record LeaseOwner(string Node, string Place, int Process, long Started)
{
    // proc(5): the fields of /proc/PID/stat after the name, which may itself hold spaces and brackets.
    private const int StartTimeAfterName = 19;

    public static LeaseOwner This()
    {
        string boot = TryRead("/proc/sys/kernel/random/boot_id");
        string space = new FileInfo("/proc/self/ns/pid").LinkTarget ?? "";
        string place = boot.Length == 0 || space.Length == 0 ? "" : boot + " " + space;
        return new LeaseOwner(Environment.MachineName, place, Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0);
    }

    public static string Name(LeaseRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.Node}, process {row.Process}");

    /// <summary>The process that took it is known to have ended.</summary>
    public bool IsGone(LeaseRow row) =>
        Place.Length > 0 && row.Place == Place && StartOf((int)row.Process) is var started && started != row.ProcessStarted;

    private static long? StartOf(int process)
    {
        string stat = TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartTimeAfterName && long.TryParse(fields[StartTimeAfterName], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? ticks : null;
    }

    private static string TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
