using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace PamTui.Demo;

/// <summary>The few calls of the C library that a shell in a pseudo terminal needs; the runtime has none of them.</summary>
[SupportedOSPlatform("linux")]
internal static class Libc
{
    public const int ReadWrite = 0x2;
    public const int NoControllingTerminal = 0x100;
    public const int CloseOnExec = 0x80000;
    public const int Interrupted = 4;

    /// <summary>Room for the opaque structures of posix_spawn(3) and for a sigset_t; the largest (glibc's attributes) has 336 bytes.</summary>
    public const int OpaqueRoom = 1024;

    public const short SetSignalDefaults = 0x04;
    public const short SetSignalMask = 0x08;
    public const short SetSession = 0x80;

    private const nuint SetWindowSize = 0x5414;

    [DllImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int OpenTerminal(int flags);

    [DllImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int GrantTerminal(SafeFileHandle master);

    [DllImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int UnlockTerminal(SafeFileHandle master);

    [DllImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int NameOfTerminal(SafeFileHandle master, byte[] name, nuint length);

    [DllImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Pipe(int[] ends, int flags);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Wait(int process, out int status, int options);

    [DllImport("libc", EntryPoint = "posix_spawn")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int Spawn(out int process, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] actions, byte[] attributes, nint arguments, nint environment);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int InitActions(byte[] actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int AddOpen(byte[] actions, int descriptor, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mode);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int AddDuplicate(byte[] actions, int from, int to);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int AddFolder(byte[] actions, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int DestroyActions(byte[] actions);

    [DllImport("libc", EntryPoint = "posix_spawnattr_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int InitAttributes(byte[] attributes);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int SetFlags(byte[] attributes, short flags);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int SetDefaults(byte[] attributes, byte[] signals);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int SetMask(byte[] attributes, byte[] signals);

    [DllImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int DestroyAttributes(byte[] attributes);

    [DllImport("libc", EntryPoint = "sigfillset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int FillSignals(byte[] signals);

    [DllImport("libc", EntryPoint = "sigemptyset")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static extern int EmptySignals(byte[] signals);

    /// <summary>Whether the descriptor can be read (or has ended) within the time.</summary>
    public static bool WaitReadable(SafeFileHandle handle, int milliseconds) => Poll(handle, 0x1, milliseconds);

    /// <summary>Whether a page or less can be written (or writing fails at once) within the time.</summary>
    public static bool WaitWritable(SafeFileHandle handle, int milliseconds) => Poll(handle, 0x4, milliseconds);

    public static void Resize(SafeFileHandle terminal, WindowSize size) => _ = Control(terminal, SetWindowSize, ref size);

    private static bool Poll(SafeFileHandle handle, short events, int milliseconds)
    {
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            PollEntry entry = new() { Descriptor = (int)handle.DangerousGetHandle(), Events = events };
            return PollDescriptors(ref entry, 1, milliseconds) > 0;
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int PollDescriptors(ref PollEntry entries, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle terminal, nuint request, ref WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Answered;
    }

    /// <summary>struct winsize of ioctl_tty(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct WindowSize(ushort rows, ushort columns)
    {
        public readonly ushort Rows = rows;
        public readonly ushort Columns = columns;
        public readonly ushort WidthPixels;
        public readonly ushort HeightPixels;
    }
}
