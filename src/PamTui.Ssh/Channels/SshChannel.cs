using System.Buffers.Binary;
using PamTui.Ssh.Transport;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Channels;

/// <summary>
/// One channel that ends here (RFC 4254 §5). One reader and one writer per stream; requests and closing from anywhere. What the peer sent stays
/// readable after its end of file and its close. <see cref="SshChannelException"/>: the channel is closed; <see cref="SshConnectionException"/>:
/// the connection is.
/// </summary>
public sealed class SshChannel : IAsyncDisposable
{
    private readonly Lock _sync = new();
    private readonly SshTransport _transport;
    private readonly SshConnectionOptions _options;
    private readonly ChannelInbox _data = new();
    private readonly ChannelInbox _stderr = new();
    private readonly ReceiveWindow _receiving;
    private readonly SendWindow _sending = new();
    private readonly AwaitedReplies _replies = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private uint _remoteId;
    private bool _eofIn;
    private bool _eofOut;
    private bool _closeIn;
    private bool _closeOut;
    private Exception? _gone;

    internal SshChannel(SshConnection connection, SshTransport transport, SshConnectionOptions options, uint localId, string kind)
    {
        (Connection, _transport, _options, LocalId, Kind) = (connection, transport, options, localId, kind);
        _receiving = new(options.WindowSize);
    }

    public uint LocalId { get; }

    public string Kind { get; }

    public SshConnection Connection { get; }

    /// <summary>
    /// While true, a reader of data that has to wait goes on on the thread that took it from the connection: it must not block there. At the
    /// end it is on a thread of the pool as always.
    /// </summary>
    internal bool ReadsInline { get; set; }

    /// <summary>Ends when both sides have closed the channel, or the connection is over. Never fails.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Data of the peer; 0 after its end of file or its close. The peer may send as much more as was read.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct) => ReadAsync(_data, buffer, ct);

    /// <summary>As <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>, of extended data type 1. Both share one window: read both.</summary>
    public ValueTask<int> ReadStderrAsync(Memory<byte> buffer, CancellationToken ct) => ReadAsync(_stderr, buffer, ct);

    /// <summary>Waits for the peer's window, and for the network while it is behind by more than 64 KiB.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken ct) => WriteAsync(data, stderr: false, ct);

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public ValueTask WriteStderrAsync(ReadOnlyMemory<byte> data, CancellationToken ct) => WriteAsync(data, stderr: true, ct);

    /// <summary>No more data of ours; requests and the other direction go on.</summary>
    public ValueTask SendEofAsync(CancellationToken ct)
    {
        lock (_sync)
        {
            if (_eofOut || _closeOut)
            {
                return ValueTask.CompletedTask;
            }

            ThrowIfGone();
            _eofOut = true;
            AnswerBare(MessageId.ChannelEof);
        }

        return _transport.FlushAsync(ct);
    }

    /// <summary>Our close; the channel is gone when the peer has closed too (<see cref="Closed"/>).</summary>
    public ValueTask CloseAsync(CancellationToken ct) => BeginClose() ? _transport.FlushAsync(ct) : ValueTask.CompletedTask;

    /// <summary>A request; true when the peer says success, or no reply is wanted.</summary>
    public async ValueTask<bool> RequestAsync(string type, ReadOnlyMemory<byte> extra, bool wantReply, CancellationToken ct)
    {
        Task<bool>? reply;
        lock (_sync)
        {
            ThrowIfClosed();
            reply = wantReply ? _replies.Add() : null;
            _transport.Queue(new ChannelRequest(_remoteId, type, wantReply, extra).Write());
        }

        await _transport.FlushAsync(ct).ConfigureAwait(false);
        return reply is null || await reply.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>After the last byte and before the close.</summary>
    public async ValueTask SendExitStatusAsync(uint status, CancellationToken ct) =>
        await RequestAsync(ExitStatus.Type, new ExitStatus(status).Write(), wantReply: false, ct).ConfigureAwait(false);

    /// <summary>In place of the status, when a signal ended the process: its name without SIG.</summary>
    public async ValueTask SendExitSignalAsync(string signal, bool coreDumped, string message, CancellationToken ct) =>
        await RequestAsync(ExitSignal.Type, new ExitSignal(signal, coreDumped, message).Write(), wantReply: false, ct).ConfigureAwait(false);

    /// <summary>Data both ways as a stream, asynchronous only. Disposing it closes the channel.</summary>
    public Stream AsStream() => new ChannelStream(this);

    /// <summary>Closes without waiting for the peer, and never fails.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CloseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (SshException)
        {
            // The connection was first.
        }
    }

    internal bool BeginClose()
    {
        lock (_sync)
        {
            if (_closeOut || _gone is not null)
            {
                return false;
            }

            _closeOut = true;
            _sending.Wake();
            if (!AnswerBare(MessageId.ChannelClose))
            {
                return false;
            }
        }

        _transport.Kick();
        return true;
    }

    /// <summary>The other side's half of the opening.</summary>
    internal void Opened(uint remoteId, uint window, uint maxPacket)
    {
        if (maxPacket == 0)
        {
            throw new SshProtocolException("A channel that takes packets of 0 bytes is of no use.");
        }

        lock (_sync)
        {
            _remoteId = remoteId;
            _sending.Open(window, Math.Min(maxPacket, _options.MaxPacket));
        }
    }

    internal void Data(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[5..]);
        Arrived(_data, ref r);
    }

    internal void ExtendedData(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[5..]);
        // RFC 4254 §5.2 knows one type; another counts against the window all the same and is dropped.
        Arrived(r.UInt32() == DataHead.StderrType ? _stderr : null, ref r);
    }

    internal void WindowAdjust(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[5..]);
        uint more = r.UInt32();
        r.End();
        lock (_sync)
        {
            _sending.Adjust(more);
        }
    }

    internal void Eof()
    {
        lock (_sync)
        {
            _eofIn = true;
            _data.Wake();
            _stderr.Wake();
        }
    }

    /// <summary>The peer closed; we answer at once (RFC 4254 §5.3), and the channel is gone.</summary>
    internal void Close()
    {
        lock (_sync)
        {
            _closeIn = true;
            if (!_closeOut)
            {
                _closeOut = true;
                AnswerBare(MessageId.ChannelClose);
            }
        }

        End(new SshChannelException("The channel is closed."), connectionIsOver: false);
    }

    internal void Reply(bool success)
    {
        lock (_sync)
        {
            _replies.Answer(success);
        }
    }

    internal void Answer(bool success)
    {
        lock (_sync)
        {
            if (!_closeOut)
            {
                AnswerBare(success ? MessageId.ChannelSuccess : MessageId.ChannelFailure);
            }
        }
    }

    /// <summary>Nothing more comes or goes; who waits hears why.</summary>
    internal void End(Exception cause, bool connectionIsOver)
    {
        lock (_sync)
        {
            if (connectionIsOver)
            {
                _gone ??= cause;
            }

            _data.Wake();
            _stderr.Wake();
            _sending.Wake();
            _replies.Fail(cause);
        }

        _closed.TrySetResult();
    }

    private void Arrived(ChannelInbox? inbox, ref SshReader r)
    {
        ReadOnlySpan<byte> data = r.String((int)Math.Min(_options.MaxPacket, int.MaxValue));
        r.End();
        ReusableSignal? reader;
        lock (_sync)
        {
            if (_eofIn || _closeIn)
            {
                throw new SshProtocolException("Data came after the end of its channel.");
            }

            _receiving.Arrived(data.Length);
            if (_closeOut)
            {
                return;
            }

            if (inbox is null)
            {
                Take((uint)data.Length);
                return;
            }

            reader = inbox.Add(data);
        }

        reader?.Complete();
    }

    private async ValueTask<int> ReadAsync(ChannelInbox inbox, Memory<byte> buffer, CancellationToken ct)
    {
        while (!buffer.IsEmpty)
        {
            ReusableSignal? arrived = null;
            bool opens = false;
            int count;
            lock (_sync)
            {
                count = inbox.Take(buffer.Span);
                if (count > 0)
                {
                    opens = Take((uint)count);
                }
                else if (_eofIn || _closeIn || _closeOut)
                {
                    return 0;
                }
                else
                {
                    ThrowIfGone();
                    arrived = inbox.Arrival(ReadsInline);
                }
            }

            if (opens)
            {
                _transport.Kick();
            }

            if (arrived is null)
            {
                return count;
            }

            await arrived.WaitAsync(ct).ConfigureAwait(false);
        }

        return 0;
    }

    /// <summary>Opens the window again where it is time. True: there is something to send.</summary>
    private bool Take(uint count)
    {
        _receiving.Taken(count);
        if (_eofIn || _closeOut || _gone is not null || _receiving.Reopen() is not (> 0 and uint more))
        {
            return false;
        }

        Span<byte> message = stackalloc byte[9];
        message[0] = MessageId.ChannelWindowAdjust;
        BinaryPrimitives.WriteUInt32BigEndian(message[1..], _remoteId);
        BinaryPrimitives.WriteUInt32BigEndian(message[5..], more);
        return _transport.TryQueue(message);
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> data, bool stderr, CancellationToken ct)
    {
        while (!data.IsEmpty)
        {
            int count;
            Task? opened = null;
            lock (_sync)
            {
                ThrowIfClosed();
                if (_eofOut)
                {
                    throw new InvalidOperationException("No data may follow the end of file.");
                }

                count = _sending.Take(data.Length);
                if (count == 0)
                {
                    opened = _sending.Opening();
                }
                else
                {
                    QueueData(data.Span[..count], stderr);
                }
            }

            if (opened is not null)
            {
                await opened.WaitAsync(ct).ConfigureAwait(false);
                continue;
            }

            data = data[count..];
            await _transport.PaceAsync(ct).ConfigureAwait(false);
        }
    }

    private void QueueData(ReadOnlySpan<byte> data, bool stderr)
    {
        Span<byte> head = stackalloc byte[DataHead.Longest];
        _transport.Queue(DataHead.Write(head, _remoteId, stderr, data.Length), data);
    }

    /// <summary>A message of number and channel only; false when sending is over.</summary>
    private bool AnswerBare(byte id)
    {
        Span<byte> message = stackalloc byte[5];
        message[0] = id;
        BinaryPrimitives.WriteUInt32BigEndian(message[1..], _remoteId);
        return _transport.TryQueue(message);
    }

    private void ThrowIfClosed()
    {
        ThrowIfGone();
        if (_closeIn || _closeOut)
        {
            throw new SshChannelException("The channel is closed.");
        }
    }

    private void ThrowIfGone()
    {
        if (_gone is { } cause)
        {
            throw new SshConnectionException(cause.Message, inner: cause);
        }
    }
}
