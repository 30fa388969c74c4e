using System.Runtime.InteropServices;

namespace PamTui.Tui.Terminal;

/// <summary>The few calls of libc a terminal needs. The termios structure stays opaque: its layout differs between systems, cfmakeraw knows it.</summary>
internal static unsafe class TtyMethods
{
    public const int Input = 0;
    public const int Output = 1;

    /// <summary>Larger than any system's termios.</summary>
    private const int TermiosBytes = 256;
    private const int ApplyNow = 0;
    private const int Interrupted = 4;
    private const short Readable = 0x1;

    public static bool IsTerminal(int descriptor) => isatty(descriptor) == 1;

    /// <summary>The mode before, for <see cref="Restore"/>; null when it cannot be changed.</summary>
    public static byte[]? MakeRaw(int descriptor)
    {
        byte[] before = new byte[TermiosBytes];
        byte[] raw = new byte[TermiosBytes];
        fixed (byte* b = before, r = raw)
        {
            if (tcgetattr(descriptor, b) != 0 || tcgetattr(descriptor, r) != 0)
            {
                return null;
            }

            cfmakeraw(r);
            return tcsetattr(descriptor, ApplyNow, r) == 0 ? before : null;
        }
    }

    public static void Restore(int descriptor, byte[] mode)
    {
        fixed (byte* m = mode)
        {
            _ = tcsetattr(descriptor, ApplyNow, m);
        }
    }

    public static TerminalSize SizeOf(int descriptor)
    {
        ushort* size = stackalloc ushort[4];
        nuint request = OperatingSystem.IsMacOS() ? 0x40087468u : 0x5413u;
        return ioctl(descriptor, request, size) == 0 ? new TerminalSize(size[1], size[0]) : default;
    }

    public static (int Read, int Write)? MakePipe()
    {
        int* ends = stackalloc int[2];
        return pipe(ends) == 0 ? (ends[0], ends[1]) : null;
    }

    public static void Close(int descriptor) => _ = close(descriptor);

    /// <summary>Waits until <paramref name="descriptor"/> has bytes or has ended; false when <paramref name="wake"/> was written to.</summary>
    public static bool WaitReadable(int descriptor, int wake)
    {
        PollEntry* entries = stackalloc PollEntry[2];
        while (true)
        {
            entries[0] = new PollEntry { Descriptor = descriptor, Events = Readable };
            entries[1] = new PollEntry { Descriptor = wake, Events = Readable };
            int ready = poll(entries, 2, -1);
            if (ready > 0)
            {
                return entries[1].Returned == 0;
            }

            if (ready < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                return true;
            }
        }
    }

    /// <summary>0 or less: nothing more will come.</summary>
    public static int ReadSome(int descriptor, byte[] buffer)
    {
        fixed (byte* b = buffer)
        {
            while (true)
            {
                nint count = read(descriptor, b, (nuint)buffer.Length);
                if (count >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
                {
                    return (int)count;
                }
            }
        }
    }

    public static bool WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* b = bytes)
        {
            for (nint at = 0; at < bytes.Length;)
            {
                nint count = write(descriptor, b + at, (nuint)(bytes.Length - at));
                if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted)
                {
                    continue;
                }

                if (count <= 0)
                {
                    return false;
                }

                at += count;
            }
        }

        return true;
    }

#pragma warning disable IDE1006, CA5392 // libc's own names; the library is found by the runtime's rules.
    [DllImport("libc", SetLastError = true)]
    private static extern int isatty(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int tcgetattr(int descriptor, byte* mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int tcsetattr(int descriptor, int when, byte* mode);

    [DllImport("libc")]
    private static extern void cfmakeraw(byte* mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int ioctl(int descriptor, nuint request, void* argument);

    [DllImport("libc", SetLastError = true)]
    private static extern int pipe(int* ends);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int descriptor);

    [DllImport("libc", SetLastError = true)]
    private static extern int poll(PollEntry* entries, nuint count, int timeout);

    [DllImport("libc", SetLastError = true)]
    private static extern nint read(int descriptor, byte* buffer, nuint count);

    [DllImport("libc", SetLastError = true)]
    private static extern nint write(int descriptor, byte* buffer, nuint count);
#pragma warning restore IDE1006, CA5392

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
