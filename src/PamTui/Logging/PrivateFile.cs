using System.Text;
using Serilog.Sinks.File;

namespace PamTui.Logging;

/// <summary>Log files are for their owner alone: they say who signed in from where.</summary>
internal sealed class PrivateFile : FileLifecycleHooks
{
    public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return underlyingStream;
    }
}
