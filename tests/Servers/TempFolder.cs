namespace PamTui.Servers;

/// <summary>A folder that is gone with the test.</summary>
public sealed class TempFolder : IDisposable
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pamtui-test-");

    public TempFolder(bool readableByAll = false)
    {
        if (readableByAll && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.FullName, Everybody);
        }
    }

    public string Path => _folder.FullName;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        string path = PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>For keys whose program refuses what others can read.</summary>
    public string WritePrivate(string name, string text)
    {
        string path = Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    /// <summary>A shell script that can be run.</summary>
    /// <param name="byAnybody">Anybody may change it.</param>
    public string WriteScript(string name, string body, bool byAnybody = false)
    {
        string path = Write(name, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Everybody | (byAnybody ? UnixFileMode.OtherWrite : UnixFileMode.None));
        }

        return path;
    }

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A killed server's last file; the system's temporary folder is emptied anyway.
        }
    }
}
