using System.Runtime.CompilerServices;
using System.Text;
using PamTui.Ssh.Keys;

namespace PamTui.Ssh.Transport;

/// <summary>
/// The receiving side of a connection, where one at a time has its turn: the receiver itself, the handshake before it, or a sender that waits
/// for the end of a key exchange and reads on the receiver's behalf. What goes wrong here ends the connection.
/// </summary>
internal sealed class ReceiveGate(PacketReader reader, SendGate sending, KeyExchanger exchanger, Incoming incoming, SshOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly HeldPackets _held = new();
    private ReadOnlyMemory<byte> _heavy;
    private CancellationToken _linkedTo;
    private CancellationTokenSource? _linked;

    /// <summary>Bytes that came off the wire.</summary>
    public long Bytes => reader.Bytes;

    /// <summary>Bytes that came during a key exchange and wait for the receiver.</summary>
    public long Held => _held.Bytes;

    /// <summary>Versions, then the first keys. <paramref name="acceptHostKey"/> is the client's.</summary>
    public async Task HandshakeAsync(KexTerms terms, Func<SshPublicKey, CancellationToken, ValueTask<bool>> acceptHostKey, CancellationToken ct)
    {
        await _turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            sending.SendVersion(Encoding.ASCII.GetBytes(terms.OurVersion + "\r\n"));
            terms.PeerVersion = await VersionExchange.ReadAsync(reader, terms.Role, Linked(ct)).ConfigureAwait(false);
            sending.BeginFirstExchange();
            while (exchanger.Stage is not null)
            {
                if (exchanger.HostKeyAwaitsConsent)
                {
                    await AskAsync(acceptHostKey, ct).ConfigureAwait(false);
                }
                else if (exchanger.AwaitsTurn)
                {
                    await exchanger.AnswerInTurnAsync(Linked(ct)).ConfigureAwait(false);
                }
                else if (reader.TryRead(out ReadOnlyMemory<byte> payload))
                {
                    incoming.IsForLayerAbove(payload.Span);
                }
                else
                {
                    await FillAsync(ct).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (!IsCancel(e, ct))
        {
            throw Fail(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The next message for the layer above; valid until the next call.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            reader.Release();
            sending.ThrowIfEnded();
            ReadOnlyMemory<byte> payload;
            while (!Next(out payload))
            {
                if (_heavy.IsEmpty)
                {
                    await FillAsync(ct).ConfigureAwait(false);
                }
                else
                {
                    await PoolThread.Enter();
                }
            }

            return payload;
        }
        catch (Exception e) when (!IsCancel(e, ct))
        {
            throw Fail(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A further whole message that is already here, without waiting; valid until the next call.</summary>
    public bool TryReceive(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (!_turn.Wait(0, CancellationToken.None))
        {
            return false;
        }

        try
        {
            reader.Release();
            sending.ThrowIfEnded();
            return Next(out payload);
        }
        catch (Exception e)
        {
            throw Fail(e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Takes the receiver's place as long as it is elsewhere, until <paramref name="sendsAgain"/> or enough is put aside: perhaps the receiver
    /// waits for another connection whose own loop waits for this one.
    /// </summary>
    public async ValueTask ReadAheadAsync(Task sendsAgain, CancellationToken ct)
    {
        while (!sendsAgain.IsCompleted)
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task turn = _turn.WaitAsync(stop.Token);
            await Task.WhenAny(turn, sendsAgain).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!turn.IsCompletedSuccessfully)
            {
                ct.ThrowIfCancellationRequested();
                continue;
            }

            try
            {
                if (!await StepAsync(sendsAgain, ct).ConfigureAwait(false))
                {
                    break;
                }
            }
            catch (Exception e) when (!IsCancel(e, ct))
            {
                throw Fail(e);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    /// <summary>After the end of the connection, when the stream is closed: waits for whoever still has the turn.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        _held.Clear();
        reader.Dispose();
        exchanger.Dispose();
        _linked?.Dispose();
        // Whoever comes now finds the connection over; the semaphore holds no handle and is left to the collector.
        _turn.Release();
    }

    private async ValueTask AskAsync(Func<SshPublicKey, CancellationToken, ValueTask<bool>> acceptHostKey, CancellationToken ct)
    {
        SshPublicKey key = exchanger.HostKey!;
        if (!await acceptHostKey(key, ct).ConfigureAwait(false))
        {
            throw new SshAuthenticationException($"The host key {key.KeyType} {key.Fingerprint} was not accepted.");
        }

        exchanger.HostKeyAccepted();
    }

    /// <summary>The next message for the layer above among what is already here.</summary>
    private bool Next(out ReadOnlyMemory<byte> payload)
    {
        if (_held.TryTake(out byte[] held))
        {
            payload = held;
            return true;
        }

        while (TryRead(out payload))
        {
            if (IsHeavyHere(payload.Span[0]))
            {
                _heavy = payload;
                break;
            }

            if (incoming.IsForLayerAbove(payload.Span))
            {
                reader.Lend();
                return true;
            }
        }

        payload = default;
        return false;
    }

    private bool TryRead(out ReadOnlyMemory<byte> payload)
    {
        if (_heavy.IsEmpty)
        {
            return reader.TryRead(out payload);
        }

        (payload, _heavy) = (_heavy, default);
        return true;
    }

    /// <summary>A key exchange computes for milliseconds: not on a thread that waits for the sockets of others.</summary>
    private static bool IsHeavyHere(byte id) => id is >= MessageId.KexInit and <= MessageId.KexLast && !Thread.CurrentThread.IsThreadPoolThread;

    /// <summary>One step of receiving, what is for the layer above put aside. False: enough is put aside.</summary>
    private async ValueTask<bool> StepAsync(Task sendsAgain, CancellationToken ct)
    {
        // What comes now is a key exchange.
        await PoolThread.Enter();
        sending.ThrowIfEnded();
        while (!sendsAgain.IsCompleted)
        {
            if (_held.Bytes > options.MaxHeldBytes)
            {
                return false;
            }

            if (!TryRead(out ReadOnlyMemory<byte> payload))
            {
                await FillAsync(ct).ConfigureAwait(false);
                return true;
            }

            if (incoming.IsForLayerAbove(payload.Span))
            {
                _held.Add(payload.Span);
            }
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (!await reader.FillAsync(Linked(ct)).ConfigureAwait(false))
        {
            throw new SshConnectionException("The peer closed the connection.");
        }
    }

    /// <summary>A token that also ends with the connection; kept while callers come with the same one.</summary>
    private CancellationToken Linked(CancellationToken ct)
    {
        if (!ct.CanBeCanceled)
        {
            return sending.Lifetime;
        }

        if (_linked is null || ct != _linkedTo)
        {
            _linked?.Dispose();
            _linked = CancellationTokenSource.CreateLinkedTokenSource(ct, sending.Lifetime);
            _linkedTo = ct;
        }

        return _linked.Token;
    }

    private static bool IsCancel(Exception e, CancellationToken ct) => e is OperationCanceledException && ct.IsCancellationRequested;

    /// <summary>Ends the connection for what went wrong while receiving; the exception to throw for it.</summary>
    private Exception Fail(Exception e)
    {
        if (sending.Cause is { } earlier)
        {
            return SendGate.Lost(earlier);
        }

        Exception cause = e is SshException or (not IOException and not ObjectDisposedException and not OperationCanceledException)
            ? e
            : new SshConnectionException("The connection is lost.", inner: e);
        sending.End(cause, cause is SshProtocolException wrong ? new Disconnect(wrong.Reason, Disconnect.TextFor(wrong.Reason)) : null);
        return cause;
    }
}
