using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using PamTui.Core.Model;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace PamTui.Core.Connectors;

/// <param name="Status">Null: the command was broken off.</param>
internal sealed record SshAnswer(int? Status, byte[] Output, string Errors);

/// <summary>
/// A signed-in connection to a Linux server that lasts until it is left: commands that are fed an input, and a terminal. SSH.NET
/// blocks where it waits, so all of it runs on threads of the pool; who is cancelled leaves, and what waits ends by that.
/// </summary>
internal sealed class SshSession(TimeProvider time) : IAsyncDisposable
{
    // SSH.NET takes whatever comes, without a window: who sends more than this is cut off.
    private const int MaxOutput = 1024 * 1024;

    // The connection is gone by then: who still waits for it is stuck in the library, and holds nobody up.
    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<SshClient> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Task> _running = [];

    /// <summary>Ends when the sign-in has passed.</summary>
    public Task Opened => _opened.Task;

    public static bool IsFault(Exception e) => e is SshException or SocketException or IOException or InvalidOperationException;

    public static CheckFailure Failure(CheckRun run, Resource resource, Exception e) => e is SshOperationTimeoutException
        ? run.Fail(CheckCause.TimedOut, $"{Reach.Name(resource)} stopped answering: look at its log and its load.")
        : run.Fail(CheckCause.ConnectionLost, $"{Reach.Name(resource)} broke the connection off: look at the target's log.");

    /// <summary>The connection is this session's until it is left.</summary>
    public async Task<CheckFailure?> StayAsync(SshClient client, CancellationToken ct)
    {
        _opened.TrySetResult(client);
        await _left.Task.ConfigureAwait(false);
        return null;
    }

    /// <summary>Ends the connection, and with it whatever waits for the target.</summary>
    public void Leave() => _left.TrySetResult();

    /// <summary>Runs a command to its end, with an input that it takes over and zeroes.</summary>
    /// <exception cref="Exception">See <see cref="IsFault"/>: nobody knows how far it came.</exception>
    public Task<SshAnswer> RunAsync(string command, byte[] input, CancellationToken ct) => WhileWantedAsync(client => ExecuteAsync(client, command, input, ct), ct);

    /// <summary>A login shell on a terminal, for as long as the talk takes.</summary>
    public Task<T> TalkAsync<T>(Func<SshTerminal, CancellationToken, Task<T>> talk, CancellationToken ct) => WhileWantedAsync(
        async client =>
        {
            using ShellStream shell = client.CreateShellStream("dumb", 200, 50, 0, 0, 4096);
            return await talk(new SshTerminal(shell, time), ct).ConfigureAwait(false);
        },
        ct);

    public async ValueTask DisposeAsync()
    {
        Leave();
        Task[] running;
        lock (_running)
        {
            running = [.. _running];
        }

        await Task.WhenAll(running).WaitAsync(s_end, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<SshAnswer> ExecuteAsync(SshClient client, string text, byte[] input, CancellationToken ct)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using SshCommand command = client.CreateCommand(text);
        Task running = command.ExecuteAsync(stop.Token);
        Task<byte[]> output = Task.Run(() => Read(command.OutputStream, stop), CancellationToken.None);
        Task<byte[]> errors = Task.Run(() => Read(command.ExtendedOutputStream, stop), CancellationToken.None);
        try
        {
            Stream stdin = command.CreateInputStream();
            await using (stdin.ConfigureAwait(false))
            {
                await stdin.WriteAsync(input, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsFault(e))
        {
            // It ended without reading all of it: how, its own task tells.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(input);
        }

        try
        {
            await running.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It said more than is read, and was stopped.
        }

        return new SshAnswer(stop.IsCancellationRequested ? null : command.ExitStatus, await output.ConfigureAwait(false), Encoding.UTF8.GetString(await errors.ConfigureAwait(false)));
    }

    private static byte[] Read(Stream stream, CancellationTokenSource stop)
    {
        using MemoryStream read = new();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (stream.Read(buffer, 0, buffer.Length) is > 0 and int count)
            {
                if (read.Length + count > MaxOutput)
                {
                    stop.Cancel();
                    break;
                }

                read.Write(buffer, 0, count);
            }
        }
        catch (ObjectDisposedException)
        {
            // The connection ended first; what was read is all there is.
        }

        return read.ToArray();
    }

    private async Task<T> WhileWantedAsync<T>(Func<SshClient, Task<T>> work, CancellationToken ct)
    {
        SshClient client = await _opened.Task.ConfigureAwait(false);
        Task<T> running = Task.Run(() => work(client), CancellationToken.None);
        lock (_running)
        {
            _running.RemoveAll(task => task.IsCompleted);
            _running.Add(running);
        }

        try
        {
            return await running.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Leave();
            throw;
        }
    }
}
