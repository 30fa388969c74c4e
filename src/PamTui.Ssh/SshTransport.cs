using PamTui.Ssh.Keys;
using PamTui.Ssh.Transport;

namespace PamTui.Ssh;

/// <summary>
/// One SSH connection up to encrypted packets (RFC 4253), in either role, over any stream, which it owns. Key exchanges, strictness, extensions
/// and pings happen inside: whoever uses it sees the messages of authentication and of the connection protocol. One caller receives, any number
/// send. The connection ends once, with the first cause; whatever waits then ends with <see cref="SshConnectionException"/>.
/// </summary>
public sealed class SshTransport : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly KexTerms _terms;
    private readonly KeyExchanger _exchanger;
    private readonly PeerExtensions _extensions;
    private readonly SendGate _sending;
    private readonly ReceiveGate _receiving;
    private bool _runsInline;
    private int _disposed;

    private SshTransport(Stream stream, SshOptions options, SshRole role, IReadOnlyList<SshPrivateKey> hostKeys)
    {
        (_stream, Options) = (stream, options);
        _terms = new(role, options, hostKeys);
        _extensions = new(role);
        PacketReader reader = new(stream) { MaxPacketLength = options.MaxPacketLengthBeforeSignIn };
        StrangerBudget stranger = new(reader, options);
        _sending = new(stream, reader, _terms, stranger, options);
        _exchanger = new(reader, _sending, _terms, stranger, options);
        _receiving = new(reader, _sending, _exchanger, new Incoming(_sending, _exchanger, _extensions, stranger, role, options), options);
    }

    public SshRole Role => _terms.Role;

    /// <summary>The identification line of the peer, printable US-ASCII.</summary>
    public string PeerVersion => _terms.PeerVersion;

    /// <summary>The hash of the first key exchange: what signatures of users are bound to (RFC 4253 §7.2).</summary>
    public ReadOnlyMemory<byte> SessionId => _exchanger.SessionId;

    /// <summary>Of the latest key exchange.</summary>
    public NegotiatedAlgorithms Algorithms => _exchanger.Algorithms;

    /// <summary>Client: the host key that was proven and accepted.</summary>
    public SshPublicKey? HostKey => _exchanger.HostKey;

    /// <summary>Client: the certificate that <see cref="HostKey"/> came with, when one was agreed on.</summary>
    public SshCertificate? HostCertificate => _exchanger.HostCertificate;

    /// <summary>The server's server-sig-algs (RFC 8308 §3.1); empty when it did not say.</summary>
    public IReadOnlyList<string> PeerSignatureAlgorithms => _extensions.SignatureAlgorithms;

    /// <summary>Bytes that came and went on the wire, encryption and padding included.</summary>
    public long BytesIn => _receiving.Bytes;

    /// <inheritdoc cref="BytesIn"/>
    public long BytesOut => _sending.Bytes;

    /// <summary>How often keys were agreed on; 1 after the handshake.</summary>
    public int KeyExchanges => _exchanger.Count;

    /// <summary>
    /// While true, whoever awaits this connection may go on on the thread that saw its socket ready, which other connections wait for too: do
    /// nothing there that blocks or computes for long without <see cref="PoolThread.Enter"/>. Key exchanges leave that thread by themselves.
    /// Only over a <see cref="System.Net.Sockets.NetworkStream"/>; else it changes little. Set by the one who receives.
    /// </summary>
    public bool RunsInline
    {
        get => _runsInline;
        set
        {
            _runsInline = value;
            _sending.RunsInline = value;
            ReceivesInline = value;
        }
    }

    internal SshOptions Options { get; }

    /// <summary>As <see cref="RunsInline"/>, but whoever waits for a flush goes on on a thread of the pool.</summary>
    internal bool ReceivesInline
    {
        set
        {
            if (_stream is System.Net.Sockets.NetworkStream)
            {
                InlineCompletions.Prefer(_stream, value);
            }
        }
    }

    /// <summary>False once the network took no more: what the peer sent before may still come.</summary>
    internal bool CanSend => _sending.CanSend;

    /// <summary>Bytes that are queued and not yet on their way, to hold back who adds without waiting.</summary>
    internal long Waiting => _sending.Waiting;

    /// <summary>Bytes that came during a key exchange and wait for the receiver.</summary>
    internal long ReceivedAhead => _receiving.Held;

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
    /// The client's side, up to the first keys. <paramref name="acceptHostKey"/> sees the key the server has proven to hold, of whatever type, and
    /// the certificate it came with where <see cref="AlgorithmPreferences.HostKeys"/> asked for one;
    /// on false nothing more is sent and <see cref="SshAuthenticationException"/> is thrown. Else as <see cref="AcceptAsync"/>.
    /// </summary>
    public static async Task<SshTransport> ConnectAsync(
        Stream stream, SshOptions options, Func<ShownHostKey, CancellationToken, ValueTask<bool>> acceptHostKey, CancellationToken ct)
    {
        SshTransport transport = new(stream, options, SshRole.Client, []);
        await transport.HandshakeAsync((key, token) => acceptHostKey(new(key, transport.HostCertificate), token), ct).ConfigureAwait(false);
        return transport;
    }

    /// <summary>
    /// The next message for the layer above; valid until the next call. <see cref="SshProtocolException"/> when the peer broke the rules (it has
    /// been told so), <see cref="SshConnectionException"/> when it is gone.
    /// </summary>
    public ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken ct) => _receiving.ReceiveAsync(ct);

    /// <summary>A further whole message that is already here, without waiting; valid until the next call. Throws as <see cref="ReceiveAsync"/>.</summary>
    public bool TryReceive(out ReadOnlyMemory<byte> payload) => _receiving.TryReceive(out payload);

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
    public void Queue(ReadOnlySpan<byte> payload) => _sending.Queue(payload, default);

    /// <summary>
    /// Waits until all that was queued is handed to the network, for the end of a running key exchange first. It may read on behalf of the
    /// receiver to get there, so that two connections whose loops wait for each other both come through. Cancelling ends the wait only.
    /// </summary>
    public ValueTask FlushAsync(CancellationToken ct) =>
        _sending.WhenSendsAgain() is { } sendsAgain ? FlushAfterKexAsync(sendsAgain, ct) : _sending.FlushAsync(ct);

    /// <summary>
    /// Sends what was queued, and waits while the network takes too little of it, or a key exchange runs: at most 64 KiB and what was queued last
    /// are then not yet handed to the network. Else as <see cref="FlushAsync"/>.
    /// </summary>
    internal ValueTask PaceAsync(CancellationToken ct) =>
        _sending.WhenSendsAgain() is { } sendsAgain ? FlushAfterKexAsync(sendsAgain, ct) : _sending.PaceAsync(ct);

    /// <summary>Ends the connection in words. Never throws, and does not wait for a peer that does not read.</summary>
    public async ValueTask DisconnectAsync(DisconnectReason reason, string description)
    {
        _sending.End(new SshConnectionException($"The connection was closed: {description}", reason), new Disconnect(reason, description));
        await _sending.Ending.ConfigureAwait(false);
    }

    /// <summary>Starts a new key exchange now, unless one runs.</summary>
    internal void BeginRekey() => _sending.BeginRekey();

    /// <summary>The messages <paramref name="head"/> and <paramref name="tail"/> make up together.</summary>
    internal void Queue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail) => _sending.Queue(head, tail);

    /// <summary>An answer to what was received: false when sending is over, which is no reason not to receive the rest.</summary>
    internal bool TryQueue(ReadOnlySpan<byte> payload) => _sending.TryQueue(payload);

    /// <summary>Sends what is queued without waiting for it. Does nothing during a key exchange, whose end does the same.</summary>
    internal void Kick() => _sending.Kick();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _sending.End(
            new SshConnectionException("The connection was closed.", DisconnectReason.ByApplication), new Disconnect(DisconnectReason.ByApplication, "closed"));
        await _sending.Ending.ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _sending.StoppedAsync().ConfigureAwait(false);
        await _receiving.DisposeAsync().ConfigureAwait(false);
        _sending.Dispose();
    }

    private async Task HandshakeAsync(Func<SshPublicKey, CancellationToken, ValueTask<bool>> acceptHostKey, CancellationToken ct)
    {
        bool done = false;
        try
        {
            await _receiving.HandshakeAsync(_terms, acceptHostKey, ct).ConfigureAwait(false);
            done = true;
        }
        finally
        {
            if (!done)
            {
                await DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask FlushAfterKexAsync(Task sendsAgain, CancellationToken ct)
    {
        _sending.Kick();
        await _receiving.ReadAheadAsync(sendsAgain, ct).ConfigureAwait(false);
        await sendsAgain.WaitAsync(ct).ConfigureAwait(false);
        await FlushAsync(ct).ConfigureAwait(false);
    }
}
