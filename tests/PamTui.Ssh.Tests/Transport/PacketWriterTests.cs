using System.Threading.Channels;
using PamTui.Ssh.Transport;

namespace PamTui.Ssh.Tests.Transport;

public sealed class PacketWriterTests
{
    private const int Packet = 8 * 1024;

    [Fact]
    public async Task What_is_added_while_a_write_is_on_its_way_goes_out_together_and_nobody_waits_for_it()
    {
        await using HeldStream network = new();
        using PacketWriter writer = new(network, _ => { }, CancellationToken.None);
        List<bool> waited = [];
        for (int i = 0; i < 4; i++)
        {
            waited.Add(!Send(writer).IsCompleted);
        }

        int first = await network.TakeAsync();
        int rest = await network.TakeAsync();
        await writer.StoppedAsync();

        Assert.DoesNotContain(true, waited);
        Assert.InRange(first, Packet, 2 * Packet);
        Assert.InRange(rest, 3 * Packet, 4 * Packet);
        Assert.Equal(writer.Bytes, first + rest);
    }

    [Fact]
    public async Task A_network_that_takes_nothing_makes_its_senders_wait_until_it_does()
    {
        await using HeldStream network = new();
        using PacketWriter writer = new(network, _ => { }, CancellationToken.None);
        Task sending = Task.CompletedTask;
        int sent = 0;
        for (; sending.IsCompleted && sent < 1000; sent++)
        {
            sending = Send(writer);
        }

        // One is on its way; 64 KiB may wait.
        Assert.Equal(1 + (64 * 1024 / Packet), sent);
        Assert.False(sending.IsCompleted);
        await network.TakeAsync();
        await network.TakeAsync();
        await sending.WaitAsync(TimeSpan.FromSeconds(20));
        await writer.StoppedAsync();
    }

    private static Task Send(PacketWriter writer)
    {
        writer.Add(new byte[Packet], default);
        return writer.PaceAsync(CancellationToken.None).AsTask();
    }

    /// <summary>Takes a write when the test says so.</summary>
    private sealed class HeldStream : MemoryStream
    {
        private readonly Channel<(int Bytes, TaskCompletionSource Taken)> _writes = Channel.CreateUnbounded<(int, TaskCompletionSource)>();

        /// <summary>The length of the write that was there, or comes now.</summary>
        public async Task<int> TakeAsync()
        {
            (int bytes, TaskCompletionSource taken) = await _writes.Reader.ReadAsync(SessionPair.Soon());
            taken.SetResult();
            return bytes;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _writes.Writer.TryWrite((buffer.Length, taken));
            return new ValueTask(taken.Task);
        }
    }
}
