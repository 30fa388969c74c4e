using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PamTui.Ssh.Crypto;
using PamTui.Ssh.Keys;
using PamTui.Ssh.Transport;
using PamTui.Ssh.Wire;

namespace PamTui.Ssh;

/// <summary>
/// One SSH connection up to encrypted packets (RFC 4253), in either role, over any stream, which it owns. Key exchanges, strictness, extensions
/// and pings happen inside: whoever uses it sees the messages of authentication and of the connection protocol. One caller receives, any number
/// send. The connection ends once, with the first cause; whatever waits then ends with <see cref="SshConnectionException"/>.
/// </summary>
public sealed class SshTransport : IAsyncDisposable
{
    /// <summary>What a peer may still send after our KEXINIT and before its own (A4).</summary>
    private const long MostBeforePeerInit = 64L << 20;

    /// <summary>Of that, what is kept in memory while the receiver is busy; then it has to come and take it.</summary>
    private const long MostHeldReceived = 16L << 20;

    /// <summary>Pongs wait for a key exchange like everything else; a peer must not pile them up (A5).</summary>
    private const long MostQueuedForPong = 1L << 20;

    /// <summary>An exchange costs milliseconds: a stranger gets few (A6).</summary>
    private const int MostExchangesBeforeSignIn = 4;

    /// <summary>RFC 4344 §3.1 and the counter of AES-GCM: long before 2^32 packets of the smallest size.</summary>
    private const long MostRekeyBytes = 1L << 36;
    private const int LongestPayload = 256 * 1024;

    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    private readonly Stream _stream;
    private readonly SshOptions _options;
    private readonly IReadOnlyList<SshPrivateKey> _hostKeys;
    private readonly IReadOnlyList<string> _hostKeyAlgorithms;
    private readonly PacketReader _reader;
    private readonly PacketWriter _writer;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly SemaphoreSlim _receiving = new(1, 1);
    private readonly HeldPackets _received = new();
    private readonly long _rekeyBytes;
    private CancellationToken _linkedTo;
    private CancellationTokenSource? _linked;

    // Of the receiving side, under _receiving.
    private Stage? _kexStage = Stage.FirstKexInit;
    private volatile Stage _settled = Stage.Auth;
    private PacketCipher? _nextReceive;
    private bool _dropsGuess;
    private bool _afterFirstNewKeys;
    private bool _successIsDue;
    private bool _hostKeyAwaitsConsent;
    private int _exchanges;
    private int _packetsBeforeSignIn;
    private long _bytesBeforeSignIn;
    private long _bytesBeforePeerInit;
    private long _receivedAtKex;

    // Of the sending side, under _sync.
    private readonly Lock _sync = new();
    private readonly HeldPackets _toSend = new();
    private KexRun? _kex;
    private bool _holding;
    private TaskCompletionSource _sendsAgain = NewSignal();
    private Exception? _cause;
    private Exception? _sendFailure;
    private Task _ending = Task.CompletedTask;
    private long _sentAtKex;
    private long _kexAt;
    private int _disposed;

    private SshTransport(Stream stream, SshOptions options, SshRole role, IReadOnlyList<SshPrivateKey> hostKeys)
    {
        (_stream, _options, Role, _hostKeys) = (stream, options, role, hostKeys);
        _rekeyBytes = Math.Clamp(options.RekeyBytes, 1, MostRekeyBytes);
        _hostKeyAlgorithms = role == SshRole.Client
            ? options.Algorithms.HostKeys
            : [.. options.Algorithms.HostKeys.Where(name => hostKeys.Any(key => key.SignatureAlgorithms.Contains(name)))];
        if (_hostKeyAlgorithms.Count == 0)
        {
            throw new ArgumentException("No host key fits the host key algorithms.", nameof(hostKeys));
        }

        _reader = new(stream) { MaxPacketLength = options.MaxPacketLengthBeforeSignIn };
        _writer = new(stream, SendingFailed, _lifetime.Token);
        OurVersion = VersionExchange.Ours(options.SoftwareVersion);
    }

    public SshRole Role { get; }

    /// <summary>The identification line of the peer, printable US-ASCII.</summary>
    public string PeerVersion { get; private set; } = "";

    /// <summary>The hash of the first key exchange: what signatures of users are bound to (RFC 4253 §7.2).</summary>
    public ReadOnlyMemory<byte> SessionId { get; private set; }

    /// <summary>Of the latest key exchange.</summary>
    public NegotiatedAlgorithms Algorithms { get; private set; } = new("", "", "", "", "", "", false);

    /// <summary>Client: the host key that was proven and accepted.</summary>
    public SshPublicKey? HostKey { get; private set; }

    /// <summary>The server's server-sig-algs (RFC 8308 §3.1); empty when it did not say.</summary>
    public IReadOnlyList<string> PeerSignatureAlgorithms { get; private set; } = [];

    /// <summary>Bytes that came and went on the wire, encryption and padding included.</summary>
    public long BytesIn => _reader.Bytes;

    /// <inheritdoc cref="BytesIn"/>
    public long BytesOut => _writer.Bytes;

    /// <summary>How often keys were agreed on; 1 after the handshake.</summary>
    public int KeyExchanges => _exchanges;

    internal SshOptions Options => _options;

    /// <summary>False once the network took no more: what the peer sent before may still come.</summary>
    internal bool CanSend => Volatile.Read(ref _sendFailure) is null;

    /// <summary>Bytes that are queued and not yet on their way, to hold back who adds without waiting.</summary>
    internal long Waiting
    {
        get
        {
            lock (_sync)
            {
                return _writer.Waiting + _toSend.Bytes;
            }
        }
    }

    /// <summary>Bytes that came during a key exchange and wait for the receiver.</summary>
    internal long ReceivedAhead => _received.Bytes;

    private string OurVersion { get; }

    /// <summary>
    /// The server's side of a connection that just came, up to the first keys. Bound its time by <paramref name="ct"/>. On failure the stream is
    /// closed: <see cref="SshProtocolException"/> (the peer's fault, or nothing in common), <see cref="SshConnectionException"/>.
    /// </summary>
    public static async Task<SshTransport> AcceptAsync(
        Stream stream, SshOptions options, IReadOnlyList<SshPrivateKey> hostKeys, CancellationToken ct)
    {
        SshTransport transport = new(stream, options, SshRole.Server, hostKeys);
        await transport.HandshakeAsync(static (_, _) => ValueTask.FromResult(false), ct).ConfigureAwait(false);
        return transport;
    }

    /// <summary>
    /// The client's side, up to the first keys. <paramref name="acceptHostKey"/> sees the key the server has proven to hold, of whatever type;
    /// on false nothing more is sent and <see cref="SshAuthenticationException"/> is thrown. Else as <see cref="AcceptAsync"/>.
    /// </summary>
    public static async Task<SshTransport> ConnectAsync(
        Stream stream, SshOptions options, Func<SshPublicKey, CancellationToken, ValueTask<bool>> acceptHostKey, CancellationToken ct)
    {
        SshTransport transport = new(stream, options, SshRole.Client, []);
        await transport.HandshakeAsync(acceptHostKey, ct).ConfigureAwait(false);
        return transport;
    }

    /// <summary>
    /// The next message for the layer above; valid until the next call. <see cref="SshProtocolException"/> when the peer broke the rules (it has
    /// been told so), <see cref="SshConnectionException"/> when it is gone.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken ct)
    {
        await _receiving.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            ThrowIfEnded();
            _reader.Release();
            ReadOnlyMemory<byte> payload;
            while (!Next(out payload))
            {
                await FillAsync(ct).ConfigureAwait(false);
            }

            return payload;
        }
        catch (Exception e) when (!IsCancel(e, ct))
        {
            throw Fail(e);
        }
        finally
        {
            _receiving.Release();
        }
    }

    /// <summary>A further whole message that is already here, without waiting; valid until the next call. Throws as <see cref="ReceiveAsync"/>.</summary>
    public bool TryReceive(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (!_receiving.Wait(0, CancellationToken.None))
        {
            return false;
        }

        try
        {
            ThrowIfEnded();
            _reader.Release();
            return Next(out payload);
        }
        catch (Exception e)
        {
            throw Fail(e);
        }
        finally
        {
            _receiving.Release();
        }
    }

    /// <summary><see cref="Queue(ReadOnlySpan{byte})"/> and <see cref="FlushAsync"/>.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        Queue(payload.Span);
        return FlushAsync(ct);
    }

    /// <summary>
    /// Adds a message of authentication or of the connection protocol, at most 256 KiB, to what is sent by the next flush. While a key exchange
    /// runs it is kept, so flush after each batch. <see cref="SshConnectionException"/> when the connection is over.
    /// </summary>
    public void Queue(ReadOnlySpan<byte> payload) => Queue(payload, default);

    /// <summary>
    /// Waits until all that was queued is handed to the network, for the end of a running key exchange first. It may read on behalf of the
    /// receiver to get there, so that two connections whose loops wait for each other both come through. Cancelling ends the wait only.
    /// </summary>
    public ValueTask FlushAsync(CancellationToken ct)
    {
        Task? sendsAgain;
        lock (_sync)
        {
            ThrowIfEndedForSending();
            sendsAgain = _holding ? _sendsAgain.Task : null;
        }

        return sendsAgain is null ? _writer.FlushAsync(ct) : FlushAfterKexAsync(sendsAgain, ct);
    }

    /// <summary>Ends the connection in words. Never throws, and does not wait for a peer that does not read.</summary>
    public async ValueTask DisconnectAsync(DisconnectReason reason, string description)
    {
        End(new SshConnectionException($"The connection was closed: {description}", reason), new Disconnect(reason, description));
        await _ending.ConfigureAwait(false);
    }

    /// <summary>Starts a new key exchange now, unless one runs.</summary>
    internal void BeginRekey()
    {
        lock (_sync)
        {
            if (_kex is null && _cause is null)
            {
                BeginKex(first: false);
            }
        }

        _writer.Kick();
    }

    /// <summary>The messages <paramref name="head"/> and <paramref name="tail"/> make up together.</summary>
    internal void Queue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        byte id = head[0];
        if (id is <= MessageId.Debug or MessageId.ExtInfo or (>= MessageId.KexInit and <= MessageId.KexLast) || head.Length + tail.Length > LongestPayload)
        {
            throw new ArgumentException("This is not a message for the layer above to send.", nameof(head));
        }

        lock (_sync)
        {
            ThrowIfEndedForSending();
            QueueLocked(id, head, tail);
        }
    }

    /// <summary>An answer to what was received: false when sending is over, which is no reason not to receive the rest.</summary>
    internal bool TryQueue(ReadOnlySpan<byte> payload)
    {
        lock (_sync)
        {
            if (_cause is not null || _sendFailure is not null)
            {
                return false;
            }

            QueueLocked(payload[0], payload, default);
            return true;
        }
    }

    /// <summary>Sends what is queued without waiting for it. Does nothing during a key exchange, whose end does the same.</summary>
    internal void Kick() => _writer.Kick();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        End(new SshConnectionException("The connection was closed.", DisconnectReason.ByApplication), new Disconnect(DisconnectReason.ByApplication, "closed"));
        await _ending.ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _writer.StoppedAsync().ConfigureAwait(false);
        await _receiving.WaitAsync().ConfigureAwait(false);
        lock (_sync)
        {
            _kex?.Dispose();
            _toSend.Clear();
        }

        _received.Clear();
        _reader.Dispose();
        _writer.Dispose();
        _nextReceive?.Dispose();
        _linked?.Dispose();
        // Whoever comes now finds the connection over; the semaphore holds no handle and is left to the collector.
        _receiving.Release();
        _lifetime.Dispose();
    }

    private void QueueLocked(byte id, ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        if (id == MessageId.UserAuthSuccess && Role == SshRole.Server)
        {
            Open();
        }

        if (_kex is null && IsRekeyDue())
        {
            BeginKex(first: false);
        }

        if (_holding)
        {
            _toSend.Add(head, tail);
        }
        else
        {
            _writer.Add(head, tail);
        }
    }

    private async Task HandshakeAsync(Func<SshPublicKey, CancellationToken, ValueTask<bool>> acceptHostKey, CancellationToken ct)
    {
        bool done = false;
        await _receiving.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            _writer.AddRaw(Encoding.ASCII.GetBytes(OurVersion + "\r\n"));
            _writer.Kick();
            PeerVersion = await VersionExchange.ReadAsync(_reader, Role, Linked(ct)).ConfigureAwait(false);
            lock (_sync)
            {
                BeginKex(first: true);
            }

            _writer.Kick();
            while (_kexStage is not null)
            {
                if (_hostKeyAwaitsConsent)
                {
                    await AskAsync(acceptHostKey, ct).ConfigureAwait(false);
                }
                else if (_reader.TryRead(out ReadOnlyMemory<byte> payload))
                {
                    IsForLayerAbove(payload.Span);
                }
                else
                {
                    await FillAsync(ct).ConfigureAwait(false);
                }
            }

            done = true;
        }
        catch (Exception e) when (!IsCancel(e, ct))
        {
            throw Fail(e);
        }
        finally
        {
            _receiving.Release();
            if (!done)
            {
                await DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask AskAsync(Func<SshPublicKey, CancellationToken, ValueTask<bool>> acceptHostKey, CancellationToken ct)
    {
        if (!await acceptHostKey(HostKey!, ct).ConfigureAwait(false))
        {
            throw new SshAuthenticationException($"The host key {HostKey!.KeyType} {HostKey.Fingerprint} was not accepted.");
        }

        _hostKeyAwaitsConsent = false;
        SendNewKeys();
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (!await _reader.FillAsync(Linked(ct)).ConfigureAwait(false))
        {
            throw new SshConnectionException("The peer closed the connection.");
        }
    }

    /// <summary>A token that also ends with the connection; kept while callers come with the same one.</summary>
    private CancellationToken Linked(CancellationToken ct)
    {
        if (!ct.CanBeCanceled)
        {
            return _lifetime.Token;
        }

        if (_linked is null || ct != _linkedTo)
        {
            _linked?.Dispose();
            _linked = CancellationTokenSource.CreateLinkedTokenSource(ct, _lifetime.Token);
            _linkedTo = ct;
        }

        return _linked.Token;
    }

    /// <summary>The next message for the layer above among what is already here.</summary>
    private bool Next(out ReadOnlyMemory<byte> payload)
    {
        if (_received.TryTake(out byte[] held))
        {
            payload = held;
            return true;
        }

        while (_reader.TryRead(out payload))
        {
            if (IsForLayerAbove(payload.Span))
            {
                _reader.Lend();
                return true;
            }
        }

        payload = default;
        return false;
    }

    /// <summary>Everything that comes passes here once: the table first, then what the transport does itself.</summary>
    private bool IsForLayerAbove(ReadOnlySpan<byte> payload)
    {
        byte id = payload[0];
        if (_dropsGuess)
        {
            DropGuess(id);
            return false;
        }

        Stage stage = _kexStage ?? _settled;
        if (!Legal.Allows(stage, id, Role))
        {
            throw new SshProtocolException($"Message {id} of the peer is not allowed here ({stage}).");
        }

        CountBeforeSignIn(payload.Length);
        CountBeforePeerInit(payload.Length);
        bool afterFirstNewKeys = _afterFirstNewKeys;
        bool successIsDue = _successIsDue;
        _afterFirstNewKeys = _successIsDue = false;
        if (successIsDue && id is not (MessageId.UserAuthSuccess or MessageId.Disconnect))
        {
            throw new SshProtocolException("EXT_INFO came where it may not (RFC 8308 §2.4).");
        }

        switch (id)
        {
            case MessageId.Disconnect:
                Disconnect words = Disconnect.Read(payload);
                throw new SshConnectionException($"The peer disconnected: {words.Description}", words.Reason);
            case MessageId.Ignore or MessageId.Debug or MessageId.Unimplemented or MessageId.Pong:
                return false;
            case MessageId.Ping:
                Answer(payload);
                return false;
            case MessageId.ExtInfo:
                TakeExtensions(payload, afterFirstNewKeys);
                return false;
            case MessageId.KexInit:
                TakePeerInit(payload);
                return false;
            case MessageId.KexExchangeInit:
                AnswerKex(payload);
                return false;
            case MessageId.KexExchangeReply:
                VerifyKex(payload);
                return false;
            case MessageId.NewKeys:
                TakeNewKeys(payload);
                return false;
            case MessageId.UserAuthRequest when _settled == Stage.Open:
                return false;
            case MessageId.UserAuthSuccess:
                Open();
                break;
        }

        RekeyIfDue();
        return true;
    }

    private void DropGuess(byte id)
    {
        _dropsGuess = false;
        if (id is < MessageId.KexFirst or > MessageId.KexLast)
        {
            throw new SshProtocolException("The peer announced a guessed packet and sent another.", DisconnectReason.KeyExchangeFailed);
        }
    }

    private void CountBeforeSignIn(int bytes)
    {
        if (_settled == Stage.Open)
        {
            return;
        }

        _bytesBeforeSignIn += bytes;
        if (++_packetsBeforeSignIn > _options.MaxPacketsBeforeSignIn || _bytesBeforeSignIn > _options.MaxBytesBeforeSignIn)
        {
            throw new SshProtocolException("The peer sent too much before it was signed in.");
        }
    }

    /// <summary>An honest peer answers our KEXINIT with its own after what it had under way (A4).</summary>
    private void CountBeforePeerInit(int bytes)
    {
        if (_kexStage is null && Volatile.Read(ref _holding))
        {
            _bytesBeforePeerInit += bytes;
            if (_bytesBeforePeerInit > MostBeforePeerInit)
            {
                throw new SshProtocolException("The peer does not answer a key exchange.", DisconnectReason.KeyExchangeFailed);
            }
        }
    }

    /// <summary>ping@openssh.com: not before sign-in, and only as fast as the peer takes the answers (A5).</summary>
    private void Answer(ReadOnlySpan<byte> ping)
    {
        if (_settled != Stage.Open)
        {
            return;
        }

        SshReader r = new(ping[1..]);
        ReadOnlySpan<byte> data = r.String(LongestPayload);
        r.End();
        if (Waiting > MostQueuedForPong)
        {
            throw new SshProtocolException("The peer sends pings and does not take the answers.");
        }

        byte[] head = [MessageId.Pong, (byte)(data.Length >> 24), (byte)(data.Length >> 16), (byte)(data.Length >> 8), (byte)data.Length];
        if (_sendFailure is null)
        {
            Queue(head, data);
            _writer.Kick();
        }
    }

    /// <summary>RFC 8308 §2.4: the first packet after the first NEWKEYS, and from a server also right before SUCCESS (B3).</summary>
    private void TakeExtensions(ReadOnlySpan<byte> payload, bool afterFirstNewKeys)
    {
        if (!afterFirstNewKeys && Role == SshRole.Server)
        {
            throw new SshProtocolException("EXT_INFO came where it may not (RFC 8308 §2.4).");
        }

        _successIsDue = !afterFirstNewKeys;
        if (ExtInfo.Read(payload) is { } algorithms && Role == SshRole.Client)
        {
            PeerSignatureAlgorithms = algorithms;
        }
    }

    private void Open()
    {
        _settled = Stage.Open;
        _reader.MaxPacketLength = _options.MaxPacketLength;
    }

    private bool IsRekeyDue() =>
        _writer.Bytes - _sentAtKex >= _rekeyBytes
        || _reader.Bytes - Volatile.Read(ref _receivedAtKex) >= _rekeyBytes
        || _options.Time.GetElapsedTime(_kexAt) >= _options.RekeyInterval;

    private void RekeyIfDue()
    {
        lock (_sync)
        {
            if (_kex is not null || _cause is not null || _sendFailure is not null || !IsRekeyDue())
            {
                return;
            }

            BeginKex(first: false);
        }

        _writer.Kick();
    }

    /// <summary>Our KEXINIT; from here to our NEWKEYS nothing else of ours goes out (RFC 4253 §7.1). Under the lock.</summary>
    private void BeginKex(bool first)
    {
        KexInit ours = KexInit.Offer(_options.Algorithms, _hostKeyAlgorithms, Role, first);
        (string client, string server) = Role == SshRole.Client ? (OurVersion, PeerVersion) : (PeerVersion, OurVersion);
        _kex = new(Role, ours, client, server);
        Volatile.Write(ref _holding, true);
        _sendsAgain = NewSignal();
        _writer.Add(_kex.OurInit, default);
    }

    private void TakePeerInit(ReadOnlySpan<byte> payload)
    {
        bool first = _exchanges == 0;
        if (_settled != Stage.Open && _exchanges >= MostExchangesBeforeSignIn)
        {
            throw new SshProtocolException("The peer asks for new keys too often before it is signed in.");
        }

        lock (_sync)
        {
            if (_kex is null)
            {
                BeginKex(first: false);
            }
        }

        KexRun kex = _kex!;
        kex.TakePeerInit(payload, first ? null : Algorithms.StrictKeyExchange);
        bool strict = kex.Agreed!.StrictKeyExchange;
        if (first && strict && _reader.Sequence != 1)
        {
            throw new SshProtocolException("A strict key exchange must begin with KEXINIT.", DisconnectReason.KeyExchangeFailed);
        }

        _dropsGuess = kex.DropsGuess;
        _bytesBeforePeerInit = 0;
        _kexStage = first ? (strict ? Stage.FirstKexMethodStrict : Stage.FirstKexMethod) : Stage.RekeyMethod;
        if (Role == SshRole.Client)
        {
            _writer.Add(kex.ClientMessage(), default);
        }

        _writer.Kick();
    }

    private void AnswerKex(ReadOnlySpan<byte> payload)
    {
        _writer.Add(_kex!.ServerAnswer(payload, _hostKeys), default);
        SendNewKeys();
    }

    private void VerifyKex(ReadOnlySpan<byte> payload)
    {
        SshPublicKey key = _kex!.ClientVerify(payload);
        if (HostKey is null)
        {
            HostKey = key;
            _hostKeyAwaitsConsent = true;
            return;
        }

        if (!HostKey.Equals(key))
        {
            throw new SshProtocolException("The server came with another host key.", DisconnectReason.HostKeyNotVerifiable);
        }

        SendNewKeys();
    }

    /// <summary>NEWKEYS, and behind it under the new keys what had to wait.</summary>
    private void SendNewKeys()
    {
        KexRun kex = _kex!;
        bool first = _exchanges == 0;
        bool strict = kex.Agreed!.StrictKeyExchange;
        TaskCompletionSource sendsAgain;
        lock (_sync)
        {
            if (first)
            {
                SessionId = kex.ExchangeHash;
            }

            (PacketCipher send, _nextReceive) = kex.Keys(SessionId.Span);
            _writer.Add([MessageId.NewKeys], default);
            _writer.Use(send, strict);
            if (first && Role == SshRole.Server && kex.PeerReadsExtensions)
            {
                _writer.Add(ExtInfo.OfServer(_options.Algorithms.UserKeySignatures), default);
            }

            _sentAtKex = _writer.Bytes;
            _kexAt = _options.Time.GetTimestamp();
            Algorithms = kex.Agreed;
            while (_toSend.TryTake(out byte[] payload))
            {
                _writer.Add(payload, default);
                CryptographicOperations.ZeroMemory(payload);
            }

            Volatile.Write(ref _holding, false);
            sendsAgain = _sendsAgain;
        }

        _kexStage = first ? (strict ? Stage.FirstNewKeysStrict : Stage.FirstNewKeys) : Stage.RekeyNewKeys;
        _writer.Kick();
        sendsAgain.TrySetResult();
    }

    private void TakeNewKeys(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 1)
        {
            throw new SshProtocolException("NEWKEYS holds more than its number.");
        }

        _reader.Use(_nextReceive!, Algorithms.StrictKeyExchange);
        _nextReceive = null;
        _afterFirstNewKeys = _exchanges == 0;
        _exchanges++;
        _kexStage = null;
        lock (_sync)
        {
            Volatile.Write(ref _receivedAtKex, _reader.Bytes);
            _kex!.Dispose();
            _kex = null;
        }

        Log.KeysAgreed(_options.Log ?? NullLogger.Instance, Role, _exchanges, Algorithms.KeyExchange, Algorithms.CipherToServer, Algorithms.CipherToClient);
    }

    /// <summary>
    /// Waits for the end of the key exchange, and takes the receiver's place as long as it is elsewhere: perhaps it waits for another connection
    /// whose own loop waits for this one.
    /// </summary>
    private async ValueTask FlushAfterKexAsync(Task sendsAgain, CancellationToken ct)
    {
        _writer.Kick();
        while (!sendsAgain.IsCompleted)
        {
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Task turn = _receiving.WaitAsync(stop.Token);
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
                if (!await ReadAheadAsync(sendsAgain, ct).ConfigureAwait(false))
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
                _receiving.Release();
            }
        }

        await sendsAgain.WaitAsync(ct).ConfigureAwait(false);
        await FlushAsync(ct).ConfigureAwait(false);
    }

    /// <summary>One step of receiving, what is for the layer above put aside. False: enough is put aside.</summary>
    private async ValueTask<bool> ReadAheadAsync(Task sendsAgain, CancellationToken ct)
    {
        ThrowIfEnded();
        while (!sendsAgain.IsCompleted)
        {
            if (_received.Bytes > MostHeldReceived)
            {
                return false;
            }

            if (!_reader.TryRead(out ReadOnlyMemory<byte> payload))
            {
                await FillAsync(ct).ConfigureAwait(false);
                return true;
            }

            if (IsForLayerAbove(payload.Span))
            {
                _received.Add(payload.Span);
            }
        }

        return true;
    }

    private void SendingFailed(Exception cause)
    {
        TaskCompletionSource sendsAgain;
        lock (_sync)
        {
            // What the peer has sent before can still be received: its last words, an exit status.
            _sendFailure = cause;
            sendsAgain = _sendsAgain;
        }

        FailSignal(sendsAgain, new SshConnectionException("The connection is lost.", inner: cause));
    }

    private void ThrowIfEnded()
    {
        if (Volatile.Read(ref _cause) is { } cause)
        {
            throw Lost(cause);
        }
    }

    private void ThrowIfEndedForSending()
    {
        ThrowIfEnded();
        if (_sendFailure is { } failure)
        {
            throw new SshConnectionException("The connection is lost.", inner: failure);
        }
    }

    private static SshConnectionException Lost(Exception cause) => cause is SshConnectionException lost
        ? new(lost.Message, lost.Reason, lost)
        : new(cause is SshException ? cause.Message : "The connection is lost.", inner: cause);

    private static bool IsCancel(Exception e, CancellationToken ct) => e is OperationCanceledException && ct.IsCancellationRequested;

    /// <summary>Ends the connection for what went wrong while receiving; the exception to throw for it.</summary>
    private Exception Fail(Exception e)
    {
        if (Volatile.Read(ref _cause) is { } earlier)
        {
            return Lost(earlier);
        }

        Exception cause = e is SshException or (not IOException and not ObjectDisposedException and not OperationCanceledException)
            ? e
            : new SshConnectionException("The connection is lost.", inner: e);
        End(cause, cause is SshProtocolException wrong ? new Disconnect(wrong.Reason, Disconnect.TextFor(wrong.Reason)) : null);
        return cause;
    }

    private void End(Exception cause, Disconnect? words)
    {
        TaskCompletionSource sendsAgain;
        lock (_sync)
        {
            if (_cause is not null)
            {
                return;
            }

            Volatile.Write(ref _cause, cause);
            if (words is { } last && _sendFailure is null)
            {
                _writer.Add(last.Write(), default);
            }

            sendsAgain = _sendsAgain;
            _ending = EndAsync(cause, words is not null);
        }

        FailSignal(sendsAgain, Lost(cause));
        Log.Ended(_options.Log ?? NullLogger.Instance, Role, cause.Message);
    }

    /// <summary>Lets the last words go out, if they go at once, then stops what still waits.</summary>
    private async Task EndAsync(Exception cause, bool hasWords)
    {
        // Not under the lock of the caller.
        await Task.Yield();
        if (hasWords)
        {
            using CancellationTokenSource patience = new(s_lastWords);
            Task sent = _writer.FlushAsync(patience.Token).AsTask();
            await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _writer.Fail(cause);
        await _lifetime.CancelAsync().ConfigureAwait(false);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void FailSignal(TaskCompletionSource signal, Exception cause)
    {
        if (signal.TrySetException(cause))
        {
            // Perhaps nobody waits for it.
            _ = signal.Task.Exception;
        }
    }
}
