using System.Diagnostics;
using Xunit;

namespace PamTui.Servers;

/// <summary>A program that runs until it is stopped; keeps every line it says.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_lineLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly int _stopSignal;
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopped;

    private ServerProcess(Process process, int stopSignal)
    {
        _process = process;
        _stopSignal = stopSignal;
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Everything said so far, both streams.</summary>
    public string Log
    {
        get
        {
            lock (_gate)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public static ServerProcess Start(
        string path,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? folder = null,
        int stopSignal = Signals.Terminate)
    {
        ServerProcess server = new(Run.Start(path, arguments, environment, folder), stopSignal);
        server._process.Exited += (_, _) =>
        {
            server._exited.TrySetResult();
            server.GiveUpWaiting();
        };
        server._process.EnableRaisingEvents = true;
        server._process.OutputDataReceived += (_, line) => server.Add(line.Data);
        server._process.ErrorDataReceived += (_, line) => server.Add(line.Data);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += server.OnRunnerExit;
        return server;
    }

    /// <summary>The first line that holds the words, said already or to come; null when the program ends before.</summary>
    public async Task<string?> FindLineAsync(string words, TimeSpan? limit = null)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.Find(line => line.Contains(words, StringComparison.Ordinal)) is string said)
            {
                return said;
            }

            _waiting.Add((line => line.Contains(words, StringComparison.Ordinal), found));
        }

        if (_process.HasExited)
        {
            GiveUpWaiting();
        }

        try
        {
            return await found.Task.WaitAsync(limit ?? s_lineLimit);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (TimeoutException)
        {
            Assert.Fail($"'{words}' was not said; the log:\n{Log}");
            throw;
        }
    }

    public async Task<string> LineAsync(string words, TimeSpan? limit = null)
    {
        string? line = await FindLineAsync(words, limit);
        Assert.True(line is not null, $"ended before it said '{words}'; the log:\n{Log}");
        return line!;
    }

    public void Signal(int signal) => Signals.Send(_process.Id, signal);

    public Task ExitedAsync(TimeSpan? limit = null) => _process.WaitForExitAsync().WaitAsync(limit ?? s_lineLimit);

    /// <summary>Asks it to stop, with all that it started; kills what is still there after 10 s.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        AppDomain.CurrentDomain.ProcessExit -= OnRunnerExit;
        IReadOnlyList<int> children = _process.HasExited ? [] : Signals.ChildrenOf(_process.Id);
        if (!_process.HasExited)
        {
            Signal(_stopSignal);
            try
            {
                await _exited.Task.WaitAsync(TimeSpan.FromSeconds(10));
            }
            catch (TimeoutException)
            {
                Signals.KillTree(_process.Id);
            }
        }

        // sshd's sessions outlive their listener, and whoever holds the output open keeps the process from being over.
        foreach (int child in children)
        {
            Signals.KillTree(child);
        }

        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        _process.Dispose();
    }

    private void OnRunnerExit(object? sender, EventArgs e) => Signals.KillTree(_process.Id);

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Add(line);
            _waiting.RemoveAll(waiter => waiter.Wanted(line) && waiter.Found.TrySetResult(line));
        }
    }

    private void GiveUpWaiting()
    {
        // Without a limit this also waits for the last lines of both streams.
        _process.WaitForExit();
        lock (_gate)
        {
            _waiting.ForEach(waiter => waiter.Found.TrySetCanceled());
            _waiting.Clear();
        }
    }
}
