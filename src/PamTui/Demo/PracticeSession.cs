using System.ComponentModel;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;
using PamTui.Ssh;
using PamTui.Ssh.Channels;

namespace PamTui.Demo;

/// <summary>One session channel of the practice target and the process behind it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class PracticeSession(SshChannel channel) : IAsyncDisposable
{
    // What waits in a terminal or pipe after its process ended is there at once; a background child that keeps it open is not waited for.
    private static readonly TimeSpan s_lastOutput = TimeSpan.FromSeconds(1);

    // A thread that waits for a process looks up this often whether the session has ended.
    private const int LookUpMilliseconds = 200;

    // What poll(2) calls writable takes this much without blocking.
    private const int InputChunk = 1024;

    private static readonly (string Name, int Number)[] s_signals =
    [
        ("HUP", 1), ("INT", 2), ("QUIT", 3), ("ILL", 4), ("ABRT", 6), ("FPE", 8), ("KILL", 9), ("USR1", 10), ("SEGV", 11), ("USR2", 12), ("PIPE", 13), ("ALRM", 14), ("TERM", 15),
    ];

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private (string Term, int Columns, int Rows)? _terminal;
    private ChildProcess? _process;
    private Task _running = Task.CompletedTask;

    public IReadOnlyDictionary<string, string> Variables => _variables;

    public bool SetVariable(string name, string value)
    {
        bool harmless = name is "LANG" or "COLORTERM" || name.StartsWith("LC_", StringComparison.Ordinal);
        if (harmless && _process is null)
        {
            _variables[name] = value;
        }

        return harmless;
    }

    public bool SetTerminal(string term, int columns, int rows)
    {
        if (_process is not null)
        {
            return false;
        }

        _terminal = (term, columns, rows);
        return true;
    }

    public void Resize(int columns, int rows) => _process?.Resize(columns, rows);

    public bool Signal(string name)
    {
        int number = s_signals.FirstOrDefault(signal => signal.Name == name).Number;
        if (number == 0 || _process is null)
        {
            return false;
        }

        _process.Signal(number);
        return true;
    }

    /// <summary>Starts the process; it is silent until <see cref="Run"/>.</summary>
    /// <param name="command">Null: a login shell.</param>
    public bool Start(string? command)
    {
        if (_process is not null)
        {
            return false;
        }

        string shell = Environment.GetEnvironmentVariable("SHELL") is { Length: > 0 } own && File.Exists(own) ? own : "/bin/sh";
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } folder && Directory.Exists(folder) ? folder : "/";
        string[] arguments = command is null ? ["-" + Path.GetFileName(shell)] : [Path.GetFileName(shell), "-c", command];
        Dictionary<string, string> environment = new(_variables, StringComparer.Ordinal)
        {
            ["HOME"] = home,
            ["USER"] = Environment.UserName,
            ["LOGNAME"] = Environment.UserName,
            ["SHELL"] = shell,
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        };
        try
        {
            if (_terminal is { } terminal)
            {
                environment["TERM"] = terminal.Term;
                _process = ChildProcess.OnTerminal(shell, arguments, environment, home, terminal.Columns, terminal.Rows);
            }
            else
            {
                _process = ChildProcess.OnPipes(shell, arguments, environment, home);
            }
        }
        catch (Win32Exception)
        {
            return false;
        }

        return true;
    }

    /// <summary>The start was answered: from now on the process and the channel are joined.</summary>
    public void Run()
    {
        if (_process is { } process && _running.IsCompleted)
        {
            _running = RunAsync(process);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _process?.Dispose();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(ChildProcess process)
    {
        Task output = OnThread(() => Copy(process.Output, data => channel.WriteAsync(data, _stop.Token)));
        Task error = process.Error is { } pipe ? OnThread(() => Copy(pipe, data => channel.WriteStderrAsync(data, _stop.Token))) : Task.CompletedTask;
        Task input = OnThread(() => Feed(process));
        try
        {
            Ending ending = await process.Exited;
            await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(s_lastOutput, _stop.Token));
            if (ending.Signal == 0)
            {
                await channel.SendExitStatusAsync((uint)ending.Status, _stop.Token);
            }
            else
            {
                await channel.SendExitSignalAsync(NameOf(ending.Signal), false, "", _stop.Token);
            }

            await channel.SendEofAsync(_stop.Token);
            await channel.CloseAsync(_stop.Token);
        }
        catch (Exception e) when (e is SshException or OperationCanceledException or IOException)
        {
            // The user's end is gone; the process is told by the hang-up below.
        }
        finally
        {
            process.Dispose();
            await _stop.CancelAsync();
            await Task.WhenAll(output, error, input);
        }
    }

    // The streams block: each is read or written on a thread of its own, which also waits for the channel's window.
    private static Task OnThread(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Copy(SafeFileHandle from, Func<ReadOnlyMemory<byte>, ValueTask> write)
    {
        byte[] buffer = new byte[32 * 1024];
        try
        {
            FileStream stream = new(from, FileAccess.Read, bufferSize: 0);
            while (!_stop.IsCancellationRequested)
            {
                if (!Libc.WaitReadable(from, LookUpMilliseconds))
                {
                    continue;
                }

                int read = stream.Read(buffer);
                if (read == 0)
                {
                    return;
                }

                write(buffer.AsMemory(0, read)).AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SshException or OperationCanceledException)
        {
            // A terminal whose last process ended reads as an error (EIO), not as an end.
        }
    }

    private void Feed(ChildProcess process)
    {
        byte[] buffer = new byte[InputChunk];
        try
        {
            FileStream stream = new(process.Input, FileAccess.Write, bufferSize: 0);
            for (int read; (read = channel.ReadAsync(buffer, _stop.Token).AsTask().GetAwaiter().GetResult()) > 0;)
            {
                while (!Libc.WaitWritable(process.Input, LookUpMilliseconds))
                {
                    _stop.Token.ThrowIfCancellationRequested();
                }

                stream.Write(buffer.AsSpan(0, read));
            }

            // On a terminal there is no half close; on pipes the command reads the end.
            if (process.Error is not null)
            {
                process.Input.Dispose();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or SshException or OperationCanceledException)
        {
            // The process ended before its input did.
        }
    }

    private static string NameOf(int signal) => s_signals.FirstOrDefault(known => known.Number == signal).Name ?? string.Create(CultureInfo.InvariantCulture, $"SIG{signal}@pamtui");
}
