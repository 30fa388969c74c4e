using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace PamTui.Servers;

/// <summary>How a program ended and what it said.</summary>
public sealed record RunResult(string Command, int ExitCode, byte[] Output, string Error)
{
    public string Text => Encoding.UTF8.GetString(Output);

    /// <summary>Fails the test with everything the program said when it did not end with 0.</summary>
    public RunResult Succeeded() => Ended(0);

    public RunResult Ended(int exitCode)
    {
        Assert.True(ExitCode == exitCode, ToString());
        return this;
    }

    public override string ToString() => $"{Command}\nended with {ExitCode}\n--- stdout\n{Text}\n--- stderr\n{Error}";
}

/// <summary>Runs a program to its end, with a time limit. Arguments go as they are: no shell.</summary>
public static class Run
{
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    public static Task<RunResult> ProgramAsync(string program, params string[] arguments) => ProgramAsync(program, arguments, input: null);

    public static async Task<RunResult> ProgramAsync(
        string program,
        IEnumerable<string> arguments,
        byte[]? input,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? folder = null,
        TimeSpan? limit = null)
    {
        using Process process = Start(Tools.Need(program), arguments, environment, folder);
        using CancellationTokenSource timeout = new(limit ?? DefaultLimit);
        using MemoryStream output = new();
        Task reading = Task.WhenAll(
            process.StandardOutput.BaseStream.CopyToAsync(output, timeout.Token),
            FeedAsync(process, input ?? [], timeout.Token));
        Task<string> error = process.StandardError.ReadToEndAsync(timeout.Token);
        string command = program + " " + string.Join(' ', process.StartInfo.ArgumentList);
        try
        {
            await reading;
            string said = await error;
            await process.WaitForExitAsync(timeout.Token);
            return new RunResult(command, process.ExitCode, output.ToArray(), said);
        }
        catch (OperationCanceledException)
        {
            Signals.KillTree(process.Id);
            Assert.Fail($"{command}\ndid not end within {(limit ?? DefaultLimit).TotalSeconds:0} s\n--- stdout so far\n{Encoding.UTF8.GetString(output.ToArray())}");
            throw;
        }
    }

    internal static Process Start(string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment, string? folder)
    {
        ProcessStartInfo start = new(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder ?? "/",
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return Process.Start(start) ?? throw new InvalidOperationException("Could not start " + path);
    }

    private static async Task FeedAsync(Process process, byte[] input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading all of it; its exit code tells the rest.
        }
    }
}

/// <summary>Signals to processes that the tests started, by their id.</summary>
public static partial class Signals
{
    public const int Hangup = 1, Interrupt = 2, Kill = 9, Terminate = 15, Stop = 19, Continue = 18;

    public static void Send(int process, int signal)
    {
        const int noSuchProcess = 3;
        if (SysKill(process, signal) != 0 && Marshal.GetLastPInvokeError() is int error and not noSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    /// <summary>Kills the process and all that it started, from the top: nobody of them lives to tell of another's end.</summary>
    public static void KillTree(int process)
    {
        IReadOnlyList<int> children = ChildrenOf(process);
        Send(process, Kill);
        foreach (int child in children)
        {
            KillTree(child);
        }
    }

    public static IReadOnlyList<int> ChildrenOf(int process)
    {
        List<int> children = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out int id) && ParentOf(folder) == process)
            {
                children.Add(id);
            }
        }

        return children;
    }

    private static int ParentOf(string folder)
    {
        try
        {
            // proc(5): "pid (comm) state ppid …"; comm may hold anything, so the last parenthesis counts.
            string stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SysKill(int process, int signal);
}
