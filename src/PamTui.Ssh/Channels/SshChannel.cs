using System.Buffers.Binary;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Channels;

/// <summary>
/// One channel that ends here (RFC 4254 §5). One reader and one writer per stream; requests and closing from anywhere. What the peer sent stays
/// readable after its end of file and its close. <see cref="SshChannelException"/>: the channel is closed; <see cref="SshConnectionException"/>:
/// the connection is.
/// </summary>
public sealed class SshChannel : IAsyncDisposable
{
    private const uint StderrType = 1;
    private const int DataHead = 9;
    private const int ExtendedHead = 13;

    /// <summary>Requests of ours that wait for the peer's answer.</summary>
    private const int MostPendingRequests = 256;

    private readonly Lock _sync = new();
    private readonly SshTransport _transport;
    private readonly SshConnectionOptions _options;
    private readonly Inbox _data = new();
    private readonly Inbox _stderr = new();
    private readonly Queue<TaskCompletionSource<bool>> _replies = new();
    private readonly TaskCompletionSource _closed = NewSignal();
    private uint _remoteId;
    private uint _windowIn;
    private uint _taken;
    private uint _windowOut;
    private uint _maxPacketOut;
    private TaskCompletionSource? _windowOpened;
    private bool _eofIn;
    private bool _eofOut;
    private bool _closeIn;
    private bool _closeOut;
    private Exception? _gone;

    internal SshChannel(SshConnection connection, SshTransport transport, SshConnectionOptions options, uint localId, string kind)
    {
        (Connection, _transport, _options, LocalId, Kind) = (connection, transport, options, localId, kind);
        _windowIn = options.WindowSize;
    }

    public uint LocalId { get; }

    public string Kind { get; }

    public SshConnection Connection { get; }

    /// <summary>Ends when both sides have closed the channel, or the connection is over. Never fails.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Data of the peer; 0 after its end of file or its close. The peer may send as much more as was read.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct) => ReadAsync(_data, buffer, ct);

    /// <summary>As <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>, of extended data type 1. Both share one window: read both.</summary>
    public ValueTask<int> ReadStderrAsync(Memory<byte> buffer, CancellationToken ct) => ReadAsync(_stderr, buffer, ct);

    /// <summary>Waits for the peer's window and for the network.</summary>
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
        TaskCompletionSource<bool>? reply = null;
        lock (_sync)
        {
            ThrowIfClosed();
            if (wantReply)
            {
                if (_replies.Count >= MostPendingRequests)
                {
                    throw new SshChannelException("Too many requests wait for their answers.");
                }

                reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _replies.Enqueue(reply);
            }

            _transport.Queue(new ChannelRequest(_remoteId, type, wantReply, extra).Write());
        }

        await _transport.FlushAsync(ct).ConfigureAwait(false);
        return reply is null || await reply.Task.WaitAsync(ct).ConfigureAwait(false);
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
            Signal(ref _windowOpened);
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
            (_remoteId, _windowOut, _maxPacketOut) = (remoteId, window, Math.Min(maxPacket, _options.MaxPacket));
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
        Arrived(r.UInt32() == StderrType ? _stderr : null, ref r);
    }

    internal void WindowAdjust(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[5..]);
        uint more = r.UInt32();
        r.End();
        lock (_sync)
        {
            if (uint.MaxValue - _windowOut < more)
            {
                throw new SshProtocolException("A window was opened beyond 2^32 - 1 bytes.");
            }

            _windowOut += more;
            Signal(ref _windowOpened);
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

    /// <summary>Unsolicited answers are dropped, not kept (C1).</summary>
    internal void Reply(bool success)
    {
        lock (_sync)
        {
            if (_replies.TryDequeue(out TaskCompletionSource<bool>? reply))
            {
                reply.TrySetResult(success);
            }
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
            Signal(ref _windowOpened);
            while (_replies.TryDequeue(out TaskCompletionSource<bool>? reply))
            {
                reply.TrySetException(cause);
                // Its asker may have given up.
                _ = reply.Task.Exception;
            }
        }

        _closed.TrySetResult();
    }

    private void Arrived(Inbox? inbox, ref SshReader r)
    {
        ReadOnlySpan<byte> data = r.String((int)Math.Min(_options.MaxPacket, int.MaxValue));
        r.End();
        lock (_sync)
        {
            if (_eofIn || _closeIn)
            {
                throw new SshProtocolException("Data came after the end of its channel.");
            }

            if ((uint)data.Length > _windowIn)
            {
                throw new SshProtocolException("The peer sent more than the window allows.");
            }

            _windowIn -= (uint)data.Length;
            if (_closeOut)
            {
                return;
            }

            if (inbox is null)
            {
                Take((uint)data.Length);
                return;
            }

            inbox.Add(data);
        }
    }

    private async ValueTask<int> ReadAsync(Inbox inbox, Memory<byte> buffer, CancellationToken ct)
    {
        while (!buffer.IsEmpty)
        {
            Task? arrived = null;
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
                    arrived = inbox.Arrival();
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

    /// <summary>
    /// Opens the window again once half of it has been read, so that small reads do not each cost a message. True: there is something to send.
    /// </summary>
    private bool Take(uint count)
    {
        _taken += count;
        if (_taken < _options.WindowSize / 2 || _eofIn || _closeOut || _gone is not null)
        {
            return false;
        }

        Span<byte> message = stackalloc byte[9];
        message[0] = MessageId.ChannelWindowAdjust;
        BinaryPrimitives.WriteUInt32BigEndian(message[1..], _remoteId);
        BinaryPrimitives.WriteUInt32BigEndian(message[5..], _taken);
        _windowIn += _taken;
        _taken = 0;
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

                count = (int)Math.Min((uint)data.Length, Math.Min(_windowOut, _maxPacketOut));
                if (count == 0)
                {
                    opened = (_windowOpened ??= NewSignal()).Task;
                }
                else
                {
                    _windowOut -= (uint)count;
                    QueueData(data.Span[..count], stderr);
                }
            }

            if (opened is not null)
            {
                await opened.WaitAsync(ct).ConfigureAwait(false);
                continue;
            }

            data = data[count..];
            await _transport.FlushAsync(ct).ConfigureAwait(false);
        }
    }

    private void QueueData(ReadOnlySpan<byte> data, bool stderr)
    {
        Span<byte> head = stackalloc byte[ExtendedHead];
        head[0] = stderr ? MessageId.ChannelExtendedData : MessageId.ChannelData;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], _remoteId);
        if (stderr)
        {
            BinaryPrimitives.WriteUInt32BigEndian(head[5..], StderrType);
            BinaryPrimitives.WriteUInt32BigEndian(head[9..], (uint)data.Length);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(head[5..], (uint)data.Length);
            head = head[..DataHead];
        }

        _transport.Queue(head, data);
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

    private static void Signal(ref TaskCompletionSource? signal)
    {
        signal?.TrySetResult();
        signal = null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One of the two streams of the peer.</summary>
    private sealed class Inbox
    {
        private readonly ByteQueue _bytes = new();
        private TaskCompletionSource? _arrived;

        public void Add(ReadOnlySpan<byte> data)
        {
            _bytes.Add(data);
            Wake();
        }

        public int Take(Span<byte> target) => _bytes.Take(target);

        public Task Arrival() => (_arrived ??= NewSignal()).Task;

        public void Wake() => Signal(ref _arrived);
    }
}
