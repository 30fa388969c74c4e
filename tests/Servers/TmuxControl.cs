using System.Diagnostics;
using System.Text;

namespace PamTui.Servers;

/// <summary>
/// A tmux server of its own and the one connection to it, in control mode: commands and their answers, and word of all that happens,
/// where a tmux for every command would be a program started for every look at the screen.
/// </summary>
internal sealed class TmuxControl : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<string> _started = NewAnswer();
    private readonly Queue<TaskCompletionSource<string>> _asked = [];
    private TaskCompletionSource _happens = NewWord();
    private string? _ended;

    private TmuxControl(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Ends with the next thing that happens: the program writes, a size changes, tmux ends.</summary>
    public Task Happens
    {
        get
        {
            lock (_gate)
            {
                return _happens.Task;
            }
        }
    }

    /// <param name="arguments">What starts the server and its session.</param>
    public static async Task<TmuxControl> StartAsync(IEnumerable<string> arguments)
    {
        TmuxControl control = new(Run.Start(Tools.Need("tmux"), ["-C", .. arguments], environment: null, folder: null));
        await control._started.Task.WaitAsync(s_limit);
        return control;
    }

    /// <summary>Has tmux do one command, a word each; gives what it prints. Fails the test when tmux refuses.</summary>
    public async Task<string> AskAsync(params string[] words)
    {
        TaskCompletionSource<string> answer = NewAnswer();
        byte[] line = Encoding.UTF8.GetBytes(string.Join(' ', words.Select(Quoted)) + "\n");
        await _writing.WaitAsync();
        try
        {
            lock (_gate)
            {
                if (_ended is not null)
                {
                    throw new Xunit.Sdk.XunitException(_ended);
                }

                _asked.Enqueue(answer);
            }

            await _process.StandardInput.BaseStream.WriteAsync(line);
            await _process.StandardInput.BaseStream.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }

        return await answer.Task.WaitAsync(s_limit);
    }

    /// <summary>Ends the server, and with it the program in its window.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await AskAsync("kill-server");
        }
        catch (Exception gone) when (gone is IOException or TimeoutException or Xunit.Sdk.XunitException)
        {
            // It has ended by itself.
        }

        try
        {
            await _process.WaitForExitAsync().WaitAsync(s_limit);
        }
        catch (TimeoutException)
        {
            Signals.KillTree(_process.Id);
        }

        await _reading;
        _process.Dispose();
        _writing.Dispose();
    }

    // "%begin TIME NUMBER FLAGS", what the command prints, then "%end" or "%error" with the same words; between answers notifications, a line
    // each. FLAGS is 1 for what was asked here, and 0 for the command that tmux was started with.
    private async Task ReadAsync()
    {
        using StreamReader reader = new(_process.StandardOutput.BaseStream, Encoding.UTF8);
        string? begun = null;
        StringBuilder printed = new();
        while (await reader.ReadLineAsync() is string line)
        {
            if (begun is null)
            {
                begun = AfterWord(line, "%begin ");
                printed.Clear();
                if (begun is null)
                {
                    Happened();
                }
            }
            else if (AfterWord(line, "%end ") == begun)
            {
                Next(begun).TrySetResult(printed.ToString());
                begun = null;
            }
            else if (AfterWord(line, "%error ") == begun)
            {
                Next(begun).TrySetException(new Xunit.Sdk.XunitException("tmux: " + printed));
                begun = null;
            }
            else
            {
                printed.Append(line).Append('\n');
            }
        }

        GiveUp("tmux has ended: " + await _process.StandardError.ReadToEndAsync());
    }

    private static string? AfterWord(string line, string word) => line.StartsWith(word, StringComparison.Ordinal) ? line[word.Length..] : null;

    private TaskCompletionSource<string> Next(string begun)
    {
        lock (_gate)
        {
            return begun.EndsWith(" 1", StringComparison.Ordinal) && _asked.TryDequeue(out TaskCompletionSource<string>? asked) ? asked : _started;
        }
    }

    private void Happened()
    {
        lock (_gate)
        {
            _happens.TrySetResult();
            _happens = NewWord();
        }
    }

    private void GiveUp(string why)
    {
        lock (_gate)
        {
            _ended = why;
            _happens.TrySetResult();
            _started.TrySetException(new Xunit.Sdk.XunitException(why));
            while (_asked.TryDequeue(out TaskCompletionSource<string>? asked))
            {
                asked.TrySetException(new Xunit.Sdk.XunitException(why));
            }
        }
    }

    // Between double quotes tmux takes a character by its octal number, whatever the character means to it.
    private static string Quoted(string word)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in word)
        {
            quoted.Append(char.IsAsciiLetterOrDigit(c) || c > '\x7f' ? c.ToString() : "\\" + Convert.ToString(c, 8).PadLeft(3, '0'));
        }

        return quoted.Append('"').ToString();
    }

    private static TaskCompletionSource<string> NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource NewWord() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
