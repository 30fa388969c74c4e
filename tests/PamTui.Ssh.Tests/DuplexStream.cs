using System.IO.Pipelines;

namespace PamTui.Ssh.Tests;

/// <summary>Two streams joined in memory; each holds back its writer like a socket does.</summary>
internal sealed class DuplexStream : Stream
{
    private readonly Stream _in;
    private readonly Stream _out;
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;

    private DuplexStream(Pipe input, Pipe output)
    {
        (_reader, _writer) = (input.Reader, output.Writer);
        (_in, _out) = (input.Reader.AsStream(), output.Writer.AsStream());
    }

    /// <summary>Lets a test alter what is written here.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? OnWrite { get; set; }

    public static (DuplexStream Client, DuplexStream Server) Pair(int buffer = 64 * 1024)
    {
        PipeOptions options = new(pauseWriterThreshold: buffer, resumeWriterThreshold: buffer / 2, useSynchronizationContext: false);
        Pipe toServer = new(options);
        Pipe toClient = new(options);
        return (new(toClient, toServer), new(toServer, toClient));
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _in.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FlushResult result = await _writer.WriteAsync(OnWrite is { } alter ? alter(buffer) : buffer, cancellationToken);
        if (result.IsCompleted)
        {
            throw new IOException("The other end is closed.");
        }
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _reader.CancelPendingRead();
        _writer.Complete();
        _reader.Complete();
        base.Dispose(disposing);
    }
}
