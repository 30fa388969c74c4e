using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PamTui.Demo;

/// <summary>How a process ended: a status, or the signal that killed it.</summary>
internal readonly record struct Ending(int Status, int Signal)
{
    // wait(2): the low seven bits are the signal, the next byte is the status.
    public static Ending Of(int wait) => new((wait >> 8) & 0xff, wait & 0x7f);
}

/// <summary>
/// A program in a session of its own, on a pseudo terminal or on three pipes. The streams block: whoever reads or writes them does
/// so on a thread of its own.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ChildProcess : IDisposable
{
    private readonly int _id;
    private readonly SafeFileHandle? _terminal;
    private int _reaped;

    private ChildProcess(int id, SafeFileHandle input, SafeFileHandle output, SafeFileHandle? error, SafeFileHandle? terminal)
    {
        _id = id;
        _terminal = terminal;
        Input = input;
        Output = output;
        Error = error;
        Exited = Task.Factory.StartNew(Reap, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public SafeFileHandle Input { get; }

    public SafeFileHandle Output { get; }

    /// <summary>Null on a terminal, where it is the same as <see cref="Output"/>.</summary>
    public SafeFileHandle? Error { get; }

    public Task<Ending> Exited { get; }

    /// <exception cref="Win32Exception">The system refused.</exception>
    public static ChildProcess OnTerminal(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder, int columns, int rows)
    {
        SafeFileHandle master = new(Checked(Libc.OpenTerminal(Libc.ReadWrite | Libc.NoControllingTerminal | Libc.CloseOnExec)), ownsHandle: true);
        byte[] name = new byte[256];
        Checked(Libc.GrantTerminal(master));
        Checked(Libc.UnlockTerminal(master));
        Checked(Libc.NameOfTerminal(master, name, (nuint)name.Length));
        Libc.Resize(master, Size(columns, rows));
        string slave = Encoding.ASCII.GetString(name.AsSpan(0, Array.IndexOf(name, (byte)0)));

        // The session is made before the file actions run, so the first open makes the slave its controlling terminal.
        int id = Spawn(program, arguments, environment, folder, actions =>
        {
            CheckedCode(Libc.AddOpen(actions, 0, slave, Libc.ReadWrite, 0));
            CheckedCode(Libc.AddDuplicate(actions, 0, 1));
            CheckedCode(Libc.AddDuplicate(actions, 0, 2));
        });
        return new ChildProcess(id, master, master, null, master);
    }

    /// <exception cref="Win32Exception">The system refused.</exception>
    public static ChildProcess OnPipes(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder)
    {
        (SafeFileHandle readIn, SafeFileHandle writeIn) = NewPipe();
        (SafeFileHandle readOut, SafeFileHandle writeOut) = NewPipe();
        (SafeFileHandle readError, SafeFileHandle writeError) = NewPipe();
        using (readIn)
        using (writeOut)
        using (writeError)
        {
            int id = Spawn(program, arguments, environment, folder, actions =>
            {
                CheckedCode(Libc.AddDuplicate(actions, Descriptor(readIn), 0));
                CheckedCode(Libc.AddDuplicate(actions, Descriptor(writeOut), 1));
                CheckedCode(Libc.AddDuplicate(actions, Descriptor(writeError), 2));
            });
            return new ChildProcess(id, writeIn, readOut, readError, null);
        }
    }

    public void Resize(int columns, int rows)
    {
        if (_terminal is { } terminal)
        {
            Libc.Resize(terminal, Size(columns, rows));
        }
    }

    /// <summary>To the whole session's foreground: the child leads a process group of its own.</summary>
    public void Signal(int signal)
    {
        // A reaped id may already be somebody else's.
        if (Volatile.Read(ref _reaped) == 0)
        {
            _ = Libc.Kill(-_id, signal);
        }
    }

    public void Dispose()
    {
        const int hangUp = 1;
        Signal(hangUp);
        Input.Dispose();
        Output.Dispose();
        Error?.Dispose();
    }

    private static Libc.WindowSize Size(int columns, int rows) => new((ushort)Math.Clamp(rows, 1, 1000), (ushort)Math.Clamp(columns, 1, 1000));

    private static int Spawn(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder, Action<byte[]> streams)
    {
        byte[] actions = GC.AllocateArray<byte>(Libc.OpaqueRoom, pinned: true);
        byte[] attributes = GC.AllocateArray<byte>(Libc.OpaqueRoom, pinned: true);
        byte[] signals = new byte[Libc.OpaqueRoom];
        CheckedCode(Libc.InitActions(actions));
        CheckedCode(Libc.InitAttributes(attributes));
        nint argv = 0, envp = 0;
        try
        {
            streams(actions);
            CheckedCode(Libc.AddFolder(actions, folder));

            // The runtime ignores SIGPIPE and blocks some signals; a shell must not inherit that.
            CheckedCode(Libc.SetFlags(attributes, Libc.SetSession | Libc.SetSignalDefaults | Libc.SetSignalMask));
            Checked(Libc.FillSignals(signals));
            CheckedCode(Libc.SetDefaults(attributes, signals));
            Checked(Libc.EmptySignals(signals));
            CheckedCode(Libc.SetMask(attributes, signals));
            argv = Strings(arguments);
            envp = Strings([.. environment.Select(pair => pair.Key + "=" + pair.Value)]);
            CheckedCode(Libc.Spawn(out int id, program, actions, attributes, argv, envp));
            return id;
        }
        finally
        {
            FreeStrings(argv);
            FreeStrings(envp);
            _ = Libc.DestroyActions(actions);
            _ = Libc.DestroyAttributes(attributes);
        }
    }

    private static (SafeFileHandle Read, SafeFileHandle Write) NewPipe()
    {
        int[] ends = new int[2];
        Checked(Libc.Pipe(ends, Libc.CloseOnExec));
        return (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    private static nint Strings(IReadOnlyList<string> texts)
    {
        nint array = Marshal.AllocHGlobal((texts.Count + 1) * nint.Size);
        for (int i = 0; i < texts.Count; i++)
        {
            Marshal.WriteIntPtr(array, i * nint.Size, Marshal.StringToCoTaskMemUTF8(texts[i]));
        }

        Marshal.WriteIntPtr(array, texts.Count * nint.Size, 0);
        return array;
    }

    private static void FreeStrings(nint array)
    {
        if (array == 0)
        {
            return;
        }

        for (nint at = array; Marshal.ReadIntPtr(at) is var text && text != 0; at += nint.Size)
        {
            Marshal.FreeCoTaskMem(text);
        }

        Marshal.FreeHGlobal(array);
    }

    private static int Checked(int answer) => answer >= 0 ? answer : throw new Win32Exception(Marshal.GetLastPInvokeError());

    // posix_spawn(3) and its helpers give the error number itself.
    private static void CheckedCode(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    private Ending Reap()
    {
        while (true)
        {
            int answer = Libc.Wait(_id, out int status, 0);
            if (answer == _id)
            {
                Volatile.Write(ref _reaped, 1);
                return Ending.Of(status);
            }

            if (answer < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
    }
}
