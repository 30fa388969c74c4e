using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PamTui.Benchmarks.SideBySide;

/// <summary>A network interface whose IP packets come to and from this process (Linux's tun). Goes with its handle, wherever it was moved.</summary>
internal sealed partial class TunDevice : IDisposable
{
    public const string Path = "/dev/net/tun";

    private const ulong SetInterface = 0x400454ca;
    private const short TunWithoutHeader = 0x0001 | 0x1000;
    private const int RequestSize = 40;
    private const int NameSize = 16;
    private const short Readable = 1;

    private readonly SafeFileHandle _handle = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    public TunDevice(string name)
    {
        // struct ifreq: the name, then short flags.
        byte[] request = new byte[RequestSize];
        Encoding.ASCII.GetBytes(name, request.AsSpan(0, NameSize - 1));
        MemoryMarshal.Write(request.AsSpan(NameSize), TunWithoutHeader);
        Check(Ioctl(_handle, SetInterface, request));
    }

    /// <summary>A whole packet; 0: none came within the time, or a signal did.</summary>
    public int Read(byte[] packet, int milliseconds)
    {
        PollEntry entry = new() { File = (int)_handle.DangerousGetHandle(), Wanted = Readable };
        return Poll(ref entry, 1, milliseconds) <= 0 ? 0 : (int)Check(Read(_handle, packet, packet.Length));
    }

    /// <summary>A packet for an interface that is down, or whose queue is full, is lost as on any network.</summary>
    public void Write(byte[] packet) => Write(_handle, packet, packet.Length);

    public void Dispose() => _handle.Dispose();

    private static nint Check(nint result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle file, ulong request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollEntry entries, ulong count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, byte[] buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, byte[] buffer, nint length);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int File;
        public short Wanted;
        public short Seen;
    }
}
