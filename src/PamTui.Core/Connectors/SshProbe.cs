using System.Text;
using PamTui.Core.Model;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace PamTui.Core.Connectors;

/// <summary>Runs `true` on the target.</summary>
internal static class SshProbe
{
    // SSH.NET takes whatever comes, without a window: who sends more than this is cut off.
    private const int MaxOutput = 64 * 1024;

    // What OpenSSH says to a command of an account that is there for files alone: the sign-in is proven all the same.
    private const string SftpOnly = "This service allows sftp connections only";

    public static async Task<CheckFailure?> RunAsync(CheckRun run, string target, SshClient client, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using SshCommand command = client.CreateCommand("true");
        Task running;
        Task<string> output;
        Task<string> errors;
        try
        {
            running = command.ExecuteAsync(stop.Token);

            // An end of input, for accounts whose command is forced (sftp-server reads until then).
            await EndInputAsync(command).ConfigureAwait(false);
            output = Task.Run(() => Read(command.OutputStream, stop), CancellationToken.None);
            errors = Task.Run(() => Read(command.ExtendedOutputStream, stop), CancellationToken.None);
            await running.ConfigureAwait(false);
        }
        catch (Exception e) when (e is SshException or InvalidOperationException)
        {
            ct.ThrowIfCancellationRequested();
            return run.Fail(CheckCause.ProbeFailed, $"The sign-in to {target} works, but it opens no session for this user.");
        }

        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return run.Fail(CheckCause.ProbeFailed, $"The sign-in to {target} works, but the command `true` says more than is read: look at the account's shell and its forced command.");
        }

        string words = await errors.ConfigureAwait(false) + " " + await output.ConfigureAwait(false);
        return command.ExitStatus switch
        {
            0 => null,
            _ when words.Contains(SftpOnly, StringComparison.Ordinal) => null,
            _ when LoginWords.CauseOf(words) == CheckCause.PasswordExpired => SshCheck.PasswordExpired(run, target),
            { } status => run.Fail(
                CheckCause.ProbeFailed, $"The sign-in to {target} works, but the command `true` ends with {status}: it says {run.Said(words)}."),
            null => run.Fail(
                CheckCause.ProbeFailed, $"The sign-in to {target} works, but the command `true` was broken off: it says {run.Said(words)}."),
        };
    }

    private static string Read(Stream stream, CancellationTokenSource stop)
    {
        byte[] buffer = new byte[MaxOutput];
        int length = 0;
        try
        {
            while (length < buffer.Length && stream.Read(buffer, length, buffer.Length - length) is > 0 and int read)
            {
                length += read;
            }

            if (length == buffer.Length)
            {
                stop.Cancel();
            }
        }
        catch (ObjectDisposedException)
        {
            // The connection ended first; what was read is all there is.
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static async Task EndInputAsync(SshCommand command)
    {
        try
        {
            await command.CreateInputStream().DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SshException or InvalidOperationException)
        {
            // A fast target has ended the command already: nobody waits for its input. How it ended, its own task tells.
        }
    }
}
