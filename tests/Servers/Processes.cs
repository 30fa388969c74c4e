using System.Text;

namespace PamTui.Servers;

/// <summary>What anybody on this machine may see of its processes.</summary>
public static class Processes
{
    // Short beside any program that is looked for, and long enough to leave the processor to it.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Every command line and environment that was there at any look, as `ps -ef e` shows them, until told to stop; this program's own left out.</summary>
    public static async Task<string> WatchAsync(CancellationToken stop)
    {
        HashSet<string> seen = [];
        using PeriodicTimer looks = new(s_pause);
        while (!stop.IsCancellationRequested)
        {
            // Not with the token: the last look is taken whole.
            await looks.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (string folder in Directory.EnumerateDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), out int id) && id != Environment.ProcessId)
                {
                    seen.Add(Read(folder + "/cmdline"));
                    seen.Add(Read(folder + "/environ"));
                }
            }
        }

        return string.Join('\n', seen);
    }

    private static string Read(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(file)).Replace('\0', ' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
