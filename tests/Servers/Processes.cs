using System.Text;

namespace PamTui.Servers;

/// <summary>What anybody on this machine may see of its processes.</summary>
public static class Processes
{
    /// <summary>Every command line and environment that was there at any look, until told to stop; this program's own left out.</summary>
    public static string Watch(CancellationToken stop)
    {
        HashSet<string> seen = [];
        while (!stop.IsCancellationRequested)
        {
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
