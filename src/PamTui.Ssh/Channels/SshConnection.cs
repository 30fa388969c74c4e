using PamTui.Ssh.Wire;

namespace PamTui.Ssh.Channels;

/// <summary>
/// The connection protocol (RFC 4254) where it ends here: channels with windows of their own, in either role, over a transport which it owns and
/// on which somebody is signed in. <see cref="RunAsync"/> must run for anything to happen: it takes data on the thread that saw it come, where
/// readers who asked for that go on; everything else, the handler too, has a thread of the pool.
/// </summary>
public sealed class SshConnection : IAsyncDisposable
{
    /// <summary>Batches in a row that were there already: then the other connections of this thread have their turn.</summary>
    private const int BatchesInARow = 8;

    private readonly Lock _sync = new();
    private readonly SshTransport _transport;
    private readonly IConnectionHandler _handler;
    private readonly SshConnectionOptions _options;
    private readonly Dictionary<uint, SshChannel> _channels = [];
    private readonly Dictionary<uint, TaskCompletionSource<SshChannel>> _opening = [];
    private readonly LateAnswers _late = new();
    private readonly AwaitedReplies _replies = new();
    private uint _nextId;
    private Exception? _gone;

    public SshConnection(SshTransport transport, IConnectionHandler handler, SshConnectionOptions options)
    {
        (_transport, _handler, _options) = (transport, handler, options);
        ArgumentOutOfRangeException.ThrowIfZero(options.MaxPacket);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.WindowSize, options.MaxPacket);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.WindowSize, (uint)int.MaxValue / 4);
    }

    public SshTransport Transport => _transport;

    /// <summary>Channels that are open or being opened.</summary>
    public int ChannelCount
    {
        get
        {
            lock (_sync)
            {
                return _channels.Count;
            }
        }
    }

    /// <summary>
    /// Receives until the connection is over, once. Returns when the peer or we ended it; throws <see cref="SshProtocolException"/> when the peer
    /// broke the rules, and what the handler throws. All channels have ended by then.
    /// </summary>
    public async Task RunAsync(CancellationToken ct)
    {
        Exception cause = new SshConnectionException("The connection is closed.");
        _transport.ReceivesInline = true;
        try
        {
            for (int inARow = 0; ;)
            {
                ValueTask<ReadOnlyMemory<byte>> receiving = _transport.ReceiveAsync(ct);
                inARow = receiving.IsCompleted ? inARow + 1 : 0;
                ReadOnlyMemory<byte> payload = await receiving.ConfigureAwait(false);
                do
                {
                    if (payload.Span[0] is not (MessageId.ChannelData or MessageId.ChannelExtendedData or MessageId.ChannelWindowAdjust))
                    {
                        await PoolThread.Enter();
                    }

                    await DispatchAsync(payload, ct).ConfigureAwait(false);
                }
                while (_transport.TryReceive(out payload));

                _transport.Kick();
                if (_transport.Waiting > _transport.Options.MaxQueuedBytes && _transport.CanSend)
                {
                    await _transport.FlushAsync(ct).ConfigureAwait(false);
                    inARow = 0;
                }

                if (inARow >= BatchesInARow)
                {
                    inARow = 0;
                    await Task.Yield();
                }
            }
        }
        catch (SshConnectionException e)
        {
            cause = e;
        }
        catch (SshProtocolException e)
        {
            cause = e;
            await _transport.DisconnectAsync(e.Reason, PamTui.Ssh.Transport.Disconnect.TextFor(e.Reason)).ConfigureAwait(false);
            throw;
        }
        catch (Exception e)
        {
            cause = e;
            throw;
        }
        finally
        {
            // What ends now, and whoever waits for this, may do anything.
            await PoolThread.Enter();
            End(cause);
            await _late.StopAsync().ConfigureAwait(false);
            _late.Dispose();
        }
    }

    /// <summary>
    /// Opens a channel. <see cref="SshChannelException"/> with a reason when the peer refuses. Given up by <paramref name="ct"/>, it is closed
    /// as soon as the peer opens it.
    /// </summary>
    public async Task<SshChannel> OpenAsync(string kind, ReadOnlyMemory<byte> extra, CancellationToken ct)
    {
        TaskCompletionSource<SshChannel> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_sync)
        {
            ThrowIfGone();
            if (_channels.Count >= _options.MaxChannels)
            {
                throw new SshChannelException($"There are {_channels.Count} channels on this connection already.", ChannelOpenFailureReason.ResourceShortage);
            }

            SshChannel channel = NewChannel(kind);
            _opening.Add(channel.LocalId, opened);
            _transport.Queue(new ChannelOpen(kind, channel.LocalId, _options.WindowSize, _options.MaxPacket, extra).Write());
        }

        await _transport.FlushAsync(ct).ConfigureAwait(false);
        try
        {
            return await opened.Task.WaitAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!opened.TrySetCanceled(ct))
        {
            // It was opened, or refused, at that very moment.
            if (opened.Task.Exception is null)
            {
                await (await opened.Task.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>A global request (RFC 4254 §4); true when the peer says success, or no reply is wanted.</summary>
    public async Task<bool> GlobalRequestAsync(string name, ReadOnlyMemory<byte> extra, bool wantReply, CancellationToken ct)
    {
        Task<bool>? reply;
        lock (_sync)
        {
            ThrowIfGone();
            reply = wantReply ? _replies.Add() : null;
            _transport.Queue(new GlobalRequest(name, wantReply, extra).Write());
        }

        await _transport.FlushAsync(ct).ConfigureAwait(false);
        return reply is null || await reply.WaitAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Ends the connection, and with it <see cref="RunAsync"/>.</summary>
    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    private ValueTask DispatchAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        ReadOnlySpan<byte> span = payload.Span;
        switch (span[0])
        {
            case MessageId.ChannelData:
                Channel(span).Data(span);
                break;
            case MessageId.ChannelExtendedData:
                Channel(span).ExtendedData(span);
                break;
            case MessageId.ChannelWindowAdjust:
                // A late one, for a channel just closed, is no fault.
                Find(span)?.WindowAdjust(span);
                break;
            case MessageId.ChannelEof:
                Channel(span).Eof();
                break;
            case MessageId.ChannelClose:
                Close(Channel(span));
                break;
            case MessageId.ChannelSuccess or MessageId.ChannelFailure:
                Find(span)?.Reply(span[0] == MessageId.ChannelSuccess);
                break;
            case MessageId.ChannelRequest:
                return AnswerAsync(Channel(span), ChannelRequest.Read(span), ct);
            case MessageId.ChannelOpen:
                return OpenedByPeerAsync(ChannelOpen.Read(span), ct);
            case MessageId.ChannelOpenConfirmation:
                Confirmed(ChannelOpenConfirmation.Read(span));
                break;
            case MessageId.ChannelOpenFailure:
                Refused(ChannelOpenFailure.Read(span));
                break;
            case MessageId.GlobalRequest:
                return AnswerAsync(GlobalRequest.Read(span), ct);
            case MessageId.RequestSuccess or MessageId.RequestFailure:
                Reply(span[0] == MessageId.RequestSuccess);
                break;
            default:
                throw new SshProtocolException($"Message {span[0]} is not of the connection protocol.");
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask OpenedByPeerAsync(ChannelOpen open, CancellationToken ct)
    {
        ChannelOpenReply reply = ChannelCount >= _options.MaxChannels
            ? ChannelOpenReply.Refuse(ChannelOpenFailureReason.ResourceShortage, "too many channels")
            : await _handler.OpenAsync(open, ct).ConfigureAwait(false);
        if (reply is { IsAccepted: false, Asked: null })
        {
            // Nothing of it is kept (C2).
            _transport.TryQueue(new ChannelOpenFailure(open.Sender, reply.Reason, reply.Description).Write());
            return;
        }

        SshChannel channel;
        lock (_sync)
        {
            channel = NewChannel(open.Kind);
        }

        channel.Opened(open.Sender, open.Window, open.MaxPacket);
        if (reply.Asked is { } ask)
        {
            _late.Add(channel, ask, (answer, over) => AnsweredLateAsync(channel, open, answer, over));
        }
        else
        {
            await StartAsync(channel, open, reply, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask AnsweredLateAsync(SshChannel channel, ChannelOpen open, ChannelOpenReply answer, CancellationToken ct)
    {
        if (answer.IsAccepted)
        {
            await StartAsync(channel, open, answer, ct).ConfigureAwait(false);
        }
        else
        {
            lock (_sync)
            {
                _channels.Remove(channel.LocalId);
            }

            _transport.TryQueue(new ChannelOpenFailure(open.Sender, answer.Reason, answer.Description).Write());
        }

        _transport.Kick();
    }

    private ValueTask StartAsync(SshChannel channel, ChannelOpen open, ChannelOpenReply reply, CancellationToken ct)
    {
        _transport.TryQueue(new ChannelOpenConfirmation(open.Sender, channel.LocalId, _options.WindowSize, _options.MaxPacket, default).Write());
        if (reply.Start is not { } start)
        {
            return _handler.StartedAsync(channel, ct);
        }

        start(channel);
        return ValueTask.CompletedTask;
    }

    private void Confirmed(ChannelOpenConfirmation confirmation)
    {
        SshChannel channel;
        TaskCompletionSource<SshChannel>? opened;
        lock (_sync)
        {
            if (!_opening.Remove(confirmation.Recipient, out opened))
            {
                throw new SshProtocolException("The peer confirms a channel nobody asked for.");
            }

            channel = _channels[confirmation.Recipient];
        }

        channel.Opened(confirmation.Sender, confirmation.Window, confirmation.MaxPacket);
        if (!opened.TrySetResult(channel))
        {
            channel.BeginClose();
        }
    }

    private void Refused(ChannelOpenFailure failure)
    {
        TaskCompletionSource<SshChannel>? opened;
        lock (_sync)
        {
            if (!_opening.Remove(failure.Recipient, out opened))
            {
                throw new SshProtocolException("The peer refuses a channel nobody asked for.");
            }

            _channels.Remove(failure.Recipient);
        }

        opened.TrySetException(new SshChannelException($"The channel was refused: {failure.Description}", failure.Reason));
        // Its asker may have given up.
        _ = opened.Task.Exception;
    }

    private async ValueTask AnswerAsync(SshChannel channel, ChannelRequest request, CancellationToken ct)
    {
        bool success = await _handler.RequestAsync(channel, request, ct).ConfigureAwait(false);
        if (request.WantReply)
        {
            channel.Answer(success);
        }

        await _handler.AnsweredAsync(channel, request, success, ct).ConfigureAwait(false);
    }

    private async ValueTask AnswerAsync(GlobalRequest request, CancellationToken ct)
    {
        bool success = await _handler.GlobalRequestAsync(request, ct).ConfigureAwait(false);
        if (request.WantReply)
        {
            _transport.TryQueue([success ? MessageId.RequestSuccess : MessageId.RequestFailure]);
        }
    }

    private void Close(SshChannel channel)
    {
        lock (_sync)
        {
            _channels.Remove(channel.LocalId);
        }

        channel.Close();
    }

    private void Reply(bool success)
    {
        lock (_sync)
        {
            _replies.Answer(success);
        }
    }

    private void End(Exception cause)
    {
        SshChannel[] channels;
        Exception lost = cause as SshConnectionException ?? new SshConnectionException(cause is SshException ? cause.Message : "The connection is closed.", inner: cause);
        lock (_sync)
        {
            _gone ??= lost;
            channels = [.. _channels.Values];
            _channels.Clear();
            foreach (TaskCompletionSource<SshChannel> opened in _opening.Values)
            {
                opened.TrySetException(lost);
                _ = opened.Task.Exception;
            }

            _opening.Clear();
            _replies.Fail(lost);
        }

        foreach (SshChannel channel in channels)
        {
            channel.End(lost, connectionIsOver: true);
        }
    }

    /// <summary>Under the lock.</summary>
    private SshChannel NewChannel(string kind)
    {
        ThrowIfGone();
        while (_channels.ContainsKey(_nextId))
        {
            _nextId++;
        }

        SshChannel channel = new(this, _transport, _options, _nextId++, kind);
        _channels.Add(channel.LocalId, channel);
        return channel;
    }

    private SshChannel Channel(ReadOnlySpan<byte> payload) =>
        Find(payload) ?? throw new SshProtocolException($"Message {payload[0]} is for a channel that is not open.");

    /// <summary>An open channel by the recipient in bytes 1 to 4; one that is only being opened does not count.</summary>
    private SshChannel? Find(ReadOnlySpan<byte> payload)
    {
        SshReader r = new(payload[1..]);
        uint id = r.UInt32();
        lock (_sync)
        {
            return _opening.ContainsKey(id) || _late.Waits(id) ? null : _channels.GetValueOrDefault(id);
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
