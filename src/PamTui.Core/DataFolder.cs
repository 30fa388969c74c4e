using System.Runtime.InteropServices;
using PamTui.Core.Model;

namespace PamTui.Core;

/// <summary>
/// The folder that holds a vault. Its mode is the permission of everybody who works at the machine itself, so one that others can
/// enter is refused, never repaired: who knows what was read meanwhile.
/// </summary>
public sealed class DataFolder
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private DataFolder(string path) => Path = path;

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>The folder if it is there and nobody but its owner can enter it.</summary>
    public static Result<DataFolder> Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            return Refusal.NotFound($"There is no vault in {Text.Quote(full)}: run `pamtui init` first, or name its folder with --data.");
        }

        return IsOpenToOthers(full)
            ? Refusal.NotAllowed($"The data folder {Text.Quote(full)} can be read by others: run `chmod 700` on it, after making sure that nobody did.")
            : new DataFolder(full);
    }

    /// <summary>The folder, made with mode 0700 when it is not there.</summary>
    public static Result<DataFolder> CreateOrOpen(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, OwnerFolder);
            }
        }

        return Open(full);
    }

    internal string FileOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Whether the file is there; a refusal when others can read it.</summary>
    internal Result<bool> IsPrivateFile(string name)
    {
        string file = FileOf(name);
        if (!File.Exists(file))
        {
            return false;
        }

        return IsOpenToOthers(file)
            ? Refusal.NotAllowed($"The file {Text.Quote(file)} can be read by others: run `chmod 600` on it, after making sure that nobody did.")
            : true;
    }

    /// <summary>The whole of a file that only its owner may read; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal Result<byte[]?> ReadPrivate(string name, int maxBytes)
    {
        string file = FileOf(name);
        if (!File.Exists(file))
        {
            return (byte[]?)null;
        }

        if (IsOpenToOthers(file))
        {
            return Refusal.NotAllowed($"The file {Text.Quote(file)} can be read by others: run `chmod 600` on it and then `pamtui vault rekey`, as somebody may have a copy.");
        }

        return new FileInfo(file).Length > maxBytes
            ? Refusal.Invalid($"The file {Text.Quote(file)} is longer than {maxBytes} bytes: it is not what it should be.")
            : File.ReadAllBytes(file);
    }

    /// <summary>Replaces a file as a whole, mode 0600; after this returns a power loss leaves the new content, before it the old one.</summary>
    internal void WritePrivate(string name, ReadOnlySpan<byte> content)
    {
        string file = FileOf(name);
        string draft = file + ".new";
        File.Delete(draft);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        using (FileStream stream = new(draft, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, file, overwrite: true);
        FlushFolder();
    }

    private static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != UnixFileMode.None;

    // A rename is on the disk only when its folder is: rekeying depends on the order "key file first, then the store".
    private void FlushFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = NativeMethods.Open(Path, NativeMethods.ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"The folder {Text.Quote(Path)} cannot be opened for flushing (errno {Marshal.GetLastPInvokeError()}).");
        }

        int answer = NativeMethods.Flush(descriptor);
        int error = Marshal.GetLastPInvokeError();
        if (NativeMethods.Close(descriptor) != 0 || answer != 0)
        {
            throw new IOException($"The folder {Text.Quote(Path)} cannot be flushed to disk (errno {error}).");
        }
    }

    private static class NativeMethods
    {
        public const int ReadOnly = 0;

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Flush(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
