using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Core;
using PamTui.Gateway.Listener;

namespace PamTui.Servers;

/// <summary>Host keys as a gateway makes them at its first start, made once and copied for all: RSA takes its time.</summary>
internal static class MadeHostKeys
{
    private static readonly Lazy<TempFolder> s_made = new(Make);

    /// <param name="data">A data folder that has no host keys yet.</param>
    public static void CopyTo(string data)
    {
        string folder = Directory.CreateDirectory(Path.Combine(data, "host-keys")).FullName;
        foreach (string file in Directory.GetFiles(s_made.Value.PathOf("data/host-keys")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }
    }

    private static TempFolder Make()
    {
        TempFolder folder = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        HostKeyFiles.LoadOrMake(DataFolder.CreateOrOpen(folder.PathOf("data")).Value, NullLogger.Instance).Value.Dispose();
        return folder;
    }
}
