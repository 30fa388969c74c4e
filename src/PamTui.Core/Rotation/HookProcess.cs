using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PamTui.Core.Model;

namespace PamTui.Core.Rotation;

/// <summary>How a hook ended.</summary>
/// <param name="Error">Null: it exited with 0.</param>
internal sealed record HookResult(string? Error, string Output);

/// <summary>
/// A hook as a process: no shell, an environment of its own, the secret on stdin and nowhere else, bounded time, and of what it
/// prints only the end is kept.
/// </summary>
internal static class HookProcess
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Makes the hook the first of a process group, with no terminal: what it started can be ended with it, and cannot ask anybody.
    private const string NewGroup = "/usr/bin/setsid";

    // A program that it left behind may hold its output open.
    private static readonly TimeSpan s_lastOutput = TimeSpan.FromSeconds(2);

    public static async Task<HookResult> RunAsync(HookCommand command, Account account, Secret secret, TimeProvider time, CancellationToken ct)
    {
        string program = command.Words[0];
        if (HookProgram.WhyNot(program) is { } no)
        {
            return new HookResult(no, "");
        }

        using Process process = new() { StartInfo = Start(command, account) };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new HookResult($"The hook {Text.Quote(program)} could not be started: {Text.Escape(e.Message)}.", "");
        }

        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using HookOutput output = new(secret);
        using HookOutput errors = new(secret);
        using CancellationTokenSource over = new();
        Task reading = Task.WhenAll(output.ReadAsync(process.StandardOutput.BaseStream, over.Token), errors.ReadAsync(process.StandardError.BaseStream, over.Token));
        string? error = null;
        try
        {
            await GiveAsync(process, secret, either.Token).ConfigureAwait(false);
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            error = process.ExitCode == 0 ? null : $"The hook {Text.Quote(program)} ended with {process.ExitCode}.";
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            error = ct.IsCancellationRequested
                ? $"The hook {Text.Quote(program)} was cut short, as this program was told to stop."
                : $"The hook {Text.Quote(program)} ran for more than {(int)Limit.TotalSeconds} s and was killed.";
        }

        await reading.WaitAsync(s_lastOutput, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync().ConfigureAwait(false);
        await reading.WaitAsync(s_lastOutput, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new HookResult(error, string.Join('\n', ((string[])[output.Text(), errors.Text()]).Where(text => text.Length > 0)));
    }

    private static ProcessStartInfo Start(HookCommand command, Account account)
    {
        IEnumerable<string> words = File.Exists(NewGroup) ? [NewGroup, .. command.Words] : command.Words;
        ProcessStartInfo start = new(words.First(), words.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["PAMTUI_ACCOUNT"] = account.Reference.ToString();
        start.Environment["PAMTUI_RESOURCE"] = account.Resource;
        start.Environment["PAMTUI_USERNAME"] = account.Username;
        start.Environment["PAMTUI_KIND"] = Words.Of(account.Kind);
        return start;
    }

    // The group first, while its number cannot be another's yet.
    private static void Kill(Process process)
    {
        if (File.Exists(NewGroup))
        {
            _ = NativeMethods.Kill(-process.Id, NativeMethods.SignalKill);
        }

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or AggregateException)
        {
            // It has ended by itself, or is somebody else's by now.
        }
    }

    private static async Task GiveAsync(Process process, Secret secret, CancellationToken ct)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(secret.Length, pinned: true);
        secret.Bytes.CopyTo(bytes);
        Stream input = process.StandardInput.BaseStream;
        try
        {
            await input.WriteAsync(bytes, ct).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It closed its stdin, or has ended: how it ends tells.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            await input.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static class NativeMethods
    {
        public const int SignalKill = 9;

        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int process, int signal);
    }
}
