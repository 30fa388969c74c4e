using PamTui.Ssh.Channels;

namespace PamTui.Gateway.Console;

/// <summary>One direction of a channel as a stream that does not own it.</summary>
internal sealed class ConsoleStream(SshChannel channel, ConsoleStream.Part part) : Stream
{
    internal enum Part
    {
        Input,
        Output,
        Error,
    }

    public override bool CanRead => part == Part.Input;

    public override bool CanWrite => part != Part.Input;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        CanRead ? channel.ReadAsync(buffer, cancellationToken) : throw new NotSupportedException();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => part switch
    {
        Part.Output => channel.WriteAsync(buffer, cancellationToken),
        Part.Error => channel.WriteStderrAsync(buffer, cancellationToken),
        _ => throw new NotSupportedException(),
    };

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // For writers that know no other way (a StreamWriter that is disposed): on a thread of theirs, never on one of the engine's loops.
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
