using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PamTui.Core.Model;

namespace PamTui.Commands;

/// <summary>Asks on /dev/tty, so that a redirected stdin or stdout is neither read nor written; echo is off while a secret is typed.</summary>
internal sealed class TtyPrompt : Prompt
{
    private const string Path = "/dev/tty";

    private TtyPrompt()
    {
    }

    /// <summary>Null when the process has no terminal.</summary>
    public static TtyPrompt? TryOpen()
    {
        try
        {
            using SafeFileHandle tty = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return new TtyPrompt();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    protected override async Task<Secret?> ReadAsync(string question, bool echo, CancellationToken ct)
    {
        FileStream tty = new(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        // What was typed before the question was seen is no answer to it: a "yes" must be meant (D4).
        _ = NativeMethods.Flush(tty.SafeFileHandle, NativeMethods.InputQueue);
        tty.Write(Encoding.UTF8.GetBytes(question));
        Secret? line;
        using (echo ? null : EchoOff.Of(tty.SafeFileHandle))
        {
            // The read blocks in the kernel and cannot be cancelled: a cancelled wait leaves it to the end of the process, with the echo restored.
            line = await Task.Run(() => ReadLine(tty), CancellationToken.None).WaitAsync(ct);
        }

        if (!echo)
        {
            tty.Write("\n"u8);
        }

        await tty.DisposeAsync();
        return line;
    }

    // The line discipline gives whole lines, so one read is one line.
    private static Secret? ReadLine(FileStream tty)
    {
        byte[] line = new byte[MaxAnswer];
        try
        {
            int length = tty.Read(line);
            if (length == 0)
            {
                return null;
            }

            ReadOnlySpan<byte> typed = line.AsSpan(0, length);
            return Secret.From(typed[^1] == (byte)'\n' ? typed[..^1] : typed);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(line);
        }
    }

    // termios(3): only the ECHO bit of c_lflag is touched; the rest of the structure is carried as it came.
    private sealed class EchoOff : IDisposable
    {
        private const int StructureRoom = 256;
        private const int Now = 0;
        private const uint Echo = 0x8;

        private readonly SafeFileHandle _tty;
        private readonly byte[] _before;

        private EchoOff(SafeFileHandle tty, byte[] before) => (_tty, _before) = (tty, before);

        // Four 32-bit flag words on Linux, four 64-bit ones on macOS; c_lflag is the fourth.
        private static int LocalFlagsAt => OperatingSystem.IsMacOS() ? 24 : 12;

        public static EchoOff Of(SafeFileHandle tty)
        {
            byte[] before = new byte[StructureRoom];
            if (NativeMethods.GetAttributes(tty, before) != 0)
            {
                throw new IOException("The terminal's echo cannot be turned off, so no secret is asked for.");
            }

            byte[] quiet = [.. before];
            Span<byte> flags = quiet.AsSpan(LocalFlagsAt, sizeof(uint));
            MemoryMarshal.Write(flags, MemoryMarshal.Read<uint>(flags) & ~Echo);
            return NativeMethods.SetAttributes(tty, Now, quiet) == 0
                ? new EchoOff(tty, before)
                : throw new IOException("The terminal's echo cannot be turned off, so no secret is asked for.");
        }

        public void Dispose() => _ = NativeMethods.SetAttributes(_tty, Now, _before);
    }

    private static class NativeMethods
    {
        // TCIFLUSH.
        public static int InputQueue => OperatingSystem.IsMacOS() ? 1 : 0;

        [DllImport("libc", EntryPoint = "tcflush", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Flush(SafeFileHandle terminal, int queue);

        [DllImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int GetAttributes(SafeFileHandle terminal, byte[] attributes);

        [DllImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int SetAttributes(SafeFileHandle terminal, int when, byte[] attributes);
    }
}
