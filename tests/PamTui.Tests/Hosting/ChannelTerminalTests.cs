using System.IO.Pipelines;
using System.Text;
using PamTui.Core.Model;
using PamTui.Gateway.Console;
using PamTui.Hosting;

namespace PamTui.Tests.Hosting;

public sealed class ChannelTerminalTests : IDisposable
{
    private static readonly User s_alice = new(1, "alice", Role.Admin, false, false, [], [], DateTimeOffset.UnixEpoch);

    private readonly Pipe _input = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task What_was_typed_before_anybody_listened_is_not_lost()
    {
        await using ChannelTerminal terminal = Open(new MemoryStream());
        await _input.Writer.WriteAsync("early"u8.ToArray());
        TaskCompletionSource<string> heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
        terminal.Input += bytes => heard.TrySetResult(Encoding.UTF8.GetString(bytes.Span));
        Assert.Equal("early", await heard.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Everything_written_has_left_in_order_when_it_is_disposed()
    {
        MemoryStream output = new();
        ChannelTerminal terminal = Open(output);
        for (int i = 0; i < 1000; i++)
        {
            terminal.Write(Encoding.ASCII.GetBytes($"{i};"));
        }

        await terminal.DisposeAsync();
        Assert.Equal(string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i};")), Encoding.ASCII.GetString(output.ToArray()));
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_costs_bounded_memory_and_the_terminal()
    {
        Pipe stuck = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        await using ChannelTerminal terminal = Open(stuck.Writer.AsStream());
        terminal.Closed += () => _gone.TrySetResult();
        byte[] frame = new byte[64 * 1024];
        for (int i = 0; i < 100 && !terminal.IsClosed; i++)
        {
            terminal.Write(frame);
        }

        await _gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.InRange(terminal.Pending, 1, 4 * 1024 * 1024);
        await stuck.Reader.CompleteAsync();
    }

    [Fact]
    public async Task The_end_of_input_and_the_end_of_the_channel_close_it_once()
    {
        int times = 0;
        await using ChannelTerminal terminal = Open(new MemoryStream());
        terminal.Closed += () => Interlocked.Increment(ref times);
        terminal.Closed += () => _gone.TrySetResult();
        terminal.Input += _ => { };
        await _input.Writer.CompleteAsync();
        await _gone.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await _closed.CancelAsync();
        Assert.True(terminal.IsClosed);
        Assert.Equal(1, times);
    }

    public void Dispose() => _closed.Dispose();

    private ChannelTerminal Open(Stream output)
    {
        ConsoleTerminal terminal = new("xterm", 80, 24, _closed.Token);
        ConsoleRequest request = new(s_alice, "192.0.2.1", terminal, null, _input.Reader.AsStream(), output, Stream.Null, null);
        return new ChannelTerminal(request, terminal, CancellationToken.None);
    }
}
