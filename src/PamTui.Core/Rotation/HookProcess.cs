using System.ComponentModel;
using System.Diagnostics;
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

    // A program that it left behind may hold its output open.
    private static readonly TimeSpan s_lastOutput = TimeSpan.FromSeconds(2);

    public static async Task<HookResult> RunAsync(HookCommand command, Account account, Secret secret, TimeProvider time, CancellationToken ct)
    {
        string program = command.Words[0];
        if (WhyNot(program) is { } no)
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
        ProcessStartInfo start = new(command.Words[0], command.Words.Skip(1))
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

    // Who may write the program may read every credential that it is given.
    private static string? WhyNot(string program)
    {
        try
        {
            if (!File.Exists(program))
            {
                return $"There is no program {Text.Quote(program)} for the hook.";
            }

            FileInfo file = new(program);
            FileSystemInfo real = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(real.FullName) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0
                ? $"The hook {Text.Quote(program)} is not run: others than its owner may change it (chmod go-w)."
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The hook {Text.Quote(program)} cannot be looked at: {Text.Escape(e.Message)}";
        }
    }

    private static void Kill(Process process)
    {
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
}
