using System.Runtime.InteropServices;
using PamTui.Core.Model;

namespace PamTui.Core.Rotation;

/// <summary>
/// Whether a hook's program may be trusted with credentials: who may change the file, a folder above it or a link on the way gets every
/// one that it is given. So all of them are root's or this program's user's, and nobody else can write them.
/// </summary>
internal static class HookProgram
{
    private const int MaxLinks = 40;

    /// <summary>Null: it may be run. It is asked when the hook is set, and again before each run.</summary>
    public static string? WhyNot(string program)
    {
        string named = Text.Quote(program);
        if (OperatingSystem.IsWindows())
        {
            return File.Exists(program) ? null : $"There is no program {named} for the hook.";
        }

        try
        {
            return Walk(program);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The hook {named} cannot be looked at: {Text.Escape(e.Message)}";
        }
    }

    // As the kernel goes: name by name from the root, each link at its place.
    private static string? Walk(string program)
    {
        string named = Text.Quote(program);
        Stack<string> names = new(Parts(program));
        string at = "/";
        for (int links = 0; links <= MaxLinks;)
        {
            FileSystemInfo info = Directory.Exists(at) ? new DirectoryInfo(at) : new FileInfo(at);
            bool isFolder = info is DirectoryInfo;
            if (info.LinkTarget is { } target)
            {
                if (OwnerIsStrange(at))
                {
                    return $"The hook {named} is not run: the link {Text.Quote(at)} belongs to another user than root and the one who runs it.";
                }

                links++;
                at = target.StartsWith('/') ? "/" : Parent(at);
                foreach (string part in Parts(target))
                {
                    names.Push(part);
                }

                continue;
            }

            if (!info.Exists || isFolder != names.Count > 0)
            {
                return $"There is no program {named} for the hook.";
            }

            string what = (isFolder ? "the folder " : "the file ") + Text.Quote(at);
            if (OwnerIsStrange(at))
            {
                return $"The hook {named} is not run: {what} belongs to another user than root and the one who runs it (chown root).";
            }

            if (IsOpen(info))
            {
                return $"The hook {named} is not run: others than its owner may change {what} (chmod go-w).";
            }

            if (!isFolder)
            {
                return (info.UnixFileMode & UnixFileMode.UserExecute) != 0 ? null : $"The hook {named} is not run: it is not executable (chmod u+x).";
            }

            string next = names.Pop();
            at = next == ".." ? Parent(at) : Path.Combine(at, next);
        }

        return $"The hook {named} is not run: it leads over more than {MaxLinks} links.";
    }

    private static string Parent(string path) => Path.GetDirectoryName(path) ?? "/";

    // The last first, as they go onto a stack.
    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();

    // In a folder like /tmp, with the sticky bit, everybody may make files of his own but change nobody else's.
    private static bool IsOpen(FileSystemInfo info) =>
        (info.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0
        && !(info is DirectoryInfo && (info.UnixFileMode & UnixFileMode.StickyBit) != 0);

    // statx(2) looks the same on every architecture, stat(2) does not. Elsewhere than on Linux the modes alone are asked.
    private static bool OwnerIsStrange(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        byte[] answer = new byte[NativeMethods.StatxBytes];
        if (NativeMethods.Statx(NativeMethods.CurrentFolder, path, NativeMethods.NoFollow, NativeMethods.WantsOwner, answer) != 0)
        {
            throw new IOException($"{Text.Quote(path)} cannot be looked at (errno {Marshal.GetLastPInvokeError()}).");
        }

        uint owner = MemoryMarshal.Read<uint>(answer.AsSpan(NativeMethods.OwnerAt));
        return owner != 0 && owner != NativeMethods.EffectiveUser();
    }

    private static class NativeMethods
    {
        public const int StatxBytes = 256;
        public const int OwnerAt = 20;
        public const int CurrentFolder = -100;
        public const int NoFollow = 0x100;
        public const uint WantsOwner = 0x8;

        [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);

        [DllImport("libc", EntryPoint = "geteuid")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern uint EffectiveUser();
    }
}
