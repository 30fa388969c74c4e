namespace PamTui.Core.Vault;

/// <summary>A file for its owner alone from its first moment, anywhere on the disk.</summary>
internal static class PrivateFile
{
    /// <exception cref="IOException">It is there already.</exception>
    public static void Create(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream file = new(path, options);
    }

    public static void CreateUnlessThere(string path)
    {
        try
        {
            Create(path);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
    }

    public static void Flush(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write);
        file.Flush(flushToDisk: true);
    }
}
